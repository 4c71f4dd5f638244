"""Lists of needs: each filter, their order, and pages that lose and double nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import Need
from models.needs import NeedStatus
from models.vocabularies import slots_mask
from service.access.actors import ANYONE
from service.queries.need_lists import NeedFilters, list_needs
from tests.making import actor_for, make_coordinator, make_need, make_organisation

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def find(session, actor=ANYONE, limit=100, **filters):
    """Give the titles that the filters leave, in their order."""
    page = list_needs(session, actor, NeedFilters(**filters), limit=limit, at=AT)
    return [one.need.title for one in page.items]


def walk(session, actor=ANYONE, between=lambda _: None, limit=3, **filters):
    """Page through a list; `between` may change rows after each page."""
    seen, cursor, number = [], None, 0
    while True:
        page = list_needs(session, actor, NeedFilters(**filters), cursor=cursor, limit=limit, at=AT)
        assert len(page.items) <= limit
        seen += [one.need.id for one in page.items]
        cursor, number = page.next_cursor, number + 1
        if cursor is None:
            return seen
        between(number)


@pytest.fixture
def organisation(session):
    session.info["at"] = AT
    return make_organisation(session)


def test_lists_of_codes_are_searched_as_lists(session, organisation):
    make_need(
        session, organisation, title="both", causes=["Care", "Health"], skills=["first_aid"], languages=["uk"]
    )
    make_need(session, organisation, title="one", causes=["Health"], skills=["first_aid", "driving"])
    make_need(session, organisation, title="none", causes=[])

    assert set(find(session, cause=["Care"])) == {"both"}
    assert set(find(session, cause=["Care", "Health"])) == {"both", "one"}
    assert set(find(session, skill=["first_aid"])) == {"both", "one"}
    assert find(session, skill=["aid"]) == []
    assert find(session, language=["uk"], skill=["driving"]) == []
    assert find(session, language=["uk"], skill=["first_aid"]) == ["both"]
    assert find(session, cause=["Care' OR '1'='1"]) == []


def test_place_kind_organisation_and_slot_narrow_the_list(session, organisation):
    make_need(
        session,
        organisation,
        title="kyiv",
        latitude=50.45,
        longitude=30.52,
        slots=slots_mask(["MondayMorning"]),
    )
    make_need(session, organisation, title="vinnytsia", slots=slots_mask(["MondayMorning", "SundayEvening"]))
    make_need(session, organisation, title="remote", location_type="remote", latitude=None, longitude=None)
    other = make_need(session, title="other", latitude=-1.0, longitude=1.0)

    assert find(session, near=(49.2, 28.5), radius_km=20.0) == ["vinnytsia"]
    assert set(find(session, near=(49.2, 28.5), radius_km=250.0)) == {"vinnytsia", "kyiv"}
    assert find(session, location_type=["remote"]) == ["remote"]
    assert find(session, organisation=[other.organisation_id]) == ["other"]
    assert find(session, slots=slots_mask(["SundayEvening"])) == ["vinnytsia"]
    assert set(find(session, slots=slots_mask(["SundayEvening", "MondayMorning"]))) == {"vinnytsia", "kyiv"}


def test_dates_narrow_the_list_and_keep_what_can_be_done_at_any_time(session, organisation):
    make_need(session, organisation, title="soon", starts_at=AT + DAY)
    make_need(session, organisation, title="long", starts_at=AT - 9 * DAY, ends_at=AT + 9 * DAY)
    make_need(session, organisation, title="late", starts_at=AT + 30 * DAY)
    make_need(session, organisation, title="weekly", starts_at=AT - 90 * DAY, rrule="FREQ=WEEKLY")
    make_need(session, organisation, title="any")

    assert set(find(session, ends_after=AT + 5 * DAY)) == {"long", "late", "weekly", "any"}
    assert set(find(session, starts_before=AT + 5 * DAY)) == {"soon", "long", "weekly", "any"}
    assert set(find(session, ends_after=AT + 5 * DAY, starts_before=AT + 6 * DAY)) == {
        "long",
        "weekly",
        "any",
    }


# ------------------------------------------------------------------------------------------ order, pages


def test_the_newest_come_first_and_by_change_the_longest_ago(session, organisation):
    for number, title in enumerate(["a", "b", "c"]):
        make_need(
            session, organisation, title=title, published_at=AT + number * DAY, updated_at=AT - number * DAY
        )

    assert find(session) == ["c", "b", "a"]
    assert find(session, updated_since=AT - 9 * DAY) == ["c", "b", "a"]
    assert find(session, updated_since=AT - DAY) == ["b", "a"]


def test_those_who_write_see_their_drafts_among_the_rest_and_can_page_through_all(session, organisation):
    writer = actor_for(session, make_coordinator(session, organisation))
    drafts = [
        make_need(
            session, organisation, status=NeedStatus.DRAFT, published_at=None, created_at=AT + n * DAY
        ).id
        for n in range(4)
    ]
    opened = [make_need(session, organisation, created_at=AT + n * DAY).id for n in range(4)]
    foreign = make_need(session, status=NeedStatus.DRAFT).id

    seen = walk(session, writer)
    assert sorted(seen) == sorted([*drafts, *opened])
    assert foreign not in seen
    assert sorted(walk(session, writer, status=["draft"])) == sorted(drafts)
    assert sorted(walk(session, ANYONE)) == sorted(opened)


@pytest.mark.parametrize("filters", [{}, {"updated_since": AT - 9 * DAY}, {"q": "clothes"}])
def test_paging_loses_and_doubles_nothing_while_needs_come_and_go(session, organisation, filters):
    # Equal times, so that the ids alone keep the order.
    staying = {make_need(session, organisation).id for _ in range(8)}
    going = [make_need(session, organisation) for _ in range(3)]
    came = []

    def between(_):
        if going:
            going.pop().status = NeedStatus.CLOSED
        came.append(make_need(session, organisation, published_at=AT + DAY, updated_at=AT + DAY).id)
        session.flush()
        assert len(came) < 30

    gone = {one.id for one in going}
    seen = walk(session, between=between, **filters)

    assert len(seen) == len(set(seen))
    assert staying <= set(seen)
    assert set(seen) <= staying | gone | set(came)


def test_over_in_sql_is_over_in_the_model(session, organisation):
    times = [None, AT - DAY, AT, AT + DAY]
    for starts in times:
        for ends in times:
            if starts and ends and ends < starts:
                continue
            for expires in times:
                for rrule in (None, "FREQ=DAILY"):
                    make_need(
                        session, organisation, starts_at=starts, ends_at=ends, expires_at=expires, rrule=rrule
                    )
    seen = {one.need.id for one in list_needs(session, ANYONE, NeedFilters(), limit=1000, at=AT).items}

    assert seen == {one.id for one in session.scalars(select(Need)) if not one.is_over(AT)}
    assert seen
