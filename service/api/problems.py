"""RFC 9457 problem+json: one map from every failure to its status, code and words."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, g, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from models.errors import NotPossible
from service.errors import CODES, FieldError, Refusal, TooManyRequests
from service.i18n import DEFAULT, say
from service.schemas.errors import field_errors, words_of
from service.schemas.fields import OneOf, Part, Schema, Several, Text, Whole

STATUS_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    411: "length_required",
    412: "stale",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    428: "precondition_required",
    429: "too_many_requests",
    503: "unavailable",
}
# What was sent is named in the answer, but not sent back at any length.
LONGEST, LONGEST_FIELD, MOST_ERRORS = 1000, 200, 100
BUSY_STATES = ("40001", "40P01", "55P03", "57014")


class FieldErrorSchema(Schema):
    """What is wrong with one field."""

    field = Text(
        most=LONGEST_FIELD,
        required=True,
        metadata={"description": "Its name, dotted where it lies deeper"},
    )
    code = Text(most=100, required=True)
    message = Text(most=LONGEST, required=True)


class ProblemSchema(Schema):
    """An RFC 9457 problem; `code` is stable and documented."""

    type = Text(most=200, required=True)
    title = Text(most=200, required=True)
    status = Whole(least=400, most=599, required=True)
    code = OneOf(CODES, required=True)
    detail = Text(most=LONGEST, required=True)
    instance = Text(most=LONGEST, required=True)
    errors = Several(Part(FieldErrorSchema), most=MOST_ERRORS)


def make_problem(code: str, detail: str | None = None, errors: tuple[FieldError, ...] = ()) -> Response:
    """Make the answer for a code of `CODES`, in the reader's language."""
    status, title = CODES[code]
    language = g.get("language", DEFAULT)
    body: dict[str, Any] = {
        "type": f"/docs/errors#{code}",
        "title": say(language, title),
        "status": status,
        "code": code,
        "detail": detail or say(language, title),
        "instance": quote(request.path)[:LONGEST],
    }
    if errors:
        body["errors"] = [
            {
                "field": _shown(one.field, LONGEST_FIELD),
                "code": one.code,
                "message": _shown(words_of(one.message, language), LONGEST),
            }
            for one in errors[:MOST_ERRORS]
        ]
    answer = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")
    if status == 401:  # noqa: PLR2004
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _shown(text: str, most: int) -> str:
    return text[:most].replace("\0", "\N{REPLACEMENT CHARACTER}")


def code_of(error: Exception) -> str | None:
    """Say which code of `CODES` a failure has; None for one that nobody expected."""
    if isinstance(error, (Refusal, NotPossible)):
        return error.code
    if isinstance(error, StaleDataError):
        return "conflict"
    if isinstance(error, PoolTimeout):
        return "unavailable"
    if isinstance(error, DBAPIError):
        return _database_code(error)
    if isinstance(error, HTTPException):
        return STATUS_CODES.get(error.code or 500)
    return None


def _database_code(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        return "conflict"
    if error.connection_invalidated or state in BUSY_STATES or isinstance(error, OperationalError):
        return "unavailable"
    return None


def code_or_log(error: Exception) -> str:
    """Say which code a failure has; what nobody expected is logged whole, and raised in tests."""
    code = code_of(error)
    if code is None:
        if current_app.testing:
            raise error
        current_app.logger.error("unexpected failure at %s", request.endpoint, exc_info=error)
    return code or "internal"


def answer_problem(error: Exception) -> Response:
    """Turn any failure under the API into a problem."""
    code = code_or_log(error)
    if isinstance(error, Refusal):
        answer = make_problem(code, error.detail, error.errors)
        if isinstance(error, TooManyRequests):
            answer.headers["Retry-After"] = str(error.retry_after)
        return answer
    data = getattr(error, "data", None) or {}
    answer = make_problem(code, errors=field_errors(data.get("messages", {})))
    if isinstance(error, HTTPException) and code == "method_not_allowed":
        answer.headers["Allow"] = dict(error.get_headers())["Allow"]
    return answer
