"""What people of the demo town have said to each other: questions, answers, messages, an invitation."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.needs import NeedStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.introductions import ask_introduction, offer_slot
from service.operations.invitations import send_invitation
from service.operations.messages import write_message, write_message_about_proposal
from service.operations.share_codes import make_share_code
from service.queries.proposal_lists import list_proposals

SAID = {
    "en": {
        "question": "I have never done this before. Can I come along and watch first?",
        "message": "Hello! Which entrance is it, and shall I bring gloves?",
        "answer": "The green door in the yard. We have gloves in all sizes; see you!",
        "place": "At our place, the green door in the yard",
    },
    "uk": {
        "question": "Я ще ніколи цього не робив. Чи можна спершу прийти й подивитися?",
        "message": "Добрий день! Який там вхід і чи брати рукавички?",
        "answer": "Зелені двері у дворі. Рукавички є всіх розмірів; до зустрічі!",
        "place": "У нас, зелені двері у дворі",
    },
    "ru": {
        "question": "Я ещё никогда этого не делал. Можно сначала прийти и посмотреть?",
        "message": "Здравствуйте! Какой там вход и брать ли перчатки?",
        "answer": "Зелёная дверь во дворе. Перчатки есть всех размеров; до встречи!",
        "place": "У нас, зелёная дверь во дворе",
    },
}
OPEN, HELD = (ProposalStatus.PROPOSED,), (ProposalStatus.ACCEPTED,)
HOUR = timedelta(hours=1)


def let_them_talk(
    session: Session,
    coordinators: Mapping[uuid.UUID, Actor],
    known: Sequence[Actor],
    others: Sequence[Actor],
    *,
    timezone: str,
    at: datetime,
) -> None:
    """Let each coordinator have a question that waits, an offered visit and a conversation.

    `known` can sign in: one of them has given a code, and is invited.
    """
    for organisation_id, coordinator in coordinators.items():
        said = SAID[coordinator.language]
        begin = at.replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        slot = {
            "kind": "visit", "starts_at": begin, "ends_at": begin + HOUR, "timezone": timezone,
            "place": said["place"], "places": 3,
        }  # fmt: skip
        offer_slot(session, coordinator, organisation_id, slot, at=at)
        asking = _first(session, others, organisation_id, OPEN)
        if asking is not None:
            question = {"kind": "question", "text": said["question"]}
            ask_introduction(session, asking[0], asking[1], question, at=at)
        writing = _first(session, known, organisation_id, OPEN) or _first(
            session, others, organisation_id, HELD
        )
        if writing is not None:
            first = write_message_about_proposal(session, *writing, said["message"], at=at)
            write_message(session, coordinator, first.conversation_id, said["answer"], at=at)
    _invite(session, coordinators, known, at)


def _first(
    session: Session,
    volunteers: Sequence[Actor],
    organisation_id: uuid.UUID,
    status: tuple[ProposalStatus, ...],
) -> tuple[Actor, uuid.UUID] | None:
    """Find the first of these volunteers who has something of an organisation in that state."""
    for one in volunteers:
        for row in list_proposals(session, one, status=status, limit=20).items:
            if row.organisation_id == organisation_id and row.need_status is NeedStatus.OPEN:
                return one, row.id
    return None


def _invite(
    session: Session, coordinators: Mapping[uuid.UUID, Actor], known: Sequence[Actor], at: datetime
) -> None:
    for organisation_id, coordinator in coordinators.items():
        found = _first(session, known, organisation_id, OPEN)
        if found is None or found[0].volunteer_id is None:
            continue
        volunteer, proposal_id = found
        rows = list_proposals(session, volunteer, status=OPEN, limit=20).items
        need_id = next(row.need_id for row in rows if row.id == proposal_id)
        own = found[0].volunteer_id
        _, code = make_share_code(session, volunteer, own, organisation_id=organisation_id, at=at)
        send_invitation(session, coordinator, need_id, {"share_code": code}, at=at)
        return
