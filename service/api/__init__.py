"""The REST door: routes that parse, ask one operation or query, and show the answer; no logic."""

from __future__ import annotations

from flask import Flask

from service.api import health, openapi
from service.api.blueprints import BLUEPRINTS


def register(app: Flask) -> None:
    """Put the API's routes, its document and its errors into the application."""
    app.register_blueprint(health.blueprint)
    api = openapi.make_api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
