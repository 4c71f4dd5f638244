"""The application in process, asked as any kind of caller."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from service.app import create_app
from service.config import Settings


@pytest.fixture
def app(sessions: sessionmaker[Session], tmp_path) -> Flask:
    app = create_app(Settings(secret_key_file=str(tmp_path / "key")), sessions=sessions)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
