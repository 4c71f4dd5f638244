"""The page that a failure becomes, with a way back."""

from __future__ import annotations

from flask import Response, g, request

from service.errors import CODES
from service.i18n import choose_language
from service.web.cookies import LANGUAGE_COOKIE
from service.web.rendering import render


def show_failure(code: str, *, retry_after: int | None = None) -> Response:
    """Say what went wrong in words, and offer a way on."""
    if "visitor" not in g:
        g.language = choose_language(
            request.cookies.get(LANGUAGE_COOKIE), request.headers.get("Accept-Language")
        )
    status, title = CODES[code]
    shown = render("failure.html", status=status, code=code, title=title, retry_after=retry_after)
    if retry_after is not None:
        shown.headers["Retry-After"] = str(retry_after)
    return shown
