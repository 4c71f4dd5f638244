"""The pages: server-rendered, on the same operations and queries as the API; no logic."""

from __future__ import annotations

from flask import Flask

from service.web.blueprints import blueprint
from service.web.cookies import name_cookies
from service.web.rendering import set_up_templates


def register(app: Flask) -> None:
    """Put the pages, their templates and their cookies into the application."""
    name_cookies(app)
    set_up_templates(app)
    app.register_blueprint(blueprint)
