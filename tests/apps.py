"""The application of the tests in this process: made once for each choice of settings, for that is slow."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker

from service.app import create_app
from service.config import Settings

# Tests of second factors and rate limits ask for them; all others are about something else.
USUAL = Settings(secret_key="k" * 40, second_factor="optional", rate_limits=0)


@cache
def _made(settings: Settings) -> Flask:
    app = create_app(settings, sessions=sessionmaker())
    app.testing = True
    return app


def app_with(sessions: sessionmaker[Session], **settings: Any) -> Flask:
    """Give the application with these sessions; it is another test's as soon as that one asks for it."""
    app = _made(replace(USUAL, **settings))
    app.extensions["sessions"] = sessions
    return app
