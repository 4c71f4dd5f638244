"""Who is told of how a placement ends, of hours, and that feedback was given; never what it says."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from models import Event, Need
from models.notices import NoticeKind
from service.access.actors import Actor, ActorKind
from service.operations.news import News, Teller
from service.queries.notice_recipients import Recipient, list_coordinators, list_holders_of_placement


def _to_volunteer(kind: NoticeKind, *, gathers: bool = False) -> Teller:
    def teller(session: Session, actor: Actor, event: Event) -> Iterable[News]:
        if "with" in event.body:  # a step on the way to another one, of which the volunteer is told
            return ()
        return [_news(session, kind, _volunteer(session, actor, event), event, gathers=gathers)]

    return teller


def _to_coordinators(kind: NoticeKind, *, gathers: bool = False) -> Teller:
    def teller(session: Session, actor: Actor, event: Event) -> Iterable[News]:
        return [_news(session, kind, _coordinators(session, actor, event), event, gathers=gathers)]

    return teller


def _settled(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    """Tell the volunteer that hours are confirmed; who has accepted a correction knows it."""
    if actor.kind is ActorKind.VOLUNTEER:
        return ()
    return _to_volunteer(NoticeKind.HOURS_CONFIRMED, gathers=True)(session, actor, event)


def _feedback_given(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    """Tell the other side."""
    by_volunteer = actor.kind is ActorKind.VOLUNTEER
    other = _coordinators if by_volunteer else _volunteer
    return [_news(session, NoticeKind.FEEDBACK_GIVEN, other(session, actor, event), event)]


def _volunteer(session: Session, actor: Actor, event: Event) -> Sequence[Recipient]:
    placement_id = uuid.UUID(event.body.get("placement_id", str(event.subject_id)))
    return list_holders_of_placement(session, actor, placement_id)


def _coordinators(session: Session, actor: Actor, event: Event) -> Sequence[Recipient]:
    return list_coordinators(session, actor, _need_of(session, event).organisation_id)


def _need_of(session: Session, event: Event) -> Need:
    return session.get_one(Need, uuid.UUID(event.body.get("need_id", str(event.subject_id))))


def _news(
    session: Session,
    kind: NoticeKind,
    recipients: Sequence[Recipient],
    event: Event,
    *,
    gathers: bool = False,
) -> News:
    need = _need_of(session, event)
    return News(kind, recipients, need.id, need.organisation_id, gathers=gathers)


PLACEMENT_TELLERS: dict[str, Teller] = {
    "placement.confirmed": _to_volunteer(NoticeKind.PLACEMENT_CONFIRMED),
    "placement.completed": _to_volunteer(NoticeKind.PLACEMENT_COMPLETED),
    "placement.no_show": _to_volunteer(NoticeKind.PLACEMENT_NO_SHOW),
    "placement.no_show_answered": _to_coordinators(NoticeKind.NO_SHOW_ANSWERED),
    "hours.entered": _to_coordinators(NoticeKind.HOURS_ENTERED, gathers=True),
    "hours.confirmed": _settled,
    "hours.corrected": _to_volunteer(NoticeKind.HOURS_CORRECTED),
    "hours.disputed": _to_coordinators(NoticeKind.HOURS_DISPUTED),
    "feedback.given": _feedback_given,
    "need.hours_waiting": _to_coordinators(NoticeKind.HOURS_ENTERED, gathers=True),
    "need.completion_due": _to_coordinators(NoticeKind.COMPLETION_DUE),
}
