"""Putting a page together: its template, words in the reader's language, and its headers."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Response, flash, g, get_flashed_messages, redirect, render_template
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined

from models.vocabularies import label
from service.i18n import LANGUAGES, catalogue, say
from service.web import formats
from service.web.assets import asset
from service.web.forms import Refused

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# How each language calls itself, for those who cannot read the page they are on.
LANGUAGE_NAMES = {"en": "English", "uk": "Українська", "ru": "Русский"}


def set_up_templates(app: Flask) -> None:
    """Teach the templates their words, formats and addresses."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: catalogue(g.language).ugettext(text),
        lambda one, many, count: catalogue(g.language).ungettext(one, many, count),
        newstyle=True,
    )
    env.globals.update(
        asset=asset,
        csrf_token=generate_csrf,
        flashes=lambda: get_flashed_messages(with_categories=True),
        label=lambda vocabulary, code: label(vocabulary, code, g.language),
        languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
    )
    env.filters.update(formats.FILTERS)


def render(template: str, *, status: int = 200, csp: str = CSP, **values: Any) -> Response:
    """Make a page."""
    text = render_template(
        template,
        language=g.language,
        visitor=g.get("visitor"),
        here=g.get("here") or "/",
        refused=Refused(),
        **values,
    )
    response = Response(text, status, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = csp
    return response


def tell(message: str, **values: object) -> None:
    """Say something on the next page, in the reader's language."""
    flash(say(g.language, message, **values))


def go(path: str) -> Response:
    """Send the browser on after a form, so that loading the page again does nothing twice."""
    return cast(Response, redirect(path, 303))
