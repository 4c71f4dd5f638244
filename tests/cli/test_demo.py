"""`halfway demo`: made once, kept, made anew when asked, and never in the way of anything real."""

import re

import pytest

from service.operations.demo.people import list_sign_ins
from tests.cli.conftest import run_command


@pytest.fixture
def demo(settings_of_its_own, monkeypatch, empty_database_url):
    monkeypatch.setenv("HALFWAY_DATABASE_URL", empty_database_url)

    def run(*options):
        return run_command("demo", "--no-serve", *options)

    return run


def password_in(result):
    assert result.exit_code == 0, result.output
    found = re.search(r"^The password of each is (\S+)$", result.stdout, re.MULTILINE)
    assert found
    return found[1]


def test_it_says_where_and_as_whom_to_sign_in(demo, monkeypatch):
    monkeypatch.setenv("HALFWAY_PORT", "8123")
    result = demo()
    assert len(password_in(result)) >= 15
    assert "http://127.0.0.1:8123 " in result.stdout
    for one in list_sign_ins():
        assert re.search(rf"{one.kind} +{re.escape(one.email)} .*{one.name}", result.stdout)


def test_a_town_that_is_there_is_kept_and_opens_with_the_same_password(demo):
    first, second = demo(), demo()
    assert password_in(first) == password_in(second)
    assert "as you left it" in second.stdout
    assert "Filling" not in second.stdout


def test_a_town_whose_key_was_lost_is_not_said_to_open(demo, settings_of_its_own):
    demo()
    (settings_of_its_own / "halfway.key").unlink()
    result = demo()
    assert result.exit_code == 1
    assert "--fresh" in result.stderr


def test_a_database_that_holds_something_else_is_left_alone(demo, database_kind):
    run_command("migrate")
    run_command("centre", "add", "A real centre")
    for options in ([], ["--fresh"] if database_kind == "sqlite" else []):
        result = demo(*options)
        assert result.exit_code == 1
        assert "left alone" in result.stderr
    assert run_command("centre", "add", "A real centre").exit_code == 1


def test_fresh_makes_it_anew(demo, database_kind):
    demo()
    result = demo("--fresh")
    if database_kind == "postgresql":
        assert (result.exit_code, "SQLite files only" in result.stderr) == (1, True)
    else:
        assert "Filling the demo town" in result.stdout


def test_without_settings_it_is_a_file_for_its_owner_only(settings_of_its_own):
    password_in(run_command("demo", "--no-serve"))
    files = {one.name: one.stat().st_mode & 0o777 for one in settings_of_its_own.iterdir()}
    assert {"halfway.db", "halfway.key"} <= files.keys()
    assert set(files.values()) == {0o600}
