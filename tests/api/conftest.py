"""The application in process, asked as any kind of caller."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from tests.apps import app_with


@pytest.fixture
def app(sessions: sessionmaker[Session]) -> Flask:
    return app_with(sessions)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
