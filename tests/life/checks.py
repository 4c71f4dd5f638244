"""What always holds (security.md), looked at after every step: plain rows before and after, and the log."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from service.access.actors import Actor, ActorKind
from tests.life import sight
from tests.life.rows import Rows
from tests.life.town import LIVE, USES_PLACE

if TYPE_CHECKING:
    from tests.life.machine import World

# The ways that product.md draws, written down here once more (I-02).
WAYS = {
    "proposals": {
        "": {"proposed"},
        "proposed": {"accepted", "declined", "snoozed", "waitlisted", "expired"},
        "snoozed": {"proposed", "expired"},
        "declined": {"proposed"},
        "waitlisted": {"offered", "withdrawn", "expired"},
        "offered": {"accepted", "declined", "expired"},
        "accepted": {"withdrawn", "released"},
        "withdrawn": {"proposed"},
        "released": {"proposed"},
        "expired": {"proposed"},
    },
    "placements": {
        "": {"held"},
        "held": {"confirmed", "withdrawn", "released", "no_show"},
        "confirmed": {"completed", "withdrawn", "released", "no_show"},
        "no_show": {"completed"},
    },
    "needs": {
        "": {"draft"},
        "draft": {"open", "cancelled"},
        "open": {"full", "closed", "cancelled"},
        "full": {"open", "closed", "cancelled"},
        "closed": {"open", "full", "cancelled"},
    },
    "shifts": {
        "": {"open"},
        "open": {"full", "cancelled"},
        "full": {"open", "cancelled"},
    },
    "hours": {
        "": {"entered"},
        "entered": {"confirmed", "corrected"},
        "corrected": {"confirmed", "corrected", "disputed"},
        "confirmed": {"corrected"},
        "disputed": {"confirmed", "corrected"},
    },
    "organisations": {
        "": {"unverified"},
        "unverified": {"verified", "suspended"},
        "verified": {"suspended"},
        "suspended": {"verified"},
    },
}
# What only the volunteer can do, whatever the state before.
DECISIONS = {"accepted", "declined", "snoozed", "waitlisted", "withdrawn"}
# What is not anybody's state: how far the machinery has come.
MACHINERY = {"jobs", "imports", "import_rows"}


def compare_states(
    before: Mapping[str, Rows], after: Mapping[str, Rows], ways: Mapping[tuple[str, uuid.UUID], Sequence[str]]
) -> None:
    """I-17 and I-02: each change of a state is told by the log, step by step, and each step is allowed."""
    told = {subject_id: way for (_, subject_id), way in ways.items()}
    for name, rows in after.items():
        if name in MACHINERY or rows is before.get(name):
            continue
        for key, row in rows.items():
            if not hasattr(row, "status"):
                break
            was = before[name].get(key) if name in before else None
            if was is row or not before:
                continue
            old = was.status if was else ""
            way = told.get(key, [old])
            assert (way[0], way[-1]) == (old, row.status), f"{name}: {old!r} to {row.status!r}, told {way}"
            for one, then in pairwise(way):
                assert name not in WAYS or then in WAYS[name].get(one, ()), f"{name}: {one!r} to {then!r}"


def look(world: World, before: Mapping[str, Rows], written: Sequence[str], actor: Actor | None) -> None:
    """Look at all that a step may have broken."""
    volunteers_decide(world, before, actor)
    if {"places", "placements", "needs", "proposals"} & set(written):
        places_are_sound(world)
        nothing_unfit_is_proposed(world, before)
        who_waits_is_served_in_turn(world, before)
    if {"shifts", "shift_places", "placements"} & set(written):
        shifts_are_sound(world)
    if "hours" in written:
        hours_make_sense(world)
    if "notices" in written:
        notices_are_of_this_step(world, before)
    if "jobs" in written:
        for job in world.rows["jobs"].values():
            assert job.last_error is None, f"{job.kind} failed: {job.last_error}"
        who_waits_is_reminded_of(world)
    sight.look(world, written)


def proposal_of(world: World, before: Mapping[str, Rows], proposal_id: uuid.UUID) -> SimpleNamespace:
    """Give a proposal as it is now, or was before its volunteer left."""
    now: SimpleNamespace | None = world.rows["proposals"].get(proposal_id)
    return now or before["proposals"][proposal_id]


def volunteers_decide(world: World, before: Mapping[str, Rows], actor: Actor | None) -> None:
    """I-01 and I-09: a decision is its volunteer's own act, whoever else was about."""
    for event in world.news:
        if event.subject_kind != "proposal" or event.to_state not in DECISIONS:
            continue
        proposal = proposal_of(world, before, event.subject_id)
        assert actor is not None, f"a job made {event.name}"
        assert actor.kind is ActorKind.VOLUNTEER
        assert actor.volunteer_id == proposal.volunteer_id
        assert (event.actor_kind, event.actor_id) == ("volunteer", actor.account_id)
    for row in world.rows["proposals"].values():
        assert row.status != "accepted" or row.accepted_by == row.volunteer_id


def places_are_sound(world: World) -> None:
    """I-03 and I-04: who accepted holds one place each; there are as many rows as places, none held twice.

    A place that is offered is kept for that volunteer, and for nobody else.
    """
    held: dict[Any, list[uuid.UUID]] = defaultdict(list)
    kept: dict[Any, list[uuid.UUID]] = defaultdict(list)
    count = Counter[Any]()
    for place in world.rows["places"].values():
        count[place.need_id] += 1
        if place.placement_id is not None:
            held[place.need_id].append(place.placement_id)
        if place.offered_to is not None:
            kept[place.need_id].append(place.offered_to)
    uses: dict[Any, list[SimpleNamespace]] = defaultdict(list)
    for one in world.rows["placements"].values():
        if one.status in USES_PLACE:
            uses[one.need_id].append(one)
    offered = {one.id for one in world.list("proposals", "offered")}
    in_shifts = {one.offered_to for one in world.rows["shift_places"].values() if one.offered_to}
    assert offered == {one for those in kept.values() for one in those} | in_shifts
    for need in world.rows["needs"].values():
        holds = [one.id for one in uses[need.id] if one.place_number]
        assert sorted(held[need.id]) == sorted(holds)
        assert len(holds) + len(kept[need.id]) == need.places_taken <= need.places == count[need.id]
        if not need.shift_count:
            assert (need.status != "full") or need.places_taken == need.places
            assert (need.status != "open") or need.places_taken < need.places
    accepted = {one.id for one in world.rows["proposals"].values() if one.status == "accepted"}
    holding = [one.proposal_id for rows in uses.values() for one in rows]
    assert len(set(holding)) == len(holding)
    assert accepted == set(holding)


def shifts_are_sound(world: World) -> None:
    """I-03 and I-04 in each shift: as many rows as places, held once each, by whom a placement lasts."""
    count, taken = Counter[Any](), Counter[Any]()
    for place in world.rows["shift_places"].values():
        count[place.shift_id] += 1
        taken[place.shift_id] += place.placement_id is not None or place.offered_to is not None
        if place.placement_id is not None:
            holder = world.rows["placements"][place.placement_id]
            over = world.rows["shifts"][place.shift_id].ends_at <= world.at
            assert over or holder.status in USES_PLACE, "a place in a shift is held by nobody"
    for shift in world.rows["shifts"].values():
        assert taken[shift.id] == shift.places_taken <= shift.places == count[shift.id]
        if shift.status != "cancelled":
            assert (shift.status == "full") == (shift.places_taken == shift.places)
        else:
            assert not shift.places_taken
    for one in world.rows["placements"].values():
        if one.status in LIVE and not one.place_number:
            assert world.list("shift_places", placement_id=one.id), "a placement holds nothing"


def hours_make_sense(world: World) -> None:
    """Hours are never negative, and a day has no more than its minutes."""
    of_day = Counter[Any]()
    for one in world.rows["hours"].values():
        assert one.minutes > 0
        assert one.corrected_minutes is None or one.corrected_minutes >= 0
        of_day[(one.volunteer_id, one.date)] += one.minutes
    assert not of_day or max(of_day.values()) <= 24 * 60


def who_waits_is_served_in_turn(world: World, before: Mapping[str, Rows]) -> None:
    """Each who waits stands in the line once; a place that comes free is offered to the first, by a date."""
    lines = [(one.proposal_id, one.shift_id) for one in world.rows["waits"].values()]
    assert len(set(lines)) == len(lines)
    assert {one for one, _ in lines} == {one.id for one in world.list("proposals", "waitlisted")}
    # For shifts each has a line of its own, and one may stand in several.
    line = [one for one in before["waits"].values() if one.shift_id is None]
    turns = sorted(line, key=lambda one: one.number)
    for event in world.news:
        if event.subject_kind != "proposal":
            continue
        need_id = proposal_of(world, before, event.subject_id).need_id
        if event.to_state == "offered" and not world.rows["needs"][need_id].shift_count:
            first = next(one for one in turns if one.need_id == need_id)
            assert first.proposal_id == event.subject_id, "somebody was passed over"
            assert world.rows["proposals"][event.subject_id].decision_due > event.at
        turns = [one for one in turns if one.proposal_id != event.subject_id]


def nothing_unfit_is_proposed(world: World, before: Mapping[str, Rows]) -> None:
    """I-20 and I-25: only what is open, of a verified organisation, and what suits; I-05: one for the two."""
    pairs = [(one.volunteer_id, one.need_id) for one in world.rows["proposals"].values()]
    assert len(set(pairs)) == len(pairs)
    for event in world.news:
        if event.subject_kind != "proposal" or event.to_state not in ("proposed", "accepted", "offered"):
            continue
        proposal = world.rows["proposals"][event.subject_id]
        if proposal.status != event.to_state:
            continue  # on the way only: it woke for its answer
        need = before["needs"][proposal.need_id]
        organisation = world.rows["organisations"][need.organisation_id]
        assert organisation.status == "verified", f"{event.name} of {organisation.status}"
        assert need.status in ("open", "full"), f"{event.name} of {need.status}"
        if event.name == "proposal.proposed":
            assert suits(world, proposal.volunteer_id, need), f"{need.title} was proposed"


def suits(world: World, volunteer_id: uuid.UUID, need: SimpleNamespace) -> bool:
    """Say whether a need can be proposed to a volunteer: near enough, and for their age."""
    volunteer = world.rows["volunteers"][volunteer_id]
    age = (world.at.date() - volunteer.birth_date).days / 365.25 if volunteer.birth_date else None
    of_age = need.minimum_age is None or (age is not None and age >= need.minimum_age)
    return of_age and (need.latitude, need.longitude) == (volunteer.latitude, volunteer.longitude)


def notices_are_of_this_step(world: World, before: Mapping[str, Rows]) -> None:
    """I-19: what anybody is told has happened, just now, and nobody is told it twice."""
    news = {event.number: event for event in world.news}
    told = Counter[Any]()
    for key, notice in world.rows["notices"].items():
        told[(notice.account_id, notice.kind, notice.event_number)] += 1
        if key in before["notices"]:
            continue
        assert notice.event_number in news, f"{notice.kind} tells what has not happened"
        event = news[notice.event_number]
        if event.subject_kind == "proposal":
            # What a volunteer says to a proposal is nobody else's news: a no, least of all.
            proposal = world.rows["proposals"][event.subject_id]
            own = world.rows["volunteers"][proposal.volunteer_id].account_id
            assert notice.account_id == own, f"{event.name} was told to another"
    assert not told or max(told.values()) == 1


def who_waits_is_reminded_of(world: World) -> None:
    """Whoever waits for an answer is reminded of twice at most, and nobody else is."""
    waiting = {one.id for one in world.list("introductions", "asked")}
    for job in world.list("jobs", "waiting", kind="introductions.remind"):
        assert uuid.UUID(job.payload["introduction_id"]) in waiting
