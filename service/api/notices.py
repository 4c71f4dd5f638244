"""Notices over HTTP: what happened to oneself, and what one wants to be told by mail."""

from __future__ import annotations

import uuid
from typing import Any, cast

from flask import g
from sqlalchemy.orm import Session

from models.accounts import AccountKind
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.notice_reading import change_notice, read_notices
from service.operations.notice_settings import change_notice_settings
from service.queries.notice_recipients import find_notice_settings, get_wishes
from service.queries.notices import get_notice, get_notice_for_change, list_notices
from service.schemas.notices import (
    NoticeChanged,
    NoticeList,
    NoticesAsked,
    NoticeSettingsChanged,
    NoticeSettingsShown,
    NoticeShown,
    NoticesRead,
    show_notice,
    show_settings,
)

blueprint = ApiBlueprint(
    "notices", __name__, url_prefix="/v1", description="What happened to oneself, and what is told by mail"
)


@blueprint.route("/notices", methods=["GET"])
@door("notices.list")
@blueprint.arguments(NoticesAsked, location="query")
@blueprint.response(200, NoticeList)
def list_notices_(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """List one's own notices, newest first."""
    found = list_notices(session, actor, **asked, at=session.info["at"])
    return {
        "items": [show_notice(one, g.language) for one in found.items],
        "next_cursor": found.next_cursor,
    }


@blueprint.route("/notices/read", methods=["POST"])
@door("notices.change", writes=True)
@blueprint.arguments(NoticesRead)
@blueprint.response(204)
def read_notices_(session: Session, actor: Actor, body: dict[str, Any]) -> None:
    """Mark all of one's own notices as read."""
    read_notices(session, actor, until=body.get("until"), at=session.info["at"])


@blueprint.route("/notices/<uuid:notice_id>", methods=["GET"])
@door("notices.list")
@blueprint.etag
@blueprint.response(200, NoticeShown)
def read_notice(session: Session, actor: Actor, notice_id: uuid.UUID) -> dict[str, Any]:
    """Read one of one's own notices."""
    return _show(session, actor, notice_id)


@blueprint.route("/notices/<uuid:notice_id>", methods=["PATCH"])
@door("notices.change", writes=True)
@blueprint.etag
@blueprint.arguments(NoticeChanged)
@blueprint.response(200, NoticeShown)
def change_notice_(
    session: Session, actor: Actor, body: dict[str, Any], notice_id: uuid.UUID
) -> dict[str, Any]:
    """Mark a notice as read, or as unread again; what is read is not mailed any more."""
    get_notice_for_change(session, actor, notice_id)
    blueprint.check_etag(
        _tag(show_notice(get_notice(session, actor, notice_id, at=session.info["at"]), g.language))
    )
    change_notice(session, actor, notice_id, read=body["read"], at=session.info["at"])
    return _show(session, actor, notice_id)


def _show(session: Session, actor: Actor, notice_id: uuid.UUID) -> dict[str, Any]:
    shown = show_notice(get_notice(session, actor, notice_id, at=session.info["at"]), g.language)
    blueprint.set_etag(_tag(shown))
    return shown


def _tag(shown: dict[str, Any]) -> list[Any]:
    # Its words follow what it is about, which changes without the notice's own row.
    return [str(one) for one in shown.values()]


@blueprint.route("/notices/settings", methods=["GET"])
@door("notices.settings")
@blueprint.etag
@blueprint.response(200, NoticeSettingsShown)
def read_notice_settings(session: Session, actor: Actor) -> dict[str, Any]:
    """Read what one is told by mail, and when."""
    return _show_settings(session, actor)


@blueprint.route("/notices/settings", methods=["PATCH"])
@door("notices.settings", writes=True)
@blueprint.etag
@blueprint.arguments(NoticeSettingsChanged)
@blueprint.response(200, NoticeSettingsShown)
def change_notice_settings_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Choose what one is told by mail, and when; mail that waits follows."""
    account_id = cast(uuid.UUID, actor.account_id)
    kept = find_notice_settings(session, actor, account_id, lock=True)
    blueprint.check_etag([str(account_id), kept.version if kept else 0])
    change_notice_settings(session, actor, account_id, body, at=session.info["at"])
    return _show_settings(session, actor)


def _show_settings(session: Session, actor: Actor) -> dict[str, Any]:
    account_id = cast(uuid.UUID, actor.account_id)
    kept, wishes = find_notice_settings(session, actor, account_id), get_wishes(session, actor, account_id)
    blueprint.set_etag([str(account_id), kept.version if kept else 0])
    return show_settings(AccountKind(actor.kind.value), wishes, kept)
