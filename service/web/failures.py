"""The page that a failure becomes, with a way back."""

from __future__ import annotations

from flask import Response, g, request

from service.errors import CODES
from service.i18n import choose_language
from service.web.cookies import LANGUAGE_COOKIE
from service.web.rendering import render


def show_failure(code: str) -> Response:
    """Say what went wrong in words, and offer a way on."""
    if "visitor" not in g:
        g.language = choose_language(
            request.cookies.get(LANGUAGE_COOKIE), request.headers.get("Accept-Language")
        )
    status, title = CODES[code]
    return render("failure.html", status=status, code=code, title=title)
