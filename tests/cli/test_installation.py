"""The commands that look after an installation: migrate, doctor, and what all of them check first."""

import subprocess
import sys
from pathlib import Path

import pytest

from service.cli import COMMANDS, main
from tests.cli.conftest import run_command


@pytest.fixture
def empty(settings_of_its_own, monkeypatch, empty_database_url):
    monkeypatch.setenv("HALFWAY_DATABASE_URL", empty_database_url)


@pytest.mark.parametrize(
    "command",
    [
        ["centre", "add", "Centre"],
        ["token", "issue", "--scope", "needs:read"],
        ["organisation", "verify", "Repair Café"],
        ["account", "add", "a@example.org", "--kind", "staff", "--name", "Oksana"],
        ["serve"],
        ["worker"],
    ],
)
def test_a_command_on_tables_of_another_version_says_what_to_run(empty, command):
    result = run_command(*command, stdin="river stones sing at dawn")
    assert result.exit_code == 1
    assert "halfway migrate" in result.stderr


def test_a_command_makes_no_database_by_accident(settings_of_its_own):
    assert "halfway migrate" in run_command("centre", "add", "Centre").stderr
    assert list(settings_of_its_own.iterdir()) == []


def test_migrate_makes_the_tables_and_may_be_run_again(empty):
    for _ in range(2):
        result = run_command("migrate")
        assert result.exit_code == 0, result.output
    assert run_command("centre", "add", "Centre").exit_code == 0


def test_a_setting_that_cannot_be_used_is_named(settings_of_its_own, monkeypatch):
    monkeypatch.setenv("HALFWAY_PORT", "eight thousand")
    result = run_command("serve")
    assert result.exit_code == 1
    assert "HALFWAY_PORT" in result.stderr


def test_a_database_that_is_away_is_said_to_be(settings_of_its_own, monkeypatch):
    monkeypatch.setenv("HALFWAY_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    for command in ("serve", "worker"):
        result = run_command(command)
        assert result.exit_code == 1
        assert "cannot be reached" in result.stderr


# --- doctor


def test_a_healthy_installation(halfway, database_kind, committed_database_url):
    if database_kind == "sqlite":
        Path(committed_database_url.removeprefix("sqlite:///")).chmod(0o600)
    result = halfway("doctor")
    assert result.exit_code == 0, result.output
    assert "WRONG" not in result.output
    assert ("SQLite" in result.output) is (database_kind == "sqlite")


def test_tables_of_another_version_are_wrong(empty):
    result = run_command("doctor")
    assert result.exit_code == 1
    assert "WRONG" in result.output
    assert "halfway migrate" in result.output


def test_a_missing_database_file_is_wrong_and_not_made(settings_of_its_own):
    result = run_command("doctor")
    assert result.exit_code == 1
    assert "there is no database" in result.output
    assert list(settings_of_its_own.iterdir()) == []


def test_a_database_file_that_others_can_read_is_wrong(settings_of_its_own):
    run_command("migrate")
    (settings_of_its_own / "halfway.db").chmod(0o640)
    result = run_command("doctor")
    assert result.exit_code == 1
    assert "halfway.db is not closed to others (mode 640)" in result.output


def test_a_key_file_that_others_can_read_is_wrong(settings_of_its_own):
    run_command("migrate")
    (settings_of_its_own / "halfway.key").write_text("k" * 43)
    (settings_of_its_own / "halfway.key").chmod(0o604)
    result = run_command("doctor")
    assert result.exit_code == 1
    assert "halfway.key is not closed" in result.output


@pytest.mark.parametrize(("key", "code"), [("short", 1), ("k" * 32, 0)])
def test_a_short_secret_key_is_wrong_and_is_not_shown(settings_of_its_own, monkeypatch, key, code):
    run_command("migrate")
    monkeypatch.setenv("HALFWAY_SECRET_KEY", key)
    result = run_command("doctor")
    assert result.exit_code == code
    assert key not in result.output


def test_a_key_file_without_a_key_is_wrong(settings_of_its_own):
    run_command("migrate")
    (settings_of_its_own / "halfway.key").touch(0o600)
    assert "no usable key" in run_command("doctor").output


def test_a_database_that_cannot_be_reached_is_wrong(settings_of_its_own, monkeypatch):
    monkeypatch.setenv("HALFWAY_DATABASE_URL", "postgresql+psycopg://nobody:hidden@127.0.0.1:1/nothing")
    result = run_command("doctor")
    assert result.exit_code == 1
    assert "cannot be reached" in result.output
    assert "hidden" not in result.output


# --- the table of commands


def test_help_names_every_command_and_imports_none():
    code = (
        "import sys; from service.cli import main; main(['--help'], standalone_mode=False);"
        "print(sorted(one for one in sys.modules if one.startswith(('service.cli.', 'sklearn', 'flask'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(f"  {name} " in done.stdout for name in COMMANDS)


def test_no_command_but_the_ranking_imports_scikit_learn():
    code = (
        "import sys; from service.cli import main\n"
        "for one in ('demo', 'serve', 'worker', 'account', 'token', 'doctor'): main.get_command(None, one)\n"
        "print([one for one in sys.modules if one == 'sklearn'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_command_is_wrong_usage():
    result = run_command("assign")
    assert result.exit_code == 2
    assert "No such command" in result.stderr
    assert main.name == "main"
