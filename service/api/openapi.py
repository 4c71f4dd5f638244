"""The OpenAPI 3.1 document, generated from the routes, and the page that shows it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask
from flask_smorest import Api

from service.api.openapi_operations import DoorPlugin
from service.api.problems import ProblemSchema
from service.errors import CODES

DESCRIPTION = """
Volunteers say what they care about; organisations say what they need; the service proposes, with
reasons, and **the volunteer decides**. Every list is `{"items": [...], "next_cursor": ...}`; every
error is an RFC 9457 problem with a stable `code`. Every answer has an `X-Request-Id`.
"""
PROBLEM = "application/problem+json"


class HalfwayApi(Api):
    """flask-smorest, with our errors instead of its own."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave errors to service/app.py, which knows pages from API addresses."""

    def _register_responses(self) -> None:
        """Describe our refusals: one response for each status, with the codes that it can bring."""
        for status in HTTPStatus:
            codes = [f"`{code}`" for code, (of, _) in CODES.items() if of == status]
            if codes:
                self._add_response(status.name, f"{status.phrase}: {', '.join(codes)}")
        self._add_response(self.DEFAULT_ERROR_RESPONSE_NAME, "Any other refusal")
        self.spec.components.response(
            HTTPStatus.NOT_MODIFIED.name, {"description": "Not Modified"}, lazy=True
        )

    def _add_response(self, name: str, description: str) -> None:
        content: dict[str, Any] = {PROBLEM: {"schema": self.ERROR_SCHEMA}}
        self.spec.components.response(name, {"description": description, "content": content}, lazy=True)

    def _register_pagination_header(self) -> None:
        """Leave it out: our lists say in themselves where the next page begins."""


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
    api = HalfwayApi(app, spec_kwargs={"extra_plugins": [DoorPlugin(app)]})
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    return api
