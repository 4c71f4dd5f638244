"""Notices: who is told of what happened, written in the transaction in which it happened.

`record_event` hands every event to `tell`; the table says which of them are news to somebody else than
who did it. Proposals are told by the list (`tell_proposals`): one notice, not one for each.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from models import Event, Need, Notice
from models.needs import NeedStatus
from models.notices import WEEK, NoticeKind
from service.access.actors import Actor, ActorKind
from service.operations.introduction_news import INTRODUCTION_TELLERS
from service.operations.invitation_news import INVITATION_TELLERS
from service.operations.jobs import Order, order_jobs
from service.operations.message_news import MESSAGE_TELLERS
from service.operations.news import News, Teller
from service.operations.placement_news import PLACEMENT_TELLERS
from service.operations.shift_news import SHIFT_TELLERS
from service.operations.waitlist_news import WAITLIST_TELLERS
from service.queries.notice_recipients import (
    list_coordinators,
    list_holders_at,
    list_holders_of_need,
    list_holders_of_placement,
    list_staff,
    list_volunteers_own,
)
from service.queries.notices import find_gathering_notice

# Which fields of a need matter to those who hold a place there, and in which respect.
ASPECTS = {
    "date": {"starts_at", "ends_at", "rrule", "timezone", "slots", "commitment_hours_per_week"},
    "place": {"location_type", "latitude", "longitude", "place"},
    "task": {"title", "description", "skills", "languages", "requirements"},
}
# A notice of new proposals names no more of them; the list itself has all.
MOST_NAMED = 20


def tell(session: Session, actor: Actor, event: Event) -> None:
    """Tell those whom an event concerns; a change that is undone has told nobody."""
    teller = TELLERS.get(event.name)
    if teller is not None:
        for news in teller(session, actor, event):
            write_notices(session, actor, event, news)


def tell_proposals(
    session: Session,
    actor: Actor,
    volunteer_id: uuid.UUID,
    proposed: Sequence[tuple[uuid.UUID, Event | None]],
    *,
    at: datetime,
) -> None:
    """Tell a volunteer of (need, event) that were put before them for the first time, best first.

    Not when they asked themselves: then they are looking at them. What they have not read yet is added to.
    """
    if actor.kind is ActorKind.VOLUNTEER or not proposed or (first := proposed[0][1]) is None:
        return
    for recipient in list_volunteers_own(session, actor, volunteer_id):
        need_ids = [str(need_id) for need_id, _ in proposed]
        gathering = find_gathering_notice(
            session, actor, recipient.account_id, NoticeKind.NEW_PROPOSALS, since=at - WEEK
        )
        if gathering is not None:
            gathering.body = {"need_ids": [*need_ids, *gathering.body["need_ids"]][:MOST_NAMED]}
            continue
        body = {"need_ids": need_ids[:MOST_NAMED]}
        news = News(NoticeKind.NEW_PROPOSALS, [recipient], body=body)
        write_notices(session, actor, first, news)


def write_notices(session: Session, actor: Actor, event: Event, news: News) -> None:
    """Write a notice for each recipient, and order the mail of those who want some."""
    orders = []
    for one in news.recipients:
        if news.gathers and find_gathering_notice(
            session, actor, one.account_id, news.kind, since=event.at - WEEK, need_id=news.need_id
        ):
            continue
        due = one.wishes.due(news.kind, event.at)
        session.add(
            Notice(
                id=uuid.uuid4(),
                account_id=one.account_id,
                kind=news.kind.value,
                event=event,
                need_id=news.need_id,
                organisation_id=news.organisation_id,
                body=news.body,
                mail_due_at=due,
            )
        )
        if due is not None:
            orders.append((one.account_id, due))
    order_mails(session, actor, orders, at=event.at)


def order_mails(
    session: Session, actor: Actor, wanted: Iterable[tuple[uuid.UUID, datetime]], *, at: datetime
) -> None:
    """Order that people's due notices be mailed then; an order that waits is moved forward, never back."""
    orders = [Order({"account_id": str(one)}, f"notices.mail:{one}", due) for one, due in wanted]
    order_jobs(session, actor, "notices.mail", orders, at=at)


def _need_of(session: Session, event: Event) -> Need:
    return session.get_one(Need, uuid.UUID(event.body.get("need_id", str(event.subject_id))))


def _to_holders(kind: NoticeKind) -> Teller:
    def teller(session: Session, actor: Actor, event: Event) -> Iterable[News]:
        need = _need_of(session, event)
        if not (need.places_taken or need.shift_count):
            return ()
        holders = list_holders_of_need(session, actor, need.id)
        return [News(kind, holders, need.id, need.organisation_id)]

    return teller


def _need_changed(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    need, fields = _need_of(session, event), set(event.body["fields"].split())
    aspects = [name for name, among in ASPECTS.items() if among & fields]
    held = need.places_taken or need.shift_count
    if not aspects or not held or need.status is NeedStatus.CANCELLED:
        return ()
    holders = list_holders_of_need(session, actor, need.id)
    body = {"aspects": aspects}
    return [News(NoticeKind.NEED_CHANGED, holders, need.id, need.organisation_id, body)]


def _to_holder(kind: NoticeKind) -> Teller:
    def teller(session: Session, actor: Actor, event: Event) -> Iterable[News]:
        need = _need_of(session, event)
        holder = list_holders_of_placement(session, actor, event.subject_id)
        return [News(kind, holder, need.id, need.organisation_id)]

    return teller


def _to_coordinators(kind: NoticeKind) -> Teller:
    def teller(session: Session, actor: Actor, event: Event) -> Iterable[News]:
        need = _need_of(session, event)
        coordinators = list_coordinators(session, actor, need.organisation_id)
        return [News(kind, coordinators, need.id, need.organisation_id)]

    return teller


def _organisation_verified(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    coordinators = list_coordinators(session, actor, event.subject_id)
    return [News(NoticeKind.ORGANISATION_VERIFIED, coordinators, organisation_id=event.subject_id)]


def _organisation_suspended(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    coordinators = list_coordinators(session, actor, event.subject_id)
    holders = list_holders_at(session, actor, event.subject_id)
    kind = NoticeKind.ORGANISATION_SUSPENDED
    return [News(kind, [*coordinators, *holders], organisation_id=event.subject_id)]


def _organisation_added(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    # A file may bring thousands, and who brings it knows; one that a coordinator adds waits for the staff.
    if actor.kind is not ActorKind.COORDINATOR or event.centre_id is None:
        return ()
    staff = list_staff(session, actor, event.centre_id)
    return [News(NoticeKind.ORGANISATION_WAITING, staff, organisation_id=event.subject_id)]


def _import_finished(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    if event.centre_id is None:
        return ()
    staff = list_staff(session, actor, event.centre_id)
    return [News(NoticeKind.IMPORT_FINISHED, staff, body={"import_id": str(event.subject_id)})]


def _placement_released(session: Session, actor: Actor, event: Event) -> Iterable[News]:
    # Whose shifts were all cancelled has been told of that.
    return () if "cause" in event.body else _to_holder(NoticeKind.PLACEMENT_RELEASED)(session, actor, event)


# What is told to nobody stands with its reason in docs/notices.md, which a test compares with this table.
TELLERS: dict[str, Teller] = {
    **INTRODUCTION_TELLERS,
    **PLACEMENT_TELLERS,
    **SHIFT_TELLERS,
    **WAITLIST_TELLERS,
    **MESSAGE_TELLERS,
    **INVITATION_TELLERS,
    "need.changed": _need_changed,
    "need.closed": _to_holders(NoticeKind.NEED_CLOSED),
    "need.cancelled": _to_holders(NoticeKind.NEED_CANCELLED),
    "placement.held": _to_coordinators(NoticeKind.SOMEBODY_ACCEPTED),
    "placement.withdrawn": _to_coordinators(NoticeKind.SOMEBODY_WITHDREW),
    "placement.released": _placement_released,
    "placement.shifts_changed": _to_coordinators(NoticeKind.SHIFTS_CHOSEN_ANEW),
    "organisation.added": _organisation_added,
    "organisation.verified": _organisation_verified,
    "organisation.suspended": _organisation_suspended,
    "import.finished": _import_finished,
}
