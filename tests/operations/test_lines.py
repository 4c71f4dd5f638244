"""Any history of a full need, beside a model of it: who came first is next, and a place is one person's."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import Event, Need, Place, Proposal
from models.errors import NotPossible
from models.needs import NeedStatus
from models.proposals import STEPS, ProposalStatus
from service.access.actors import WORKER
from service.db import make_engine, make_sessions, now
from service.errors import Refusal
from service.operations.needs import change_need
from service.operations.offer_ends import lapse_offer
from service.operations.offers import OFFER_HOURS
from service.operations.proposals import accept_or_wait, decline_proposal, withdraw_proposal
from service.queries.needs import get_need_for_change
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)

P = ProposalStatus
PEOPLE = 6
steps = st.lists(
    st.tuples(st.sampled_from(["come", "come", "withdraw", "decline", "lapse", "places"]), st.integers(0, 5)),
    min_size=10,
    max_size=30,
)


class Line:
    """What must be: how many places there are, and what each of the people is, in the order of the line."""

    def __init__(self, places: int) -> None:
        self.places, self.waiting = places, list[int]()
        self.is_ = dict.fromkeys(range(PEOPLE), P.PROPOSED)

    @property
    def taken(self) -> int:
        return sum(one in (P.ACCEPTED, P.OFFERED) for one in self.is_.values())

    def may(self, act: str, who: int) -> bool:
        states = {
            "come": (P.PROPOSED, P.OFFERED),
            "withdraw": (P.ACCEPTED, P.WAITLISTED),
            "decline": (P.PROPOSED, P.OFFERED),
        }
        if act == "places":
            return self.taken <= who + 1
        return act == "lapse" or self.is_[who] in states[act]

    def do(self, act: str, who: int) -> None:
        before = None if act == "places" else self.is_[who]
        if act == "places":
            self.places = who + 1
        elif act == "come":
            room = before is P.OFFERED or self.taken < self.places
            self.is_[who] = P.ACCEPTED if room else P.WAITLISTED
            self.waiting += [] if room else [who]
        elif act == "withdraw":
            self.waiting = [one for one in self.waiting if one != who]
            self.is_[who] = P.WITHDRAWN
        elif act == "decline":
            self.is_[who] = P.DECLINED
        elif before is P.OFFERED:
            self.is_[who] = P.EXPIRED
        while self.waiting and self.taken < self.places:
            self.is_[self.waiting.pop(0)] = P.OFFERED


def test_whatever_happens_the_first_is_offered_what_comes_free(committed_database_url):
    engine = make_engine(committed_database_url)
    sessions = make_sessions(engine)

    @settings(
        max_examples=15,
        deadline=None,
        # A failing history is told whole: shortening it costs minutes on a real database.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(steps, st.integers(1, 2))
    def history(acts, places):
        with sessions() as session:
            _play(session, acts, places)
            session.rollback()

    history()
    engine.dispose()


def _play(session, acts, places):
    at = session.info["at"] = now()
    organisation = make_organisation(session)
    coordinator = actor_for(session, make_coordinator(session, organisation))
    need = make_need(session, organisation, places=places)
    volunteers = [make_volunteer(session) for _ in range(PEOPLE)]
    ids = [make_proposal(session, one, need).id for one in volunteers]
    actors = [actor_for(session, one) for one in volunteers]
    line = Line(places)
    for act, who in acts:
        if act in ("come", "decline") and line.is_[who] is P.EXPIRED:
            continue  # whether it comes back hangs on the index, which knows committed needs only
        allowed = line.may(act, who)
        try:
            with session.begin_nested():
                if act == "places":
                    seen = get_need_for_change(session, coordinator, need.id)
                    change_need(session, coordinator, seen, {"places": who + 1}, at=at)
                elif act == "lapse":
                    lapse_offer(session, WORKER, ids[who], at=at + timedelta(hours=OFFER_HOURS))
                else:
                    does = {
                        "come": accept_or_wait,
                        "withdraw": withdraw_proposal,
                        "decline": decline_proposal,
                    }
                    does[act](session, actors[who], ids[who], at=at)
        except (NotPossible, Refusal):
            assert not allowed, f"{act} was refused"
            session.expire_all()
            continue
        assert allowed, f"{act} was possible: {acts} {places} {who} {line.is_}"
        line.do(act, who)
        _must_be(session, need.id, ids, line)


def _must_be(session, need_id, ids, line):
    rows = session.scalars(select(Proposal).where(Proposal.need_id == need_id)).all()
    assert {ids.index(one.id): one.status for one in rows} == line.is_
    need = session.get_one(Need, need_id)
    assert (need.places, need.places_taken) == (line.places, line.taken)
    assert need.status is (NeedStatus.FULL if line.taken == line.places else NeedStatus.OPEN)
    places = session.scalars(select(Place).where(Place.need_id == need_id)).all()
    offered = sorted(ids.index(one.offered_to) for one in places if one.offered_to)
    assert offered == sorted(one for one, status in line.is_.items() if status is P.OFFERED)
    events = session.execute(
        select(Event.from_state, Event.to_state).where(Event.subject_id.in_(ids)).order_by(Event.number)
    ).all()
    assert all(P(after) in STEPS[P(before)] for before, after in events)
