"""Saving organisations from files: known by their ids, else by their names, changed where they differ."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from models import Event, Job, Organisation
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import ANYONE, WORKER
from service.errors import NotAllowed, NotFound
from service.operations.organisations import save_organisation, verify_organisation
from service.queries.organisations import fold_name
from tests.making import actor_for, make_centre, make_coordinator, make_need, make_organisation, make_staff

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
FIELDS = {
    "name": "Добрі  Руки",
    "description": "Help.",
    "causes": ["Care"],
    "location": {"latitude": 1.5, "longitude": 2.5, "place": "X"},
    "registrations": [{"registrar": "ЄДР", "number": "00123"}],
}


@pytest.fixture
def centre(session):
    session.info["at"] = AT
    return make_centre(session)


def save(session, centre, external_id=None, **over):
    return save_organisation(session, WORKER, centre, {**FIELDS, **over}, external_id=external_id, at=AT)


def count(session, what):
    return session.scalar(select(func.count()).select_from(what))


@pytest.mark.parametrize("external_id", [None, "7"])
def test_saving_the_same_organisation_again_changes_nothing(session, centre, external_id):
    made, first = save(session, centre, external_id)
    session.expire_all()
    version = made.version
    again, second = save(session, centre, external_id)

    assert (first, second, again.id, again.version) == ("added", "unchanged", made.id, version)
    assert (made.status, made.name_folded, made.place) == (OrganisationStatus.UNVERIFIED, "добрі руки", "X")
    assert (count(session, Organisation), count(session, Event)) == (1, 1)


def test_a_name_is_the_same_whatever_its_case_and_spaces(session, centre):
    made, _ = save(session, centre)
    again, outcome = save(session, centre, name=" ДОБРІ руки ")

    assert (again.id, outcome, again.name) == (made.id, "updated", " ДОБРІ руки ")


def test_one_that_came_in_by_name_takes_the_id_that_comes_later(session, centre):
    made, _ = save(session, centre)
    taken, outcome = save(session, centre, "7")
    other, added = save(session, centre, "8")

    assert (taken.id, outcome, taken.external_id) == (made.id, "updated", "7")
    assert (added, other.id == made.id) == ("added", False)
    assert save(session, centre, "7")[1] == "unchanged"


def test_the_same_name_and_id_in_another_centre_is_another_organisation(session, centre):
    made, _ = save(session, centre, "7")
    elsewhere, outcome = save(session, make_centre(session), "7")

    assert (outcome, elsewhere.id == made.id) == ("added", False)


def test_what_a_file_does_not_hold_stays(session, centre):
    made, _ = save(session, centre, mission="Peace")
    outcome = save_organisation(session, WORKER, centre, {"name": FIELDS["name"]}, external_id=None, at=AT)[1]

    assert (outcome, made.mission, made.latitude) == ("unchanged", "Peace", 1.5)


def test_a_folded_name_is_never_longer_than_its_column():
    assert len(fold_name("ΐ" * 300)) == 300
    assert fold_name("  Straße   9 ") == "strasse 9"


def test_verifying_tells_the_matching_of_each_open_need_once(session, centre):
    organisation = make_organisation(session, centre, status=OrganisationStatus.UNVERIFIED)
    open_ = [make_need(session, organisation) for _ in range(2)]
    make_need(session, organisation, status=NeedStatus.DRAFT)
    make_need(session)
    staff = actor_for(session, make_staff(session, centre))
    versions = [one.version for one in open_]

    verify_organisation(session, staff, organisation.id, OrganisationStatus.VERIFIED, "", at=AT)

    session.flush()
    session.expire_all()
    told = {one.payload["need_id"] for one in session.scalars(select(Job))}
    assert told == {str(one.id) for one in open_}
    assert [one.version for one in open_] == versions
    assert organisation.verified_at == AT


def test_nobody_but_the_centres_staff_and_an_operators_command_verifies(session, centre):
    organisation = make_organisation(session, centre, status=OrganisationStatus.UNVERIFIED)

    def verify(actor):
        return verify_organisation(session, actor, organisation.id, OrganisationStatus.VERIFIED, "", at=AT)

    for actor in (
        ANYONE,
        actor_for(session, centre),
        actor_for(session, make_coordinator(session, organisation)),
    ):
        with pytest.raises(NotAllowed):
            verify(actor)
    with pytest.raises(NotFound):
        verify(actor_for(session, make_staff(session, make_centre(session))))
    assert organisation.status is OrganisationStatus.UNVERIFIED
    assert verify(WORKER).status is OrganisationStatus.VERIFIED
