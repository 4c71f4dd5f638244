"""The whole service as real processes: commands and gunicorn, as an operator starts them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx
import pytest

from tests.cli.conftest import children_of, settings_of_its_own, start, wait_for
from tests.whole.served import is_ready

__all__ = ["settings_of_its_own", "start"]


@pytest.fixture
def settings(settings_of_its_own, committed_database_url, tmp_path):
    return {
        "database_url": committed_database_url,
        "mail_url": f"folder:{tmp_path / 'mail'}",
        "secret_key_file": str(tmp_path / "key"),
        "workers": "2",
        "text": "plain",
        # Many ask at once here, all from one address.
        "rate_limits": "0",
    }


@pytest.fixture
def command(settings):
    """Run a command as an operator does, with a password on its standard input; give its last line."""

    def run(*arguments, stdin=""):
        environment = os.environ | {f"HALFWAY_{name.upper()}": value for name, value in settings.items()}
        done = subprocess.run(
            [sys.executable, "-m", "service.cli", *arguments],
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    return run


@pytest.fixture
def served(start, settings, command):
    """Serve a centre with one member of staff, and give clients for whoever asks."""
    command("centre", "add", "Harbour Centre", "--timezone", "America/New_York")
    process = start("serve", **settings)

    def client(token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=process.address, headers=headers, timeout=60)

    with client() as anyone:
        wait_for(lambda: is_ready(anyone))
    yield client
    below = children_of(process.pid)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=10)[0]
    assert process.returncode == 0
    assert not set(below) & set(children_of(1))
    assert "Traceback" not in said
