"""Rows of imports: what each becomes, whose it is, and what a file can never undo (I-35)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models import Event, Need, Organisation, Volunteer
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import WORKER
from service.operations.organisations import verify_organisation
from service.operations.volunteers import change_volunteer
from tests.making import actor_for, make_centre, make_need, make_organisation, make_volunteer
from tests.operations.bringing import NEED, bring, codes_of, counts, file_of, snapshot

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def centre(session):
    session.info["at"] = AT
    return make_centre(session)


def needs_of(session, centre):
    return list(session.scalars(select(Need).where(Need.centre_id == centre.id).order_by(Need.external_id)))


def organisations_of(session, centre):
    return list(session.scalars(select(Organisation).where(Organisation.centre_id == centre.id)))


# ----------------------------------------------------------------- organisations


def test_organisations_of_a_needs_file_come_in_unverified_and_once(session, centre):
    named = [{"name": "Green Corner", "external_id": "7"}, {"name": "GREEN  corner"}, {"external_id": "7"}]
    rows = [{**NEED, "external_id": str(at), "organisation": one} for at, one in enumerate(named)]

    done = bring(session, centre, file_of(rows))

    (only,) = organisations_of(session, centre)
    assert counts(done)[1] == len(rows)
    assert (only.name, only.external_id, only.status) == ("Green Corner", "7", OrganisationStatus.UNVERIFIED)
    assert {one.organisation_id for one in needs_of(session, centre)} == {only.id}


def test_an_organisation_that_is_there_stays_as_it_is(session, centre):
    known = make_organisation(session, centre, name="green corner", name_folded="green corner")
    other = make_organisation(session, name="Green Corner")  # of another centre
    before = snapshot(session, Organisation)

    bring(session, centre, file_of([{**NEED, "external_id": "1"}]), verify=True, publish=True)

    assert snapshot(session, Organisation) == before
    (need,) = needs_of(session, centre)
    assert need.organisation_id == known.id != other.id


def test_one_with_another_id_is_another_of_the_same_name(session, centre):
    make_organisation(session, centre, name="Green Corner", external_id="of-old")
    row = {**NEED, "external_id": "1", "organisation": {"name": "Green Corner", "external_id": "new"}}

    bring(session, centre, file_of([row]))

    assert sorted(one.external_id for one in organisations_of(session, centre)) == ["new", "of-old"]


def test_an_organisation_that_is_only_numbered_must_be_known(session, centre):
    row = {**NEED, "external_id": "1", "organisation": {"external_id": "nobody"}}

    assert codes_of(session, bring(session, centre, file_of([row]))) == {
        1: [("organisation.name", "required")]
    }


def test_a_suspension_is_never_undone_by_a_file(session, centre):
    known = make_organisation(session, centre, name="Green Corner")
    verify_organisation(session, WORKER, known.id, OrganisationStatus.SUSPENDED, "", at=AT)

    done = bring(session, centre, file_of([{**NEED, "external_id": "1"}]), verify=True, publish=True)

    assert known.status is OrganisationStatus.SUSPENDED
    assert needs_of(session, centre)[0].status is NeedStatus.DRAFT
    assert codes_of(session, done) == {1: [("organisation", "not_published")]}


def test_organisations_by_file_are_added_updated_and_verified_where_asked(session, centre):
    rows = [{"external_id": "1", "name": "Green Corner"}, {"external_id": "2", "name": "Blue Corner"}]
    first = bring(session, centre, file_of(rows), "organisations")
    rows[1]["description"] = "Boats and swimming."
    second = bring(session, centre, file_of(rows), "organisations", at=LATER)
    third = bring(session, centre, file_of(rows), "organisations", at=LATER, verify=True)
    fourth = bring(session, centre, file_of(rows), "organisations", at=LATER, verify=True)

    assert [counts(one)[1:] for one in (first, second, third, fourth)] == [
        (2, 0, 0, 0),
        (0, 1, 1, 0),
        (0, 2, 0, 0),
        (0, 0, 2, 0),
    ]
    assert {one.status for one in organisations_of(session, centre)} == {OrganisationStatus.VERIFIED}


# ----------------------------------------------------------------- needs, their dates, their state


def test_needs_come_in_as_drafts_and_are_published_where_asked(session, centre):
    file = file_of([{**NEED, "external_id": "1"}])
    bring(session, centre, file)
    (need,) = needs_of(session, centre)
    assert need.status is NeedStatus.DRAFT

    done = bring(session, centre, file, publish=True, at=LATER)

    assert (need.status, counts(done)) == (NeedStatus.OPEN, (1, 0, 1, 0, 0))


@pytest.mark.parametrize("status", [NeedStatus.CLOSED, NeedStatus.CANCELLED, NeedStatus.FULL])
def test_what_people_have_closed_stays_closed(session, centre, status):
    file = file_of([{**NEED, "external_id": "1"}])
    bring(session, centre, file, publish=True)
    (need,) = needs_of(session, centre)
    need.status = status

    assert counts(bring(session, centre, file, publish=True, at=LATER)) == (1, 0, 0, 1, 0)
    assert need.status is status


def test_needs_whose_dates_have_passed_come_in_closed_and_an_event_says_so(session, centre):
    row = {**NEED, "external_id": "1", "starts_at": "2026-01-01T10:00:00Z", "ends_at": "2026-01-01T12:00:00Z"}

    done = bring(session, centre, file_of([row]), publish=True)

    (need,) = needs_of(session, centre)
    assert (need.status, need.published_at) == (NeedStatus.CLOSED, None)
    event = session.scalars(select(Event).where(Event.subject_id == need.id)).one()
    assert (event.name, event.to_state) == ("need.added", "closed")
    assert ("row", "dates_passed") in codes_of(session, done)[1]


def test_dates_are_moved_by_whole_weeks_on_the_clock_of_the_place(session, centre):
    row = {**NEED, "external_id": "1", "timezone": "Europe/Kyiv", "starts_at": "2026-03-20T10:00"}
    file = file_of([row])

    bring(session, centre, file, shift_weeks=54, publish=True)

    (need,) = needs_of(session, centre)
    # 20 March 2026 is winter time, 2 April 2027 summer time: both Fridays, both at ten.
    assert (need.starts_at, need.status) == (datetime(2027, 4, 2, 7, tzinfo=UTC), NeedStatus.OPEN)
    assert counts(bring(session, centre, file, shift_weeks=54, publish=True, at=LATER))[3] == 1


def test_a_changed_row_updates_its_need_and_others_are_left_alone(session, centre):
    rows = [{**NEED, "external_id": "1"}, {**NEED, "external_id": "2"}]
    bring(session, centre, file_of(rows))
    rows[0] = {**rows[0], "places": 4}

    done = bring(session, centre, file_of(rows), at=LATER)

    first, second = needs_of(session, centre)
    assert counts(done) == (2, 0, 1, 1, 0)
    assert (first.places, first.updated_at, second.updated_at) == (4, LATER, AT)


def test_fewer_places_than_are_held_refuse_the_row(session, centre):
    organisation = make_organisation(session, centre, name="Green Corner")
    need = make_need(session, organisation, external_id="1", places=3)
    need.places_taken = 2

    done = bring(session, centre, file_of([{**NEED, "external_id": "1", "places": 1}]))

    assert codes_of(session, done)[1][-1] == ("places", "places_held")
    assert (need.places, need.title) == (3, "Sort donated clothes")


# ----------------------------------------------------------------- volunteers


def test_a_volunteers_own_words_stay(session, centre):
    row = {"external_id": "v1", "name": "Olena", "interests": "books", "radius_km": 5}
    bring(session, centre, file_of([row]), "volunteers")
    volunteer = session.scalars(select(Volunteer).where(Volunteer.external_id == "v1")).one()
    volunteer.keep_as_own(["interests"])
    volunteer.interests = "birds, and books about birds"

    done = bring(
        session, centre, file_of([{**row, "interests": "cars", "radius_km": 9}]), "volunteers", at=LATER
    )

    assert counts(done) == (1, 0, 1, 0, 0)
    assert (volunteer.interests, volunteer.radius_km) == ("birds, and books about birds", 9)


def test_changing_ones_profile_keeps_it_from_later_files(session, centre):
    volunteer = make_volunteer(session, centre, external_id="v1")
    me = actor_for(session, volunteer)
    change_volunteer(session, me, volunteer.id, {"causes": ["Health"]}, at=AT)
    row = {"external_id": "v1", "name": "Oksana", "causes": ["Environment"], "email": "else@example.org"}

    done = bring(session, centre, file_of([row]), "volunteers", at=LATER)

    assert counts(done)[2:4] == (0, 1)
    assert volunteer.causes == ["Health"]
