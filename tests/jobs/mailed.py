"""Runs the jobs that are due, and reads the letters that they send."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default

import pytest

from service.config import Settings
from service.jobs.mail import make_sender
from service.jobs.runner import run_next
from service.jobs.stop import Stop
from service.jobs.tools import Tools


@pytest.fixture
def tools(sessions, tmp_path):
    settings = Settings(public_url="https://halfway.example.org/", mail_from="Halfway <hello@example.org>")
    return Tools(sessions, settings, make_sender(f"folder:{tmp_path}/mail"))


@pytest.fixture
def run_all(tools, session, tmp_path):
    """Run what is due, and give the messages that it sent."""

    def run():
        session.commit()
        before = set(tmp_path.glob("mail/*.eml"))
        while run_next(tools, Stop()):
            pass
        session.expire_all()
        new = set(tmp_path.glob("mail/*.eml")) - before
        return [message_from_bytes(path.read_bytes(), policy=default) for path in new]

    return run


def code_in(message):
    found = re.search(r"\?code=([\w-]+)", message.get_content())
    assert found
    return found[1]
