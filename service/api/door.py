"""The way in: who asks, may they, in which transaction; every route of the API goes through it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import LengthRequired

from service.access.actors import ANYONE, Actor
from service.access.limits import Limits
from service.access.policy import POLICY
from service.access.secrets import read_token
from service.api.idempotency import answer_once
from service.db import Sessions, now, unit_of_work
from service.errors import NotSignedIn
from service.i18n import choose_language
from service.operations.tokens import remember_use
from service.queries.tokens import find_actor_by_token

View = Callable[..., Any]


def door(
    rule: str, *, writes: bool = False, needs_key: bool = False, largest: int = 0
) -> Callable[[View], View]:
    """Let a route be entered under a rule of the policy; give it `session` and `actor` first.

    The transaction begins here and ends after the answer has been put into its final form, so
    that what an `Idempotency-Key` remembers is written together with the effect itself. A route
    that `writes` may change things; one that `needs_key` refuses a POST without the header. A body
    may be as long as the settings of the application say, or `largest` bytes where that is said.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def enter(*args: Any, **kwargs: Any) -> Response:
            at, sessions = now(), cast(Sessions, current_app.extensions["sessions"])
            if writes:
                _must_have_length()
                _read_body(sessions, rule, largest, at)
            with unit_of_work(sessions, at=at, readonly=not writes) as session:
                actor = _find_actor(session, at)
                _limits().count(actor, rule, request.remote_addr)
                POLICY[rule].check(actor)

                def answer() -> Response:
                    return cast(Response, view(session, actor, *args, **kwargs))

                if request.method != "POST" or not writes:
                    done = answer()
                else:
                    done = answer_once(session, actor, answer, required=needs_key)
            _remember_use(sessions, actor, at)
            return done

        vars(enter).update(rule=rule, writes=writes, needs_key=needs_key)
        return enter

    return decorate


def _find_actor(session: Session, at: datetime) -> Actor:
    header = request.headers.get("Authorization", "")
    wanted = request.headers.get("Accept-Language")
    if not header:
        g.language = choose_language(wanted)
        return ANYONE
    scheme, _, text = header.partition(" ")
    parts = read_token(text.strip()) if scheme.lower() == "bearer" else None
    actor = parts and find_actor_by_token(session, ANYONE, *parts, at=at)
    if not actor:
        # Who tries tokens out is nobody yet, and is counted as such.
        _limits().count(ANYONE, "", request.remote_addr)
        raise NotSignedIn
    g.language = choose_language(wanted, actor.language)
    return actor


def _limits() -> Limits:
    return cast(Limits, current_app.extensions["limits"])


def _must_have_length() -> None:
    # A chunked body that is cut at the limit would be taken for the whole one.
    if request.headers.get("Transfer-Encoding") or (
        request.content_length is None and request.headers.get("Content-Type")
    ):
        raise LengthRequired


def _read_body(sessions: Sessions, rule: str, largest: int, at: datetime) -> None:
    # Before the transaction begins: on SQLite, a slow sender would keep everybody else from writing.
    if largest:
        request.max_content_length = largest
        # A body longer than usual is read only from those who may send one.
        with unit_of_work(sessions, at=at, readonly=True) as session:
            POLICY[rule].check(_find_actor(session, at))
    request.get_data(cache=True)


def _remember_use(sessions: Sessions, actor: Actor, at: datetime) -> None:
    if actor.token_id is not None and actor.token_used_on != at.date():
        with unit_of_work(sessions, at=at) as session:
            remember_use(session, actor, at=at)
