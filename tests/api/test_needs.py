"""Needs over HTTP: who sees them, who writes them, and what cannot be taken."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from models import Event, Job, Need, Place
from models.needs import MOST_PLACES, NeedStatus
from models.organisations import OrganisationStatus
from service.access.policy import SCOPES
from service.schemas.needs import NeedChange, NeedNew
from tests.making import (
    headers_for,
    make_account,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_staff,
    make_volunteer,
)

URL = "/v1/needs"
WHOLE = {
    "title": "Читати вголос",
    "description": "Щосереди о четвертій.",
    "language": "uk",
    "causes": ["OlderPeople", "Community"],
    "skills": ["first_aid"],
    "languages": ["uk", "en"],
    "requirements": ["background_check"],
    "rewards": ["travel_costs"],
    "accessibility": ["step_free"],
    "location_type": "hybrid",
    "location": {"latitude": 49.2331, "longitude": 28.4682, "place": "Вінниця"},
    "timezone": "Europe/Kyiv",
    "starts_at": "2099-05-04T13:00:00Z",
    "ends_at": "2099-05-04T15:00:00Z",
    "rrule": "FREQ=WEEKLY;BYDAY=WE,SA;UNTIL=20991231T000000Z",
    "availability": ["WednesdayAfternoon", "SaturdayMorning"],
    "commitment_hours_per_week": 2.5,
    "minimum_age": 16,
    "maximum_age": 99,
    "places": 4,
    "publish_at": "2020-01-01T00:00:00Z",
    "expires_at": "2099-12-31T00:00:00Z",
    "external_id": "N-1",
}
OWN = ("coordinator", "staff", "centre")
STRANGERS = (
    "nobody", "volunteer", "operator", "other coordinator", "other staff", "other centre",
    "centre without scope",
)  # fmt: skip
REFUSED = {
    "nobody": 401,
    "volunteer": 403,
    "operator": 403,
    "centre without scope": 403,
    "other coordinator": 404,
    "other staff": 404,
    "other centre": 404,
}


def ids(answer):
    return [one["id"] for one in answer.json["items"]]


def errors_of(answer):
    return [(one["field"], one["code"]) for one in answer.json["errors"]]


def change(client, need_id, fields, headers):
    """Read for the ETag, then change."""
    tag = client.get(f"{URL}/{need_id}", headers=headers).headers.get("ETag", '"none"')
    return client.patch(f"{URL}/{need_id}", json=fields, headers={**headers, "If-Match": tag})


@pytest.fixture
def town(session):
    """Two centres; at the first one a verified organisation with its writers, and another's."""
    town = SimpleNamespace(here=make_centre(session), elsewhere=make_centre(session))
    town.organisation = make_organisation(session, town.here, language="uk")
    town.other = make_organisation(session, town.here)
    without = [one for one in SCOPES if not one.startswith("needs")]
    town.callers = {
        "nobody": {},
        "volunteer": headers_for(session, make_volunteer(session, town.here)),
        "operator": headers_for(session, make_account(session, "operator")),
        "coordinator": headers_for(session, make_coordinator(session, town.organisation)),
        "other coordinator": headers_for(session, make_coordinator(session, town.other)),
        "staff": headers_for(session, make_staff(session, town.here)),
        "other staff": headers_for(session, make_staff(session, town.elsewhere)),
        "centre": headers_for(session, town.here),
        "other centre": headers_for(session, town.elsewhere),
        "centre without scope": headers_for(session, town.here, without),
    }
    session.commit()
    return town


# ------------------------------------------------------------------------------------------ writing


@pytest.mark.parametrize("caller", OWN)
def test_a_need_is_given_back_as_it_was_sent(client, session, town, caller):
    body = {"organisation_id": str(town.organisation.id), **WHOLE}
    made = client.post(URL, json=body, headers=town.callers[caller])

    assert made.status_code == 201
    assert {name: made.json[name] for name in body} == body
    organisation = {"id": str(town.organisation.id), "name": town.organisation.name, "status": "verified"}
    assert made.json["organisation"] == organisation
    assert (made.json["status"], made.json["places_left"], made.json["published_at"]) == ("draft", 4, None)
    read = client.get(f"{URL}/{made.json['id']}", headers=town.callers[caller])
    assert (read.json, read.headers["ETag"]) == (made.json, made.headers["ETag"])
    assert session.scalars(select(Place.number).order_by(Place.number)).all() == [1, 2, 3, 4]


OPTIONAL = (
    *("external_id", "location", "starts_at", "ends_at", "rrule", "availability", "publish_at", "expires_at"),
    *("commitment_hours_per_week", "minimum_age", "maximum_age"),
)


def test_what_may_be_left_out_may_as_well_be_null(client, session, town):
    body = {"organisation_id": str(town.organisation.id), "title": "Help", "description": ""}
    made = client.post(URL, json=body | dict.fromkeys(OPTIONAL), headers=town.callers["coordinator"])

    assert (made.status_code, made.json["availability"]) == (201, [])


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY", "INTERVAL=2;BYDAY=MO,-1FR;FREQ=MONTHLY", "COUNT=3;FREQ=YEARLY"]
)
def test_a_rule_may_say_its_parts_in_any_order(client, session, town, rule):
    """RFC 5545, 3.3.10."""
    body = {"organisation_id": str(town.organisation.id), **WHOLE, "rrule": rule}
    made = client.post(URL, json=body, headers=town.callers["coordinator"])

    assert (made.status_code, made.json["rrule"]) == (201, rule)


def test_what_is_left_out_is_empty_and_what_must_be_something_is_sensible(client, session, town):
    body = {"organisation_id": str(town.organisation.id), "title": "Help", "description": ""}
    made = client.post(URL, json=body, headers=town.callers["coordinator"]).json

    empty = {name for name in WHOLE if made[name] in (None, [], "")}
    assert empty == set(WHOLE) - {"title", "language", "timezone", "location_type", "places"}
    assert (made["language"], made["timezone"]) == ("uk", "Europe/Kyiv")
    assert (made["location_type"], made["places"]) == ("onsite", 1)


@pytest.mark.parametrize(("caller", "status"), [*REFUSED.items(), *((one, 201) for one in OWN)])
def test_who_may_add_a_need(client, session, town, caller, status):
    body = {"organisation_id": str(town.organisation.id), "title": "Help", "description": ""}
    answer = client.post(URL, json=body, headers=town.callers[caller])

    assert answer.status_code == status
    assert session.scalar(select(func.count(Need.id))) == (status == 201)


@pytest.mark.parametrize(("caller", "status"), [*REFUSED.items(), *((one, 200) for one in OWN)])
@pytest.mark.parametrize("verb", ["PATCH", "publish", "close", "cancel"])
def test_who_may_change_publish_close_and_cancel_a_need(client, session, town, caller, status, verb):
    state = NeedStatus.DRAFT if verb == "publish" else NeedStatus.OPEN
    need = make_need(session, town.organisation, status=state)
    session.commit()
    before, headers = (need.version, need.status), town.callers[caller]
    if verb == "PATCH":
        answer = change(client, need.id, {"title": "Changed"}, headers)
    else:
        answer = client.post(f"{URL}/{need.id}/{verb}", headers=headers)

    assert answer.status_code == status
    session.expire_all()
    assert ((need.version, need.status) == before) == (status != 200)


def test_a_need_for_an_organisation_that_is_not_there_is_not_found(client, town):
    body = {"organisation_id": str(town.here.id), "title": "Help", "description": ""}

    assert client.post(URL, json=body, headers=town.callers["staff"]).status_code == 404


def test_a_change_needs_the_version_that_was_read_and_changes_only_what_is_sent(client, session, town):
    need = make_need(session, town.organisation)
    session.commit()
    url, headers = f"{URL}/{need.id}", town.callers["coordinator"]
    read = client.get(url, headers=headers)
    tag = {**headers, "If-Match": read.headers["ETag"]}
    blind = client.patch(url, json={"title": "A"}, headers=headers)
    first = client.patch(url, json={"title": "B", "location": None}, headers=tag)
    stale = client.patch(url, json={"title": "C"}, headers=tag)

    assert [one.status_code for one in (blind, first, stale)] == [428, 200, 412]
    changed = {name for name in first.json if first.json[name] != read.json[name]}
    assert changed == {"title", "location", "updated_at"}


def test_nothing_changed_is_no_event_no_job_and_no_new_version(client, session, town):
    need = make_need(session, town.organisation)
    session.commit()
    headers = town.callers["coordinator"]
    before = client.get(f"{URL}/{need.id}", headers=headers)
    fields = {one: before.json[one] for one in NeedChange().fields}
    after = change(client, need.id, fields, headers)

    assert (after.status_code, after.headers["ETag"]) == (200, before.headers["ETag"])
    assert session.scalar(select(func.count(Event.number))) == 0
    assert session.scalar(select(func.count(Job.id))) == 0


UNLISTED = sorted({one.key for one in Need.__table__.columns} | {"organisation", "places_left", "$x"})


@pytest.mark.parametrize("column", [one for one in UNLISTED if one not in NeedNew().fields])
def test_no_column_that_a_new_need_does_not_list_can_be_set(client, session, town, column):
    body = {"organisation_id": str(town.organisation.id), "title": "Help", "description": "", column: 1}
    answer = client.post(URL, json=body, headers=town.callers["staff"])

    assert (answer.status_code, errors_of(answer)) == (422, [(column, "unknown_field")])
    assert session.scalar(select(func.count(Need.id))) == 0


@pytest.mark.parametrize("column", [one for one in UNLISTED if one not in NeedChange().fields])
def test_no_column_that_a_change_does_not_list_can_be_set(client, session, town, column):
    need = make_need(session, town.organisation)
    session.commit()
    version = need.version
    answer = change(client, need.id, {"title": "Changed", column: 1}, town.callers["staff"])

    assert (answer.status_code, errors_of(answer)) == (422, [(column, "unknown_field")])
    session.expire_all()
    assert need.version == version


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"title": " "}, "title", "null"),
        ({"title": "x" * 301}, "title", "too_long"),
        ({"title": None}, "title", "null"),
        ({"description": "x" * 10_001}, "description", "too_long"),
        ({"language": "xx"}, "language", "unknown_code"),
        ({"causes": ["Nonsense"]}, "causes.0", "unknown_code"),
        ({"causes": "Care"}, "causes", "invalid"),
        ({"skills": ["first_aid", "flying"]}, "skills.1", "unknown_code"),
        ({"location_type": "moon"}, "location_type", "unknown_code"),
        ({"location": {"latitude": 1}}, "location.longitude", "required"),
        ({"location": {"latitude": 1, "longitude": 181}}, "location.longitude", "out_of_range"),
        ({"timezone": "Europe/Kiew"}, "timezone", "unknown_zone"),
        ({"timezone": "../../etc/passwd"}, "timezone", "unknown_zone"),
        ({"starts_at": "2099-05-04T13:00:00"}, "starts_at", "no_zone"),
        ({"starts_at": "soon"}, "starts_at", "invalid"),
        ({"rrule": "every week"}, "rrule", "invalid_rule"),
        ({"rrule": "RRULE:FREQ=WEEKLY"}, "rrule", "invalid_rule"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=XX"}, "rrule", "invalid_rule"),
        ({"rrule": "BYDAY=SA;INTERVAL=2"}, "rrule", "invalid_rule"),
        ({"rrule": "FREQ=WEEKLY;COUNT=2;UNTIL=20990101"}, "rrule", "invalid_rule"),
        ({"rrule": "FREQ=WEEKLY;INTERVAL=1;INTERVAL=2"}, "rrule", "invalid_rule"),
        ({"rrule": "FREQ=DAILY;" + "BYHOUR=1," * 60}, "rrule", "too_long"),
        ({"availability": ["Monday"]}, "availability.0", "unknown_code"),
        ({"commitment_hours_per_week": 168.5}, "commitment_hours_per_week", "out_of_range"),
        ({"commitment_hours_per_week": "2"}, "commitment_hours_per_week", "invalid"),
        ({"minimum_age": -1}, "minimum_age", "out_of_range"),
        ({"maximum_age": 121}, "maximum_age", "out_of_range"),
        ({"minimum_age": 1.9}, "minimum_age", "invalid"),
        ({"places": 0}, "places", "out_of_range"),
        ({"places": MOST_PLACES + 1}, "places", "out_of_range"),
        ({"places": True}, "places", "invalid"),
        ({"places": None}, "places", "null"),
        ({"starts_at": "2099-02-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}, "ends_at",
         "before_starts_at"),
        ({"minimum_age": 18, "maximum_age": 17}, "maximum_age", "before_minimum_age"),
        ({"publish_at": "2099-02-01T00:00:00Z", "expires_at": "2099-01-01T00:00:00Z"}, "expires_at",
         "before_publish_at"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_named_and_nothing_is_written(client, session, town, fields, field, code):
    need = make_need(session, town.organisation)
    session.commit()
    version, headers = need.version, town.callers["coordinator"]
    body = {"organisation_id": str(town.organisation.id), "title": "Help", "description": "", **fields}
    made, changed = client.post(URL, json=body, headers=headers), change(client, need.id, fields, headers)

    for answer in (made, changed):
        assert answer.status_code == 422
        assert (field, code) in errors_of(answer)
    session.expire_all()
    assert (session.scalar(select(func.count(Need.id))), need.version) == (1, version)


def test_a_change_is_held_against_what_stays(client, session, town):
    need = make_need(session, town.organisation, minimum_age=18)
    session.commit()
    answer = change(client, need.id, {"maximum_age": 17}, town.callers["coordinator"])

    assert (answer.status_code, errors_of(answer)) == (422, [("maximum_age", "before_minimum_age")])


def test_an_external_id_stands_once_in_a_centre(client, session, town):
    theirs = make_organisation(session, town.elsewhere)
    session.commit()

    def add(organisation, caller):
        body = {"organisation_id": str(organisation.id), "title": "H", "description": "", "external_id": "7"}
        return client.post(URL, json=body, headers=town.callers[caller])

    first, again, other = (
        add(town.organisation, "centre"),
        add(town.other, "staff"),
        add(theirs, "other centre"),
    )
    need = make_need(session, town.organisation)
    session.commit()
    taken = change(client, need.id, {"external_id": "7"}, town.callers["coordinator"])
    kept = change(client, first.json["id"], {"external_id": "7"}, town.callers["coordinator"])

    assert [one.status_code for one in (first, again, other, taken, kept)] == [201, 409, 201, 409, 200]
    assert again.json["code"] == taken.json["code"] == "external_id_taken"


def test_a_key_that_is_sent_twice_makes_one_need(client, session, town):
    body = {"organisation_id": str(town.organisation.id), "title": "Help", "description": ""}
    headers = {**town.callers["coordinator"], "Idempotency-Key": "once-1"}
    first, again = (client.post(URL, json=body, headers=headers) for _ in range(2))

    assert first.json["id"] == again.json["id"]
    assert session.scalar(select(func.count(Need.id))) == 1


# ------------------------------------------------------------------------------------------ reading


@pytest.mark.parametrize("verified", list(OrganisationStatus))
@pytest.mark.parametrize("status", list(NeedStatus))
def test_strangers_see_open_needs_of_verified_organisations_only(client, session, town, verified, status):
    town.organisation.status = verified
    places = {"places": 1, "places_taken": 1} if status is NeedStatus.FULL else {}
    need = make_need(session, town.organisation, status=status, **places)
    session.commit()
    public = verified == "verified" and status in ("open", "full")

    for caller in STRANGERS:
        headers = town.callers[caller]
        answer = client.get(f"{URL}/{need.id}", headers=headers)
        assert answer.status_code == (200 if public else 404), caller
        for query in (f"?status={status}", "?updated_since=2020-01-01T00:00:00Z"):
            assert ids(client.get(URL + query, headers=headers)) == [str(need.id)] * public, caller
        # A full one is found by who holds its address, or asks for it; nobody else has to look past it.
        listed = public and status == "open"
        assert ids(client.get(URL, headers=headers)) == [str(need.id)] * listed, caller
        assert ids(client.get(f"{URL}?q=donated+clothes", headers=headers)) in ([], [str(need.id)] * public)
    for caller in OWN:
        headers = town.callers[caller]
        assert client.get(f"{URL}/{need.id}", headers=headers).json["status"] == status
        assert ids(client.get(URL, headers=headers)) == [str(need.id)]
        assert ids(client.get(f"{URL}?status={status}", headers=headers)) == [str(need.id)]


def test_a_need_is_hidden_until_its_publish_date_and_listed_until_it_is_over(client, session, town):
    at = session.info["at"]
    later, earlier = at.replace(year=at.year + 1), at.replace(year=at.year - 1)
    make_need(session, town.organisation, title="not yet", publish_at=later)
    make_need(session, town.organisation, title="expired", expires_at=earlier)
    make_need(session, town.organisation, title="past", starts_at=earlier)
    make_need(session, town.organisation, title="repeats", starts_at=earlier, rrule="FREQ=WEEKLY")
    make_need(session, town.organisation, title="going on", starts_at=earlier, ends_at=later)
    session.commit()

    def titles(caller):
        return {one["title"] for one in client.get(URL, headers=town.callers[caller]).json["items"]}

    assert titles("nobody") == {"repeats", "going on"}
    assert titles("coordinator") == {"not yet", "expired", "past", "repeats", "going on"}


def test_a_need_that_does_not_exist_and_one_that_is_not_ones_own_look_the_same(client, session, town):
    draft = make_need(session, town.other, status=NeedStatus.DRAFT)
    session.commit()
    headers = town.callers["coordinator"]
    foreign, missing = (
        client.get(f"{URL}/{one}", headers=headers).json | {"instance": ""}
        for one in (draft.id, town.here.id)
    )

    assert foreign == missing
    assert foreign["code"] == "not_found"
