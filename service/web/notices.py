"""What happened to oneself, what one wants to be told by mail, and the way out of it without signing in."""

from __future__ import annotations

import uuid
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import available_timezones

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.orm import Session

from models.accounts import AccountKind
from models.mail_times import MailRhythm
from models.notices import KINDS_OF
from service.access.actors import Actor
from service.access.links import Unsubscribing, read_unsubscribing
from service.errors import N_, NotFound
from service.operations.notice_reading import change_notice, read_notices
from service.operations.notice_settings import change_notice_settings, unsubscribe
from service.queries.notice_recipients import find_notice_settings, get_wishes
from service.queries.notices import NoticeSeen, get_notice, list_notices
from service.schemas.notice_words import NAMES, say_notice
from service.schemas.notices import NoticeSettingsChanged, NoticesRead, show_settings
from service.web.door import page
from service.web.forms import posted, read_form
from service.web.origins import local_path
from service.web.rendering import go, render, tell

blueprint = Blueprint("notices", __name__)
RHYTHMS = {
    MailRhythm.IMMEDIATELY: N_("at once"),
    MailRhythm.DAILY: N_("every morning"),
    MailRhythm.WEEKLY: N_("once a week"),
    MailRhythm.NEVER: N_("never"),
}


@blueprint.get("/notices")
@page("notices.list")
def show(session: Session, actor: Actor) -> Response:
    """List what happened, newest first."""
    at = session.info["at"]
    found = list_notices(session, actor, cursor=request.args.get("cursor"), at=at)
    zone = get_wishes(session, actor, cast(uuid.UUID, actor.account_id)).timezone
    return render(
        "notices/list.html",
        notices=[_card(one) for one in found.items],
        next_cursor=found.next_cursor,
        until=at.isoformat(),
        zone=zone,
    )


def _card(seen: NoticeSeen) -> SimpleNamespace:
    return SimpleNamespace(notice=seen.notice, words=say_notice(seen, g.language))


@blueprint.post("/notices/read")
@page("notices.change", again=show)
def read_all(session: Session, actor: Actor) -> Response:
    """Mark all as read that stood on the page."""
    read_notices(session, actor, until=read_form(NoticesRead).get("until"), at=session.info["at"])
    return go("/notices")


@blueprint.post("/notices/<uuid:notice_id>/open")
@page("notices.change", again=show)
def follow(session: Session, actor: Actor, notice_id: uuid.UUID) -> Response:
    """Mark a notice as read, and go on to what it is about."""
    at = session.info["at"]
    change_notice(session, actor, notice_id, read=True, at=at)
    words = say_notice(get_notice(session, actor, notice_id, at=at), g.language)
    return go(local_path(words.path) or "/notices")


@blueprint.get("/notices/settings")
@page("notices.settings")
def show_own_settings(session: Session, actor: Actor) -> Response:
    """Show the switches."""
    account_id = cast(uuid.UUID, actor.account_id)
    kept, wishes = find_notice_settings(session, actor, account_id), get_wishes(session, actor, account_id)
    return render(
        "notices/settings.html",
        kept=show_settings(AccountKind(actor.kind.value), wishes, kept),
        names=NAMES,
        rhythms=list(RHYTHMS.items()),
        zones=_zones(),
    )


@blueprint.post("/notices/settings")
@page("notices.settings", again=show_own_settings)
def change_settings(session: Session, actor: Actor) -> Response:
    """Keep what the person has chosen; mail that waits follows."""
    fields = read_form(NoticeSettingsChanged, _posted_settings(actor))
    change_notice_settings(session, actor, cast(uuid.UUID, actor.account_id), fields, at=session.info["at"])
    tell(N_("Saved. From now on you are told as you have chosen."))
    return go("/notices/settings")


def _posted_settings(actor: Actor) -> dict[str, Any]:
    kinds = [{"kind": one.value, "mail": posted(one)} for one in KINDS_OF[AccountKind(actor.kind.value)]]
    times = {name: posted(name) for name in ("quiet_from", "quiet_until")}
    return {"kinds": [one for one in kinds if one["mail"]], "timezone": posted("timezone"), **times}


@cache
def _zones() -> list[str]:
    """List the time zones that people live in."""
    beside = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    return sorted(one for one in available_timezones() if "/" in one and not one.startswith(beside))


@blueprint.get("/unsubscribe")
@page("notices.unsubscribe")
def show_unsubscribe(session: Session, actor: Actor) -> Response:  # noqa: ARG001 the key says whose mail it is
    """Offer the button that ends mail; opening the link alone does nothing, for mail scanners open it too."""
    return _render_unsubscribe(_read_key(), done=False)


@blueprint.post("/unsubscribe")
@page("notices.unsubscribe", signed=True)
def end_mail(session: Session, actor: Actor) -> Response:
    """End mail of the kinds that the key names: pressed by a person, or by their mail program (RFC 8058)."""
    asked = _read_key()
    unsubscribe(session, actor, asked.account_id, asked.kinds, at=session.info["at"])
    return _render_unsubscribe(asked, done=True)


def _read_key() -> Unsubscribing:
    asked = read_unsubscribing(current_app.extensions["settings"], request.args.get("key", ""))
    if asked is None:
        raise NotFound
    return asked


def _render_unsubscribe(asked: Unsubscribing, *, done: bool) -> Response:
    names = [NAMES[one] for one in asked.kinds if one in NAMES]
    return render("notices/unsubscribe.html", names=names, done=done, key=request.args["key"])
