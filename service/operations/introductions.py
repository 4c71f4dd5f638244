"""Introductions: asked for by a volunteer, answered by the organisation; a silence is remembered for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy.orm import Session

from models import Introduction, IntroductionSlot, Proposal
from models.errors import NotPossible
from models.introductions import IntroductionKind, IntroductionStatus, Side
from models.proposals import UNDECIDED
from service.access.actors import Actor, ActorKind
from service.errors import N_, FieldError, Invalid, NotAllowed, NotFound
from service.operations.events import record_event
from service.operations.introduction_ends import (
    REMINDED_AFTER,
    cancel_reminders,
    end_introduction,
    record_introduction,
    reminder_key,
)
from service.operations.jobs import order_job
from service.operations.labels import label_of
from service.operations.proposal_steps import must_be_open
from service.queries.introductions import (
    find_waiting_question,
    get_introduction_for_change,
    get_slot_for_change,
    get_slot_to_take,
    list_answer_seconds,
    list_booked,
)
from service.queries.organisations import get_organisation_to_write
from service.queries.proposals import get_proposal_for_answer

Fields = Mapping[str, Any]
HOUR = 3600


def ask_introduction(
    session: Session, actor: Actor, proposal_id: uuid.UUID, fields: Fields, *, at: datetime
) -> Introduction:
    """Ask a question, or take a visit or a call; `fields` are those of `IntroductionNew`.

    The proposal stays as it is. Refused with `already_decided`, `need_closed`, `slot_taken`, and field by
    field where a question has no text, or a visit no time.
    """
    kind = IntroductionKind(fields["kind"])
    _must_be_whole(kind, fields)
    asked = get_proposal_for_answer(session, actor, proposal_id)
    if asked.proposal.status not in UNDECIDED:
        raise NotPossible("already_decided", asked.proposal.status)
    must_be_open(asked.organisation, asked.need, at)
    slot_id = fields.get("slot_id")
    if slot_id is not None:
        _must_have_room(session, actor, slot_id, kind, asked.proposal, asked.organisation.id, at)
    introduction = Introduction(
        id=uuid.uuid4(),
        proposal_id=proposal_id,
        organisation_id=asked.organisation.id,
        need_id=asked.need.id,
        slot_id=slot_id,
        kind=kind,
        status=IntroductionStatus.BOOKED if slot_id else IntroductionStatus.ASKED,
        label=label_of(session, actor, proposal_id),
        text=fields.get("text"),
    )
    session.add(introduction)
    session.flush()
    record_introduction(session, actor, introduction, None, at)
    if introduction.status is IntroductionStatus.ASKED:
        _order_reminders(session, actor, introduction, at)
    return introduction


def reply_to_introduction(
    session: Session, actor: Actor, introduction_id: uuid.UUID, text: str, *, at: datetime
) -> Introduction:
    """The organisation answers a question; it is not reminded any more."""
    if actor.kind is not ActorKind.COORDINATOR:
        raise NotAllowed
    introduction = get_introduction_for_change(session, actor, introduction_id)
    before = introduction.status
    introduction.answer(text, at)
    record_introduction(session, actor, introduction, before, at)
    cancel_reminders(session, actor, introduction, at=at)
    return introduction


def remind_of_question(
    session: Session, actor: Actor, introduction_id: uuid.UUID, days: int, *, at: datetime
) -> None:
    """Remind an organisation of a question that has waited so many days; not if it is answered by now."""
    asked = find_waiting_question(session, actor, introduction_id)
    if asked is not None:
        record_introduction(session, actor, asked, asked.status, at, name="introduction.reminded", days=days)


def cancel_introduction(
    session: Session, actor: Actor, introduction_id: uuid.UUID, *, at: datetime
) -> Introduction:
    """Say that it will not be: either side a visit or a call, the volunteer also a question that waits.

    An organisation answers a question; it cannot make it go away.
    """
    introduction = get_introduction_for_change(session, actor, introduction_id)
    by = Side.VOLUNTEER if actor.kind is ActorKind.VOLUNTEER else Side.ORGANISATION
    if by is Side.ORGANISATION and introduction.kind is IntroductionKind.QUESTION:
        raise NotAllowed
    end_introduction(session, actor, introduction, by, at=at)
    return introduction


def offer_slot(
    session: Session, actor: Actor, organisation_id: uuid.UUID, fields: Fields, *, at: datetime
) -> IntroductionSlot:
    """Offer a time for a visit or a call; `fields` are those of `SlotNew`."""
    organisation = get_organisation_to_write(session, actor, organisation_id)
    starts_at, ends_at = fields["starts_at"], fields["ends_at"]
    if starts_at <= at:
        raise Invalid(FieldError("starts_at", "in_the_past", N_("This time has passed.")))
    if ends_at <= starts_at:
        raise Invalid(FieldError("ends_at", "before_starts_at", N_("It cannot end before it starts.")))
    slot = IntroductionSlot(
        id=uuid.uuid4(),
        organisation_id=organisation.id,
        kind=IntroductionKind(fields["kind"]),
        starts_at=starts_at,
        ends_at=ends_at,
        timezone=fields["timezone"],
        place=fields.get("place"),
        places=fields.get("places", 1),
    )
    session.add(slot)
    session.flush()
    record_event(
        session, actor, "introduction_slot.offered", slot.id, at=at,
        centre_id=organisation.centre_id, organisation_id=organisation.id,
    )  # fmt: skip
    return slot


def cancel_slot(session: Session, actor: Actor, slot_id: uuid.UUID, *, at: datetime) -> IntroductionSlot:
    """Take an offered time back; whoever had taken it is told so by their introduction."""
    slot = get_slot_for_change(session, actor, slot_id)
    slot.cancel(at)
    for one in list_booked(session, actor, slot.id):
        end_introduction(session, actor, one, Side.ORGANISATION, at=at)
    organisation = get_organisation_to_write(session, actor, slot.organisation_id)
    record_event(
        session, actor, "introduction_slot.cancelled", slot.id, at=at,
        centre_id=organisation.centre_id, organisation_id=organisation.id,
    )  # fmt: skip
    return slot


def tell_answer_hours(session: Session, actor: Actor, organisation_id: uuid.UUID) -> int | None:
    """Say in how many hours an organisation answers half of its questions; None where few were answered."""
    taken = list_answer_seconds(session, actor, organisation_id)
    return max(1, round(median(taken) / HOUR)) if taken else None


def _must_be_whole(kind: IntroductionKind, fields: Fields) -> None:
    needed = "text" if kind is IntroductionKind.QUESTION else "slot_id"
    if not fields.get(needed):
        raise Invalid(FieldError(needed, "required", N_("This is needed.")))
    if kind is IntroductionKind.QUESTION and fields.get("slot_id"):
        raise Invalid(FieldError("slot_id", "not_for_questions", N_("A question takes no time.")))


def _must_have_room(
    session: Session,
    actor: Actor,
    slot_id: uuid.UUID,
    kind: IntroductionKind,
    proposal: Proposal,
    organisation_id: uuid.UUID,
    at: datetime,
) -> None:
    slot = get_slot_to_take(session, actor, slot_id)
    if slot.organisation_id != organisation_id or slot.kind is not kind:
        raise NotFound
    booked = list_booked(session, actor, slot_id)
    mine = any(one.proposal_id == proposal.id for one in booked)
    if not slot.is_offered(at) or len(booked) >= slot.places or mine:
        raise NotPossible("slot_taken")


def _order_reminders(session: Session, actor: Actor, introduction: Introduction, at: datetime) -> None:
    payload = {"introduction_id": str(introduction.id)}
    for days in REMINDED_AFTER:
        key = reminder_key(introduction, days)
        job = order_job(session, actor, "introductions.remind", {**payload, "days": days}, at=at, key=key)
        job.due_at = at + timedelta(days=days)
