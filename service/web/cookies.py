"""The three cookies of the pages: who is signed in, the form's token and one message, the language."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, Response, current_app, request
from flask import session as page_memory

LANGUAGE_COOKIE = "lang"
LANGUAGE_KEPT = 365 * 24 * 3600


def name_cookies(app: Flask) -> None:
    """Set up Flask's signed cookie, which holds the form's token and the message of the last step."""
    app.config.update(
        SESSION_COOKIE_NAME=_named(app, "halfway-page"),
        SESSION_COOKIE_SECURE=_is_secure(app),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def _is_secure(app: Flask) -> bool:
    return bool(app.extensions["settings"].public_url.startswith("https:"))


def _named(app: Flask, name: str) -> str:
    # A browser takes `__Host-` only over https, and then from nobody but this very host.
    return f"__Host-{name}" if _is_secure(app) else name


def signed_in_secret() -> str | None:
    """Take the secret of the signed-in session from the request."""
    return request.cookies.get(_named(current_app, "halfway"))


def keep_signed_in(response: Response, secret: str, ends_at: datetime) -> None:
    """Give the browser its session; whatever it kept from before signing in is gone."""
    page_memory.clear()
    renew_signed_in(response, secret, ends_at)


def renew_signed_in(response: Response, secret: str, ends_at: datetime) -> None:
    """Give the browser another secret for the session it is in; the forms of its page stay good."""
    response.set_cookie(
        _named(current_app, "halfway"),
        secret,
        expires=ends_at,
        path="/",
        secure=_is_secure(current_app),
        httponly=True,
        samesite="Lax",
    )


def forget_signed_in(response: Response) -> None:
    """Take the session out of the browser."""
    page_memory.clear()
    response.delete_cookie(
        _named(current_app, "halfway"),
        path="/",
        secure=_is_secure(current_app),
        httponly=True,
        samesite="Lax",
    )


def keep_language(response: Response, language: str) -> None:
    """Remember the language of this browser, for pages before signing in."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=LANGUAGE_KEPT,
        path="/",
        secure=_is_secure(current_app),
        httponly=True,
        samesite="Lax",
    )
