"""What the document says of every operation alike: its id, who may call it, its headers, its refusals."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from apispec import BasePlugin
from flask import Flask
from werkzeug.routing import Rule as Route

from service.access.policy import POLICY, Rule
from service.api.idempotency import KEY, LONGEST_KEY

IDEMPOTENCY_KEY = {
    "description": "Drawn anew for each thing done, and sent again with the same request: it has one effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": KEY.pattern},
}
REPLAYED = {
    "description": "`true` where the Idempotency-Key came before, and this is the answer of that time",
    "schema": {"type": "string", "enum": ["true"]},
}
SUCCESSES = (200, 201, 202)

Operation = dict[str, Any]


class DoorPlugin(BasePlugin):
    """Reads off each route's door what holds for it."""

    def __init__(self, app: Flask) -> None:
        """Take the application whose routes are described."""
        self._app = app

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        """Complete the operations of a route."""
        route: Route = kwargs["rule"]
        view: Any = self._app.view_functions[route.endpoint]
        for method, operation in (operations or {}).items():
            rule = POLICY[view.rule]
            operation["operationId"] = route.endpoint.rpartition(".")[2].rstrip("_")
            operation["security"] = [{"token": []}] if rule.kinds else [{}, {"token": []}]
            said = operation.get("description")
            operation["description"] = f"{said}\n\n{_who(rule)}" if said else _who(rule)
            if method == "post":
                _take_key(operation, required=view.needs_key)
            for status in _refusals(method, operation, view, path or ""):
                operation["responses"].setdefault(status, status.name)


def _who(rule: Rule) -> str:
    if not rule.kinds:
        return "For anyone."
    persons = sorted(one.value for one in rule.kinds if one != "centre")
    scope = f"a centre's system with the scope `{rule.scope}`" if rule.scope else "a centre's system"
    return f"For: {', '.join([*persons, *([scope] if 'centre' in rule.kinds else [])])}."


def _take_key(operation: Operation, *, required: bool) -> None:
    parameter = {"name": "Idempotency-Key", "in": "header", "required": required, **IDEMPOTENCY_KEY}
    operation.setdefault("parameters", []).append(parameter)
    for status in SUCCESSES:
        if status in operation["responses"]:
            operation["responses"][status].setdefault("headers", {})["Idempotent-Replayed"] = REPLAYED


def _refusals(method: str, operation: Operation, view: Any, path: str) -> Iterator[HTTPStatus]:
    yield HTTPStatus.UNAUTHORIZED
    yield HTTPStatus.SERVICE_UNAVAILABLE
    if POLICY[view.rule].kinds:
        yield HTTPStatus.FORBIDDEN
    if "{" in path:
        yield HTTPStatus.NOT_FOUND
    if view.writes:
        yield from (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.LENGTH_REQUIRED)
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if "requestBody" in operation:
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if method == "post":
        # An Idempotency-Key that came with another request before.
        yield HTTPStatus.UNPROCESSABLE_ENTITY
