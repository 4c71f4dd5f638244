"""Making proposals: the ranking's list for a volunteer, kept in step with what is open and what they said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matching.ranking import Match, rank
from matching.weights import rule_weights
from models import Proposal, RankedList, Volunteer
from models.needs import NeedStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.need_changes import expire_proposals
from service.operations.proposal_orders import order_proposals
from service.queries.candidates import (
    WAITING,
    find_need_to_follow,
    get_person,
    get_volunteer_for_ranking,
    list_proposals_to_revise,
    list_published_needs,
    list_volunteers_concerned,
    list_waiting_need_ids,
    note_ranking,
)
from service.queries.openings import list_open_needs

MOST_PROPOSED = 20
# So many volunteers hear of one need's change at once; all others at their own next ranking.
MOST_CONCERNED = 300


def refresh_proposals(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> None:
    """Rank again because the volunteer asks for it; nobody else can."""
    actor.must_be_volunteer(volunteer_id)
    propose_for(session, actor, volunteer_id, at=at)


def follow_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> None:
    """Follow a change of a need: expire its proposals where it is gone, else rank for whom it concerns."""
    published = list_published_needs(session, actor, [need_id], at=at)
    need = find_need_to_follow(session, actor, need_id)
    if need is None:
        return
    if need_id not in published:
        expire_proposals(session, actor, need, at=at)
        return
    for volunteer_id in list_volunteers_concerned(session, actor, need, limit=MOST_CONCERNED):
        order_proposals(session, actor, volunteer_id, at=at)


def propose_for(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> None:
    """Put the best needs before a volunteer: new ones and those that fit again come, others expire.

    What the volunteer has answered is left alone. At most `MOST_PROPOSED` wait at a time, besides what
    they chose themselves or were invited to. The caller has looked who asks.
    """
    volunteer = get_volunteer_for_ranking(session, actor, volunteer_id)
    person, index = get_person(session, actor, volunteer), list_open_needs(session, actor, at=at)
    matches = {one.need_id: one for one in rank(person, index, at=at, limit=MOST_PROPOSED)}
    waiting = list_waiting_need_ids(session, actor, volunteer_id)
    # Asked of the rows once more, and locked: the index may be a moment old (I-20, I-25).
    published = list_published_needs(session, actor, {*matches, *waiting}, at=at)
    known = {
        one.need_id: one for one in list_proposals_to_revise(session, actor, volunteer_id, list(matches))
    }
    for need_id, proposal in known.items():
        before, status = proposal.status, published.get(need_id)
        _revise(proposal, matches.get(need_id), status, at)
        _record(session, actor, volunteer, proposal, before, at)
    for need_id in matches.keys() - known.keys():
        if published.get(need_id) is NeedStatus.OPEN:
            known[need_id] = proposal = _make(volunteer_id, matches[need_id])
            session.add(proposal)
            _record(session, actor, volunteer, proposal, None, at)
    _keep_list(session, volunteer_id, known.values(), at)
    note_ranking(session, actor, volunteer_id, at=at)


def bring_back(session: Session, actor: Actor, proposal: Proposal, *, at: datetime) -> None:
    """Bring an expired proposal back for its answer, if it had only given way to better ones.

    What the volunteer has seen they can answer as long as the need suits them; else it stays expired.
    The caller holds the locks of an answer, and has changed nothing yet.
    """
    volunteer = session.get_one(Volunteer, proposal.volunteer_id)
    person, index = get_person(session, actor, volunteer), list_open_needs(session, actor, at=at)
    if index.marked([proposal.need_id]).any() and not index.explain_ineligible(person, proposal.need_id, at):
        before = proposal.status
        proposal.propose_again(proposal.score, proposal.reasons, proposal.model)
        _record(session, actor, volunteer, proposal, before, at)


def _make(volunteer_id: uuid.UUID, match: Match) -> Proposal:
    return Proposal(
        id=uuid.uuid4(),
        volunteer_id=volunteer_id,
        need_id=match.need_id,
        status=ProposalStatus.PROPOSED,
        origin=ProposalOrigin.RANKING,
        score=match.score,
        reasons=_reasons(match),
        model=rule_weights().version,
    )


def _revise(proposal: Proposal, match: Match | None, need: NeedStatus | None, at: datetime) -> None:
    """Give a proposal its new score, bring it back, or let it go; an answered one stays as it is."""
    fits = match is not None and need is NeedStatus.OPEN
    if match is not None and fits and proposal.status is ProposalStatus.PROPOSED:
        proposal.rank(match.score, _reasons(match), rule_weights().version)
    elif match is not None and fits and proposal.status is ProposalStatus.EXPIRED:
        proposal.propose_again(match.score, _reasons(match), rule_weights().version)
    elif proposal.status in WAITING and (need is None or _is_outranked(proposal, match)):
        proposal.expire(at)


def _is_outranked(proposal: Proposal, match: Match | None) -> bool:
    """Say whether the ranking, which proposed it, would not do so now; what was chosen stays."""
    proposed = proposal.status is ProposalStatus.PROPOSED and proposal.origin is ProposalOrigin.RANKING
    return proposed and match is None


def _reasons(match: Match) -> list[dict[str, Any]]:
    return [{"code": one.code, "weight": one.weight, "params": one.params} for one in match.reasons]


def _record(
    session: Session,
    actor: Actor,
    volunteer: Volunteer,
    proposal: Proposal,
    before: ProposalStatus | None,
    at: datetime,
) -> None:
    if proposal.status is not before:
        record_event(
            session, actor, f"proposal.{proposal.status}", proposal.id, at=at,
            centre_id=volunteer.centre_id, from_state=before, to_state=proposal.status,
            need_id=proposal.need_id,
        )  # fmt: skip


def _keep_list(session: Session, volunteer_id: uuid.UUID, known: Iterable[Proposal], at: datetime) -> None:
    """Keep what now stands where, in the order in which the volunteer sees it; the ranking learns from it."""
    shown = sorted(
        (one for one in known if one.status is ProposalStatus.PROPOSED), key=lambda one: (-one.score, one.id)
    )
    items = [
        {"need_id": str(one.need_id), "position": place, "score": one.score}
        for place, one in enumerate(shown)
    ]
    model = rule_weights().version
    session.add(
        RankedList(id=uuid.uuid4(), volunteer_id=volunteer_id, ranked_at=at, model=model, items=items)
    )
