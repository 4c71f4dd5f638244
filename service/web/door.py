"""The way in for pages: who is signed in, may they, in which transaction; every page goes through it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from models.errors import NotPossible
from service.access.actors import ANYONE, Actor
from service.access.limits import Limits
from service.access.policy import HALF_OPEN, POLICY
from service.access.secrets import digest
from service.access.sessions import SEEN_WITHIN, Stage
from service.db import Sessions, now, unit_of_work
from service.errors import CODES, NotAllowed, NotFound, Refusal
from service.i18n import choose_language
from service.operations.sessions import remember_visit
from service.queries.sessions import SignedIn, find_signed_in
from service.web.cookies import LANGUAGE_COOKIE, signed_in_secret
from service.web.origins import check_origin, local_path
from service.web.rendering import go

View = Callable[..., Any]
# Refusals that are said on a page of their own: they are not about what was typed.
PAGES_OF_THEIR_OWN = ("csrf", "too_many_requests")
# Where a person goes who is not signed in, or not yet all the way.
WAYS_IN = {
    Stage.WHOLE: "/sign-in",
    Stage.CODE: "/second-factor",
    Stage.SET_UP: "/second-factor/set-up",
}


def page(rule: str, *, again: View | None = None, signed: bool = False) -> Callable[[View], View]:
    """Let a page be entered under a rule of the policy; give it `session` and `actor` first.

    A GET runs in a transaction that can only read. A POST is taken from our own pages only, unless what
    it does is `signed` in its address and asks for no cookie; what it is refused is said on the page
    `again`, with all that was typed, after everything is undone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def enter(**ids: Any) -> Response:
            at, reads = now(), request.method in ("GET", "HEAD")
            g.here = local_path(request.full_path.rstrip("?")) if reads else None
            try:
                if not reads and not signed:
                    check_origin()
                done = _enter(view, rule, ids, at, readonly=reads)
            except (Refusal, NotPossible) as refusal:
                done = _after_refusal(refusal, again, ids, at)
            _remember_visit(g.visitor, at)
            return done

        vars(enter).update(rule=rule, signed=signed)
        return enter

    return decorate


def _enter(view: View, rule: str, ids: dict[str, Any], at: datetime, *, readonly: bool) -> Response:
    sessions = cast(Sessions, current_app.extensions["sessions"])
    with unit_of_work(sessions, at=at, readonly=readonly) as session:
        actor = _greet(session, rule, at)
        if "refusal" not in g:
            current_app.extensions["limits"].count(actor, rule, request.remote_addr)
        POLICY[rule].check(actor)
        return cast(Response, view(session, actor, **ids))


def guessing(account: object, *, code: bool = False) -> AbstractContextManager[None]:
    """Count what may be somebody's guess at a password or a `code`, unless it is right."""
    limits = cast(Limits, current_app.extensions["limits"])
    return limits.guessing(str(account), request.remote_addr, code=code)


def _greet(session: Session, rule: str, at: datetime) -> Actor:
    secret, demanded = signed_in_secret(), current_app.extensions["second_factors"].demanded
    found = find_signed_in(session, ANYONE, digest(secret), demands=demanded, at=at) if secret else None
    # A password alone, where that is not enough, opens nothing but the page on which the rest is given.
    g.stage = found.stage if found else Stage.WHOLE
    g.visitor = found if g.stage is Stage.WHOLE or rule in HALF_OPEN[g.stage] else None
    g.language = choose_language(
        g.visitor and g.visitor.actor.language,
        request.cookies.get(LANGUAGE_COOKIE),
        request.headers.get("Accept-Language"),
    )
    return g.visitor.actor if g.visitor else ANYONE


def _after_refusal(
    refusal: Refusal | NotPossible, again: View | None, ids: dict[str, Any], at: datetime
) -> Response:
    if refusal.code == "not_signed_in":
        here = g.here or (again and _path_of(again, ids)) or "/"
        return go(f"{WAYS_IN[g.get('stage', Stage.WHOLE)]}?{urlencode({'next': here})}")
    if again is None or refusal.code in PAGES_OF_THEIR_OWN or isinstance(refusal, (NotFound, NotAllowed)):
        raise refusal
    g.refusal, g.refused_ids = refusal, ids
    g.here = _path_of(again, ids)
    # By the rule of that page itself: what was refused may have been refused before anybody asked who it is.
    shown = _enter(inspect.unwrap(again), vars(again)["rule"], _taken_by(again, ids), at, readonly=True)
    shown.status_code = CODES[refusal.code][0]
    return shown


def _taken_by(view: View, ids: dict[str, Any]) -> dict[str, Any]:
    named = inspect.signature(inspect.unwrap(view)).parameters
    return {name: value for name, value in ids.items() if name in named}


def _path_of(view: View, ids: dict[str, Any]) -> str:
    blueprint = view.__module__.rpartition(".")[2]
    return current_app.url_for(f"web.{blueprint}.{view.__name__}", **_taken_by(view, ids))


def _remember_visit(visitor: SignedIn | None, at: datetime) -> None:
    if visitor is not None and at - visitor.last_seen_at >= SEEN_WITHIN:
        sessions = cast(Sessions, current_app.extensions["sessions"])
        with unit_of_work(sessions, at=at) as session:
            remember_visit(session, visitor.actor, visitor.session_id, at=at)
