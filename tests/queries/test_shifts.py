"""Needs with shifts where others look for them: in lists, in the index, in calendars."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from matching.profiles import Person
from models.errors import NotPossible
from models.needs import NeedStatus
from models.vocabularies import slots_mask
from service.access.actors import ANYONE, WORKER
from service.operations.needs import publish_need
from service.operations.proposals import accept_proposal
from service.operations.shifts import cancel_shift, pass_shifts
from service.queries.calendars import read_organisation_calendar, read_own_calendar
from service.queries.need_lists import NeedFilters, list_needs
from service.queries.openings import list_open_needs
from service.schemas.calendars import write_calendar
from tests.making import (
    actor_for,
    make_need,
    make_organisation,
    make_proposal,
    make_shifts,
    make_volunteer,
)

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)  # a Monday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def found(session, at=AT, **filters):
    page = list_needs(session, ANYONE, NeedFilters(**filters), at=at)
    return [one.need.title for one in page.items]


def test_lists_find_a_need_by_the_times_of_its_shifts(session):
    session.info["at"] = AT
    need = make_need(session, title="soup", starts_at=AT - 9 * DAY, ends_at=AT - 8 * DAY)
    first, second = make_shifts(session, need, AT + 2 * DAY, AT + 9 * DAY - 4 * HOUR)  # Wednesdays, 14 and 10

    assert found(session) == ["soup"]  # its own dates have passed, its shifts have not
    assert found(session, slots=slots_mask(["WednesdayMorning"])) == ["soup"]
    assert found(session, slots=slots_mask(["WednesdayEvening", "MondayMorning"])) == []
    assert found(session, ends_after=AT + 3 * DAY, starts_before=AT + 8 * DAY) == []
    assert found(session, ends_after=AT + 3 * DAY) == found(session, starts_before=AT + 3 * DAY) == ["soup"]
    cancel_shift(session, WORKER, second.id, at=AT)
    assert found(session, slots=slots_mask(["WednesdayMorning"])) == []
    assert found(session, ends_after=AT + 3 * DAY) == []
    assert found(session, at=first.ends_at) == []
    assert need.is_over(first.ends_at)
    assert not need.is_over(first.ends_at - HOUR)


def test_the_index_knows_the_times_and_places_of_shifts(session):
    session.info["at"] = AT
    need = make_need(session, places=3)
    (only,) = make_shifts(session, need, AT + 2 * DAY, places=2)
    person = Person(
        id=need.id,
        location_types=frozenset({"onsite"}),
        radius_km=50,
        slots=slots_mask(["WednesdayAfternoon"]),
    )
    elsewhen = Person(
        id=need.id, location_types=frozenset({"onsite"}), radius_km=50, slots=slots_mask(["FridayEvening"])
    )

    def barred(someone, at):
        return list(list_open_needs(session, WORKER, at=at).explain_ineligible(someone, need.id, at))

    assert barred(person, AT) == []
    assert barred(elsewhen, AT) == ["wrong_time"]
    assert "expired" in barred(person, only.ends_at)
    for _ in range(2):
        volunteer = make_volunteer(session)
        proposal = make_proposal(session, volunteer, need)
        accept_proposal(session, actor_for(session, volunteer), proposal.id, shift_ids=[only.id], at=AT)
    assert need.status is NeedStatus.FULL
    assert not list_open_needs(session, WORKER, at=AT).marked([need.id]).any()


def test_a_calendar_has_each_shift_that_is_held_and_the_organisations_all(session):
    session.info["at"] = AT
    organisation = make_organisation(session)
    need = make_need(session, organisation, rrule="FREQ=WEEKLY", starts_at=AT, ends_at=AT + HOUR)
    shifts = make_shifts(
        session, need, *(AT + week * 7 * DAY + DAY for week in range(1, 6))
    )  # over a change of clocks
    volunteer = make_volunteer(session)
    actor = actor_for(session, volunteer)
    chosen = [one.id for one in shifts[1:4]]
    accept_proposal(session, actor, make_proposal(session, volunteer, need).id, shift_ids=chosen, at=AT)
    cancel_shift(session, WORKER, shifts[3].id, at=AT)

    own = read_own_calendar(session, actor, volunteer.id, None, at=AT)
    _, public = read_organisation_calendar(session, ANYONE, organisation.id, at=AT)

    def events(entries):
        text = write_calendar("x", entries, base="https://x.example", language="en")
        calendar = icalendar.Calendar.from_ical(text)
        return [(str(one["uid"]), one["dtstart"].dt, str(one["status"])) for one in calendar.walk("VEVENT")]

    mine, all_ = events(own.entries), events(public)
    assert [when.astimezone(UTC) for _, when, _ in mine] == [one.starts_at for one in shifts[1:3]]
    assert len({uid for uid, _, _ in [*mine, *all_]}) == 7
    assert [(when.astimezone(UTC), status) for _, when, status in all_] == [
        (one.starts_at, "CANCELLED" if one is shifts[3] else "CONFIRMED") for one in shifts
    ]


def test_a_need_whose_shifts_are_over_is_not_published(session):
    session.info["at"] = AT
    need = make_need(session, status=NeedStatus.DRAFT, published_at=None)
    (only,) = make_shifts(session, need, AT + DAY)
    pass_shifts(session, WORKER, need.id, at=only.ends_at)

    with pytest.raises(NotPossible) as refused:
        publish_need(session, WORKER, need.id, at=only.ends_at)
    assert refused.value.code == "need_over"
    make_shifts(session, need, only.ends_at + DAY)
    publish_need(session, WORKER, need.id, at=only.ends_at)
    assert need.status is NeedStatus.OPEN
