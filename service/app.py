"""Puts the parts together: settings, database, doors, headers and errors."""

from __future__ import annotations

import re
import time
import uuid
from pathlib import Path
from typing import cast

from flask import Flask, Response, g, request
from limits.storage import MemoryStorage, Storage, storage_from_string
from werkzeug.middleware.proxy_fix import ProxyFix

from service import api, web
from service.access.limits import Limits
from service.access.policy import POLICY
from service.access.second_factors import SecondFactorRule
from service.access.secrets import secret_key
from service.api.json_bodies import StrictJson
from service.api.problems import answer_problem, code_or_log
from service.config import Settings, read_settings
from service.db import Sessions, make_engine, make_sessions
from service.i18n import choose_language
from service.queries.openings import share_open_needs
from service.queries.rate_counts import open_counts
from service.web.failures import show_failure

REQUEST_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
# The addresses that answer machines; all others answer people with pages.
MACHINES = ("/v1/", "/openapi.json", "/livez", "/readyz")
# What neither knows nor asks who is there.
NO_ACTOR = ("/openapi.json", "/livez", "/readyz", "/static/")
CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
LARGEST_BODY = 2 * 1024 * 1024


def create_app(settings: Settings | None = None, sessions: Sessions | None = None) -> Flask:
    """Make the application; tests bring their own settings and sessions."""
    settings = settings or read_settings()
    app = Flask("halfway", static_folder=None)
    app.secret_key = secret_key(settings)
    app.json = StrictJson(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions["settings"] = settings
    app.extensions["second_factors"] = SecondFactorRule(app.secret_key, settings.second_factor == "required")
    app.extensions["limits"] = _make_limits(settings, shared=sessions is None)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0
        )
    app.extensions["sessions"] = sessions or _open_database(settings)
    app.before_request(_greet)
    app.after_request(_set_headers)
    app.register_error_handler(Exception, _answer_failure)
    api.register(app)
    web.register(app)
    _every_route_names_its_rule(app)
    return app


def _open_database(settings: Settings) -> Sessions:
    engine = make_engine(settings.database_url)
    if settings.index_folder:
        share_open_needs(engine, Path(settings.index_folder))
    return make_sessions(engine, settings)


def _make_limits(settings: Settings, *, shared: bool) -> Limits:
    storage: Storage | None = None
    if settings.rate_limits and settings.rate_limits_url:
        found = storage_from_string(settings.rate_limits_url, wrap_exceptions=True)
        storage = cast(Storage, found)
    elif settings.rate_limits:
        storage = open_counts(settings.database_url, time.time) if shared else MemoryStorage()
    return Limits(storage, time.time, settings.rate_limits)


def _greet() -> None:
    asked = request.headers.get("X-Request-Id", "")
    g.request_id = asked if REQUEST_ID.fullmatch(asked) else uuid.uuid4().hex
    g.language = choose_language(request.headers.get("Accept-Language"))


def _set_headers(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = g.get("request_id", "")
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.status_code == 503:  # noqa: PLR2004
        headers.setdefault("Retry-After", "2")
    if not headers.get("Cache-Control"):
        headers["Cache-Control"] = "no-store"
    # What the caller has already, by its ETag, is not sent again.
    response.make_conditional(request)
    return response


def _answer_failure(error: Exception) -> Response:
    if request.path.startswith(MACHINES):
        return answer_problem(error)
    return show_failure(code_or_log(error), retry_after=getattr(error, "retry_after", None))


def _every_route_names_its_rule(app: Flask) -> None:
    # A route that anybody could enter by an oversight is worse than a service that does not start.
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(NO_ACTOR):
            continue
        view = app.view_functions[rule.endpoint]
        named = getattr(view, "rule", None)
        if named not in POLICY:
            message = f"{rule.rule} names no rule of service/access/policy.py"
            raise RuntimeError(message)
