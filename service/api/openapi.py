"""The OpenAPI 3.1 document, generated from the routes, and the page that shows it."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from service.api.problems import ProblemSchema

DESCRIPTION = """
Volunteers say what they care about; organisations say what they need; the service proposes, with
reasons, and **the volunteer decides**. Every list is `{"items": [...], "next_cursor": ...}`; every
error is an RFC 9457 problem with a stable `code`.
"""


class HalfwayApi(Api):
    """flask-smorest, with our errors instead of its own."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave errors to service/app.py, which knows pages from API addresses."""


def make_api(app: Flask) -> Api:
    """Make the API and serve its document at /openapi.json."""
    app.config.update(
        API_TITLE="Halfway",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}},
    )
    api = HalfwayApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    return api
