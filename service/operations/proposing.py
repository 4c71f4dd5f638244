"""Making proposals: the ranking's list for a volunteer, kept in step with what is open and what they said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matching.model import Model
from matching.profiles import Person
from matching.ranking import Match, rank
from models import Event, Proposal, Volunteer
from models.needs import NeedStatus
from models.proposals import ProposalOrigin, ProposalStatus
from service.access.actors import Actor
from service.operations.events import record_event
from service.operations.need_changes import expire_proposals, record_step
from service.operations.notices import tell_proposals
from service.operations.proposal_orders import order_proposals
from service.operations.proposal_steps import is_open
from service.operations.ranked_lists import keep_list
from service.operations.waitlists import review_waiting
from service.queries.candidates import (
    WAITING,
    get_person,
    get_volunteer_for_ranking,
    list_proposals_to_revise,
    list_published_needs,
    list_volunteers_concerned,
    list_waiting_need_ids,
    lock_need_to_follow,
    note_ranking,
)
from service.queries.introductions import list_needs_asked_about
from service.queries.openings import index_one_need, list_open_needs
from service.queries.prices import bring_prices
from service.queries.rankings import get_ranking
from service.queries.texts import add_meaning

MOST_PROPOSED = 20
# So many volunteers hear of one need's change at once; all others at their own next ranking.
MOST_CONCERNED = 300


def refresh_proposals(session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime) -> None:
    """Rank again because the volunteer asks for it; nobody else can."""
    actor.must_be_volunteer(volunteer_id)
    propose_for(session, actor, volunteer_id, at=at)


def follow_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> None:
    """Follow a change of a need: expire its proposals where it is gone, else rank for whom it concerns."""
    found = lock_need_to_follow(session, actor, need_id)
    if found is None:
        return
    organisation, need = found
    if not is_open(organisation, need, at) or (need.publish_at is not None and need.publish_at > at):
        before = need.status
        expire_proposals(session, actor, need, at=at)
        record_step(session, actor, need, before, at=at)
        return
    review_waiting(session, actor, need, at=at)
    if need.status is NeedStatus.FULL:
        return  # it is proposed to nobody
    for volunteer_id in list_volunteers_concerned(session, actor, need, limit=MOST_CONCERNED):
        order_proposals(session, actor, volunteer_id, at=at)


def pass_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> None:
    """Let the proposals of a need expire whose dates have passed; a job does, when they have.

    Where the dates were moved meanwhile, another order waits for the new ones.
    """
    found = lock_need_to_follow(session, actor, need_id)
    if found is None or not found[1].is_over(at):
        return
    need = found[1]
    before = need.status
    expire_proposals(session, actor, need, at=at)
    record_step(session, actor, need, before, at=at)


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a ranking gave a person, by which model, with how much exposure spread."""

    person: Person
    matches: list[Match]
    model: Model
    spread: float


def _rank(session: Session, actor: Actor, person: Person, *, at: datetime) -> Ranked:
    index = list_open_needs(session, actor, at=at)
    model = get_ranking(session, actor, at=at).model
    spread = bring_prices(session, actor, index)
    found = rank(person, index, model, at=at, limit=MOST_PROPOSED, spread=spread)
    return Ranked(person, found, model, spread)


def propose_for(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, *, at: datetime, ranked: Ranked | None = None
) -> None:
    """Put the best needs before a volunteer: new ones and those that fit again come, others expire.

    What the volunteer has answered is left alone, and so is what they are getting to know. At most
    `MOST_PROPOSED` wait at a time, besides what they chose themselves or were invited to. The caller has
    looked who asks.

    `ranked` is what they get, where that is known; it counts if nothing about them has changed since. Then a
    list that stands as it stood is not kept again: nobody asked for it.
    """
    volunteer = get_volunteer_for_ranking(session, actor, volunteer_id)
    person = add_meaning(session, actor, get_person(session, actor, volunteer))
    is_known = ranked is not None and ranked.person == person
    if ranked is None or not is_known:
        ranked = _rank(session, actor, person, at=at)
    model, matches = ranked.model, {one.need_id: one for one in ranked.matches}
    waiting = list_waiting_need_ids(session, actor, volunteer_id)
    # Asked of the rows once more, and locked: the index may be a moment old (I-20, I-25).
    published = list_published_needs(session, actor, {*matches, *waiting}, at=at)
    asked_about = set(list_needs_asked_about(session, actor, volunteer_id))
    known = {
        one.need_id: one for one in list_proposals_to_revise(session, actor, volunteer_id, list(matches))
    }
    stood = _standing(known.values())
    for need_id, proposal in known.items():
        before, status = proposal.status, published.get(need_id)
        _revise(proposal, matches.get(need_id), model, status, at, keep=need_id in asked_about)
        _record(session, actor, volunteer, proposal, before, at)
    news = []
    for need_id in [one for one in matches if one not in known]:
        if published.get(need_id) is NeedStatus.OPEN:
            known[need_id] = proposal = _make(volunteer_id, matches[need_id], model)
            session.add(proposal)
            news.append((need_id, _record(session, actor, volunteer, proposal, None, at)))
    order = _in_order(known, matches)
    if not is_known or [one.need_id for one in order] != stood:
        keep_list(session, actor, volunteer_id, order, matches, model, spread=ranked.spread, at=at)
    note_ranking(session, actor, volunteer_id, at=at)
    tell_proposals(session, actor, volunteer_id, news, at=at)


def bring_back(
    session: Session, actor: Actor, proposal: Proposal, *, full: bool = False, at: datetime
) -> None:
    """Bring an expired proposal back for its answer, if it had only given way to better ones.

    What the volunteer has seen they can answer as long as the need suits them; else it stays expired. One
    that is `full` comes back to be waited for. The caller holds the locks of an answer, and has changed
    nothing yet.
    """
    volunteer = session.get_one(Volunteer, proposal.volunteer_id)
    person, index = get_person(session, actor, volunteer), list_open_needs(session, actor, at=at)
    if full:
        index = index_one_need(session, actor, proposal.need_id)
    if not index.marked([proposal.need_id]).any():
        return
    if not set(index.explain_ineligible(person, proposal.need_id, at)) - ({"full"} if full else set()):
        before = proposal.status
        proposal.propose_again(proposal.score, proposal.reasons, proposal.model)
        _record(session, actor, volunteer, proposal, before, at)


def _in_order(known: Mapping[uuid.UUID, Proposal], matches: Iterable[uuid.UUID]) -> list[Proposal]:
    """Put what now waits for an answer in the order of the ranking.

    Behind it stands what was chosen or invited to and is not in it, by score.
    """
    places = {need_id: place for place, need_id in enumerate(matches)}
    return sorted(
        (one for one in known.values() if one.status is ProposalStatus.PROPOSED),
        key=lambda one: (places.get(one.need_id, len(places)), -one.score, one.id),
    )


def _standing(known: Iterable[Proposal]) -> list[uuid.UUID]:
    """Give the needs that wait for an answer in the order of the list that is kept."""
    waiting = [one for one in known if one.status is ProposalStatus.PROPOSED and one.position is not None]
    return [one.need_id for one in sorted(waiting, key=lambda one: one.position or 0)]


def _make(volunteer_id: uuid.UUID, match: Match, model: Model) -> Proposal:
    return Proposal(
        id=uuid.uuid4(),
        volunteer_id=volunteer_id,
        need_id=match.need_id,
        status=ProposalStatus.PROPOSED,
        origin=ProposalOrigin.RANKING,
        score=match.score,
        reasons=as_kept(match),
        model=model.version,
    )


def _revise(
    proposal: Proposal,
    match: Match | None,
    model: Model,
    need: NeedStatus | None,
    at: datetime,
    *,
    keep: bool,
) -> None:
    """Give a proposal its new score, bring it back, or let it go; an answered one stays as it is.

    One that better ones would take the place of is kept where its volunteer has asked or is expected there.
    """
    fits = match is not None and need is NeedStatus.OPEN
    if match is not None and fits and proposal.status is ProposalStatus.PROPOSED:
        proposal.rank(match.score, as_kept(match), model.version)
    elif match is not None and fits and proposal.status is ProposalStatus.EXPIRED:
        proposal.propose_again(match.score, as_kept(match), model.version)
    elif proposal.status in WAITING and (need is None or (not keep and _is_outranked(proposal, match))):
        proposal.expire(at)


def _is_outranked(proposal: Proposal, match: Match | None) -> bool:
    """Say whether the ranking, which proposed it, would not do so now; what was chosen stays."""
    proposed = proposal.status is ProposalStatus.PROPOSED and proposal.origin is ProposalOrigin.RANKING
    return proposed and match is None


def as_kept(match: Match) -> list[dict[str, Any]]:
    """Give the reasons of a match as a proposal keeps them: [{code, weight, params}]."""
    return [{"code": one.code, "weight": one.weight, "params": one.params} for one in match.reasons]


def _record(
    session: Session,
    actor: Actor,
    volunteer: Volunteer,
    proposal: Proposal,
    before: ProposalStatus | None,
    at: datetime,
) -> Event | None:
    if proposal.status is before:
        return None
    return record_event(
        session, actor, f"proposal.{proposal.status}", proposal.id, at=at,
        centre_id=volunteer.centre_id, from_state=before, to_state=proposal.status,
        need_id=proposal.need_id,
    )  # fmt: skip
