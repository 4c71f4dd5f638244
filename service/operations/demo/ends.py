"""What became of some placements of the demo town: hours entered and answered, one or two completed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import Account, Need, Organisation
from models.needs import NeedStatus
from service.access.actors import Actor
from service.operations.feedback import give_feedback
from service.operations.hours import confirm_hours, correct_hours, enter_hours
from service.operations.placement_ends import complete_placement
from service.operations.proposals import accept_proposal
from service.queries.notice_recipients import list_coordinators
from service.queries.placements import OwnPlacement, list_own_placements
from service.queries.proposal_lists import list_proposals
from service.queries.tokens import make_actor

# By the language of the organisation: thanks, why hours were corrected, what each side says of it.
WORDS = {
    "en": (
        "Thank you: it would not have been done without you.",
        "We closed at six that day.",
        "A good team.",
    ),
    "uk": ("Дякуємо: без вас це б не вдалося.", "Того дня ми зачинилися о шостій.", "Добра команда."),
    "ru": ("Спасибо: без вас бы не получилось.", "В тот день мы закрылись в шесть.", "Хорошая команда."),
}


def accept_ongoing(
    session: Session, volunteer: Actor, organisation_ids: Collection[uuid.UUID], *, at: datetime
) -> bool:
    """Let a volunteer accept the best that goes on without dates at these organisations, if any does."""
    for one in list_proposals(session, volunteer, limit=100).items:
        need = session.get_one(Need, one.need_id)
        if (
            need.status is NeedStatus.OPEN
            and need.starts_at is None
            and need.organisation_id in organisation_ids
        ):
            accept_proposal(session, volunteer, one.id, at=at)
            return True
    return False


def let_placements_go_on(session: Session, actor: Actor, volunteers: Sequence[Actor], *, at: datetime) -> int:
    """Let volunteers in placements without dates enter hours, and coordinators answer; say how many."""
    ways = (_waits, _corrected, _completed)
    done = 0
    for volunteer in volunteers:
        for seen in list_own_placements(session, volunteer, limit=5).items:
            boss = _coordinator_of(session, actor, seen.organisation.id)
            if boss is not None and seen.need.starts_at is None and not seen.need.shift_count:
                ways[done % len(ways)](session, volunteer, boss, seen, at)
                done += 1
                break
    return done


def _coordinator_of(session: Session, actor: Actor, organisation_id: uuid.UUID) -> Actor | None:
    for one in list_coordinators(session, actor, organisation_id):
        return make_actor(session, actor, session.get_one(Account, one.account_id))
    return None


def _waits(session: Session, volunteer: Actor, boss: Actor, seen: OwnPlacement, at: datetime) -> None:
    """Two entries are confirmed, the latest waits."""
    for days, minutes in ((15, 120), (8, 150)):
        hours = _enter(session, volunteer, seen, days, minutes, at)
        confirm_hours(session, boss, hours, at=at)
    _enter(session, volunteer, seen, 1, 120, at)


def _corrected(session: Session, volunteer: Actor, boss: Actor, seen: OwnPlacement, at: datetime) -> None:
    hours = _enter(session, volunteer, seen, 6, 240, at)
    correct_hours(session, boss, hours, 180, _words(session, seen)[1], at=at)


def _completed(session: Session, volunteer: Actor, boss: Actor, seen: OwnPlacement, at: datetime) -> None:
    thanks, _, said = _words(session, seen)
    for days in (20, 13):
        confirm_hours(session, boss, _enter(session, volunteer, seen, days, 180, at), at=at)
    complete_placement(session, boss, seen.placement.id, thanks=thanks, at=at)
    give_feedback(session, volunteer, seen.placement.id, rating=5, text=said, would_again=True, at=at)


def _enter(
    session: Session, volunteer: Actor, seen: OwnPlacement, days: int, minutes: int, at: datetime
) -> uuid.UUID:
    fields = {"date": at.date() - timedelta(days=days), "minutes": minutes}
    return enter_hours(session, volunteer, seen.placement.id, fields, at=at).id


def _words(session: Session, seen: OwnPlacement) -> tuple[str, str, str]:
    language = session.get_one(Organisation, seen.organisation.id).language
    return WORDS.get(language, WORDS["en"])
