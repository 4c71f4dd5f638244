"""Overlaps, against the obvious: whatever is accepted in whatever order, no two times meet unless meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import Placement, Proposal, Shift, ShiftPlace
from models.errors import NotPossible
from models.placements import LIVE
from service.errors import Refusal
from service.operations.placement_shifts import change_own_shifts
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.queries.placements import get_own_placement_for_change
from tests.making import actor_for, make_need, make_proposal, make_shifts, make_volunteer, time_of

HOUR = timedelta(hours=1)
# Needs of a few hours each: with two or three shifts, with a date of their own, or every day at one time.
hours = st.tuples(st.integers(1, 12), st.integers(1, 4))
kinds = st.sampled_from(["shifts", "shifts", "date", "daily"])
needs = st.lists(
    st.tuples(kinds, st.lists(hours, min_size=2, max_size=3, unique_by=lambda one: one[0])),
    min_size=2,
    max_size=4,
)
verbs = st.sampled_from(["accept", "accept", "change", "withdraw"])
acts = st.lists(st.tuples(verbs, st.integers(0, 3), st.integers(1, 7), st.booleans()), min_size=4, max_size=8)


@dataclass
class Asked:
    """A need before a volunteer: its shifts, if it has any, what it takes of one's time, and what is held."""

    proposal: Proposal
    shifts: list[Shift]
    spans: list[tuple[datetime, datetime]]
    held: list[tuple[datetime, datetime]] = field(default_factory=list)

    def choose(self, mask):
        chosen = [one for bit, one in enumerate(self.shifts) if mask >> bit & 1] or self.shifts[:1]
        return [one.id for one in chosen], [(one.starts_at, one.ends_at) for one in chosen] or self.spans


def spans_of(kind, times, begin):
    """Give what a need takes of one's time in a week."""
    if kind == "shifts":
        return [(begin + start * HOUR, begin + (start + long) * HOUR) for start, long in times]
    start, long = times[0]
    repeats = 7 if kind == "daily" else 1
    return [
        (begin + (start + 24 * day) * HOUR, begin + (start + long + 24 * day) * HOUR)
        for day in range(repeats)
    ]


def meet(one, other):
    return one[0] < other[1] and other[0] < one[1]


def ask(session, volunteer, kind, times, begin):
    spans = spans_of(kind, times, begin)
    own = {} if kind == "shifts" else {"starts_at": spans[0][0], "ends_at": spans[0][1]}
    need = make_need(session, timezone="UTC", rrule="FREQ=DAILY;COUNT=7" if kind == "daily" else None, **own)
    shifts = []
    for first, last in spans if kind == "shifts" else ():
        shifts += make_shifts(session, need, first, hours=(last - first) / HOUR, places=9)
    return Asked(make_proposal(session, volunteer, need), shifts, spans)


def do(session, actor, act, asked, ids, *, confirmed, at):
    """Do it; False where it cannot be done in the state that things are in."""
    if act == "accept":
        ways = {"shift_ids": ids, "confirm_overlap": confirmed, "at": at}
        accept_proposal(session, actor, asked.proposal.id, **ways)
    elif act == "withdraw":
        withdraw_proposal(session, actor, asked.proposal.id, at=at)
    elif not asked.shifts or not asked.held:
        return False
    else:
        mine = (Placement.proposal_id == asked.proposal.id, Placement.status.in_(LIVE))
        placement_id = session.scalars(select(Placement.id).where(*mine)).one()
        held = get_own_placement_for_change(session, actor, placement_id)
        change_own_shifts(session, actor, held, ids, confirm_overlap=confirmed, at=at)
    return True


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(needs=needs, acts=acts)
def test_no_two_accepted_times_meet_unless_the_volunteer_said_so(session, needs, acts):
    at, volunteer = time_of(session), make_volunteer(session)
    begin = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=3)
    actor = actor_for(session, volunteer)
    meant: set[tuple[datetime, datetime]] = set()
    all_asked = [ask(session, volunteer, kind, times, begin) for kind, times in needs]

    for act, number, mask, confirmed in acts:
        asked = all_asked[number % len(all_asked)]
        ids, wanted = asked.choose(mask)
        new = [one for one in wanted if one not in asked.held]
        kept = [one for one in wanted if one in asked.held]
        others = [one for other in all_asked if other is not asked for one in other.held]
        clash = any(meet(one, other) for one in new for other in [*others, *kept])
        clash = clash or any(meet(*pair) for pair in combinations(new, 2))
        try:
            done = do(session, actor, act, asked, ids, confirmed=confirmed, at=at)
        except Refusal as refused:
            found = (refused.code, clash, confirmed)
            session.refresh(asked.proposal)
            assert found == ("overlaps", True, False)
            continue
        except NotPossible:
            continue
        if done:
            assert act == "withdraw" or confirmed or not clash
            asked.held = [] if act == "withdraw" else wanted
            meant.update(wanted if confirmed else ())

    rows = session.execute(
        select(Shift.starts_at, Shift.ends_at)
        .join(ShiftPlace, ShiftPlace.shift_id == Shift.id)
        .join(Placement, Placement.id == ShiftPlace.placement_id)
        .where(Placement.volunteer_id == volunteer.id)
    )
    left = sorted((row.starts_at, row.ends_at) for row in rows)
    assert left == sorted(one for asked in all_asked if asked.shifts for one in asked.held)
    assert all(one in meant or other in meant for one, other in combinations(left, 2) if meet(one, other))
