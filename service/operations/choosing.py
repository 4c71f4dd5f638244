"""Choosing: a need that a volunteer found by themselves becomes a proposal of their own, told honestly."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from matching.model import Model
from matching.ranking import Match, consider
from models import Need, Proposal, Volunteer
from models.errors import NotPossible
from models.needs import NeedStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import Actor
from service.errors import NotAllowed, NotFound
from service.operations.events import record_event
from service.operations.proposal_steps import MAY_BE_PASSED
from service.operations.proposing import as_kept
from service.queries.candidates import get_person, get_volunteer_for_ranking, list_published_needs
from service.queries.openings import index_one_need, list_open_needs
from service.queries.placements import was_let_go
from service.queries.proposals import find_own_proposal_for_need
from service.queries.rankings import get_ranking
from service.queries.texts import add_meaning


def choose_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> Proposal:
    """Make a need that the volunteer may see a proposal of their own, to be decided like any other.

    What was declined, put off, withdrawn or expired is open again. Refused with `need_closed` where the
    need is over, `not_of_age` where it asks for another age, `already_decided` where it is accepted.
    """
    if actor.volunteer_id is None:
        raise NotAllowed
    volunteer = get_volunteer_for_ranking(session, actor, actor.volunteer_id)
    published = need_id in list_published_needs(session, actor, [need_id], at=at)
    proposal = find_own_proposal_for_need(session, actor, need_id)
    if not published:
        raise _why_not(session, need_id, proposal, at)
    model = get_ranking(session, actor, at=at).model
    match, misfits = _look_at(session, actor, volunteer, need_id, model, at)
    before = proposal.status if proposal else None
    if proposal is None:
        proposal = _make(volunteer, need_id, model)
        session.add(proposal)
    else:
        proposal.choose(at, let_go=was_let_go(session, actor, proposal.id))
    # What does not fit weighs nothing in the score, and is said all the same.
    warnings = [{"code": one, "weight": 0.0, "params": {}} for one in misfits]
    proposal.rank(match.score, [*as_kept(match), *warnings], model.version)
    if before is not proposal.status:
        name = "proposal.reconsidered" if before is ProposalStatus.DECLINED else "proposal.chosen"
        record_event(
            session, actor, name, proposal.id, at=at, centre_id=volunteer.centre_id,
            from_state=before, to_state=proposal.status, need_id=need_id,
        )  # fmt: skip
    session.flush()
    return proposal


def _look_at(
    session: Session, actor: Actor, volunteer: Volunteer, need_id: uuid.UUID, model: Model, at: datetime
) -> tuple[Match, list[str]]:
    """Say how an open or full need suits a volunteer, and as codes of reasons what does not fit."""
    person = add_meaning(session, actor, get_person(session, actor, volunteer))
    index = list_open_needs(session, actor, at=at)
    if not index.marked([need_id]).any():
        index = index_one_need(session, actor, need_id)
    in_the_way = index.explain_ineligible(person, need_id, at)
    if "age" in in_the_way:
        raise NotPossible("not_of_age")
    if not MAY_BE_PASSED.keys() >= set(in_the_way):
        raise NotPossible("need_closed")
    misfits = [MAY_BE_PASSED[one] for one in in_the_way if MAY_BE_PASSED[one]]
    return consider(person, index, need_id, model, at=at), misfits


def _why_not(session: Session, need_id: uuid.UUID, known: Proposal | None, at: datetime) -> Exception:
    """Say that a need is closed to those who could see it, or have had it before them; to others nothing."""
    need = session.get(Need, need_id, populate_existing=True)
    seen = need is not None and need.status in (NeedStatus.OPEN, NeedStatus.FULL) and need.is_over(at)
    return NotPossible("need_closed") if known is not None or seen else NotFound()


def _make(volunteer: Volunteer, need_id: uuid.UUID, model: Model) -> Proposal:
    return Proposal(
        id=uuid.uuid4(),
        volunteer_id=volunteer.id,
        need_id=need_id,
        status=ProposalStatus.PROPOSED,
        origin=ProposalOrigin.SEARCH,
        score=0.0,
        reasons=[],
        model=model.version,
    )
