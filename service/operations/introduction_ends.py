"""How introductions end before they take place: by one of the two, or because the proposal ends.

When a volunteer says no, or takes a yes back, nobody waits at the door for them: a visit or a call that they
had taken is cancelled. The organisation is told that, in the words of any cancelling, and not why. A question
that waits stays: it was asked of the organisation, and its answer may be why somebody thinks again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from models import Introduction, Need, Proposal
from models.introductions import IntroductionStatus, Side
from models.needs import NeedStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.jobs import cancel_job
from service.queries.introductions import list_booked_of_need

REMINDED_AFTER = (1, 3)  # days


def end_introduction(
    session: Session, actor: Actor, introduction: Introduction, by: Side, *, at: datetime
) -> None:
    """Cancel an introduction whose lock is held; nobody is reminded of it any more."""
    before = introduction.status
    introduction.cancel(by, at)
    record_introduction(session, actor, introduction, before, at)
    if before is IntroductionStatus.ASKED:
        cancel_reminders(session, actor, introduction, at=at)


def end_visits(session: Session, actor: Actor, proposal: Proposal, by: Side, *, at: datetime) -> None:
    """Cancel the visits and calls to come that were taken for a proposal whose lock is held."""
    session.flush()
    booked = list_booked_of_need(
        session, actor, proposal.need_id, [proposal.status], at=at, proposal_id=proposal.id
    )
    for one in booked:
        end_introduction(session, actor, one, by, at=at)


def end_visits_of_need(session: Session, actor: Actor, need: Need, *, at: datetime) -> None:
    """Cancel those whose proposals have expired with their need; all of them, where it is cancelled."""
    over = {ProposalStatus.EXPIRED}
    if need.status is NeedStatus.CANCELLED:
        over.add(ProposalStatus.ACCEPTED)
    for one in list_booked_of_need(session, actor, need.id, over, at=at):
        end_introduction(session, actor, one, Side.ORGANISATION, at=at)


def cancel_reminders(session: Session, actor: Actor, introduction: Introduction, *, at: datetime) -> None:
    """Let nobody be reminded of a question any more."""
    for days in REMINDED_AFTER:
        cancel_job(session, actor, reminder_key(introduction, days), at=at)


def reminder_key(introduction: Introduction, days: int) -> str:
    """Name the order of a reminder."""
    return f"introductions.remind:{introduction.id}:{days}"


def record_introduction(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    before: IntroductionStatus | None,
    at: datetime,
    *,
    name: str = "",
    days: int | None = None,
) -> None:
    """Put it on record in nobody's log: a volunteer's id must not stand in an organisation's."""
    record_event(
        session, actor, name or f"introduction.{introduction.status}", introduction.id, at=at,
        from_state=before, to_state=introduction.status, kind=introduction.kind,
        need_id=introduction.need_id, organisation_id=introduction.organisation_id, days=days,
    )  # fmt: skip
