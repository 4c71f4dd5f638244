"""Organisations over HTTP: who reads, who writes, and who vouches for them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from models import Coordinator, Event, Organisation
from models.organisations import OrganisationStatus
from service.access.policy import SCOPES
from service.schemas.organisations import OrganisationChange, OrganisationNew
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

URL = "/v1/organisations"
WHOLE = {
    "name": "Добрі руки",
    "description": "Ми допомагаємо сусідам.",
    "mission": "Щоб ніхто не лишався сам.",
    "causes": ["OlderPeople", "Community"],
    "website": "https://dobri-ruky.example.org/",
    "registrations": [{"registrar": "ЄДР", "number": "00123456"}],
    "location": {"latitude": 49.2331, "longitude": 28.4682, "place": "Вінниця"},
    "language": "uk",
}


def change(client, organisation_id, fields, headers):
    """Read for the ETag, then change."""
    tag = client.get(f"{URL}/{organisation_id}", headers=headers).headers.get("ETag", '"none"')
    return client.patch(f"{URL}/{organisation_id}", json=fields, headers={**headers, "If-Match": tag})


def events_of(session, organisation_id):
    return session.scalars(
        select(Event).where(Event.subject_id == organisation_id).order_by(Event.number)
    ).all()


def ids(answer):
    return [one["id"] for one in answer.json["items"]]


@pytest.fixture
def town(session):
    """Two centres, each with organisations of every status, staff and coordinators."""
    town = SimpleNamespace(here=make_centre(session), elsewhere=make_centre(session))
    for status in OrganisationStatus:
        setattr(town, status, make_organisation(session, town.here, status=status))
    make_organisation(session, town.elsewhere, status=OrganisationStatus.UNVERIFIED)
    town.all_here = {town.verified.id, town.unverified.id, town.suspended.id}
    town.callers = {
        "nobody": {},
        "volunteer": headers_for(session, make_volunteer(session, town.here)),
        "operator": headers_for(session, make_account(session, "operator")),
        "coordinator": headers_for(session, make_coordinator(session, town.unverified)),
        "other coordinator": headers_for(session, make_coordinator(session, town.verified)),
        "staff": headers_for(session, make_staff(session, town.here)),
        "other staff": headers_for(session, make_staff(session, town.elsewhere)),
        "centre": headers_for(session, town.here),
        "other centre": headers_for(session, town.elsewhere),
        "centre without scope": headers_for(
            session, town.here, [one for one in SCOPES if not one.startswith("organisations")]
        ),
    }
    session.commit()
    return town


# ------------------------------------------------------------------------------------------ reading

OWN = ("coordinator", "staff", "centre")
STRANGERS = (
    "nobody", "volunteer", "operator", "other coordinator", "other staff", "other centre",
    "centre without scope",
)  # fmt: skip


@pytest.mark.parametrize("caller", [*OWN, *STRANGERS])
def test_anyone_reads_a_verified_organisation(client, town, caller):
    assert client.get(f"{URL}/{town.verified.id}", headers=town.callers[caller]).status_code == 200


@pytest.mark.parametrize("caller", STRANGERS)
def test_an_unverified_organisation_does_not_exist_for_strangers(client, town, caller):
    headers = town.callers[caller]
    answer = client.get(f"{URL}/{town.unverified.id}", headers=headers)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert str(town.unverified.id) not in ids(client.get(URL, headers=headers))
    assert str(town.suspended.id) not in ids(client.get(URL, headers=headers))


@pytest.mark.parametrize("caller", OWN)
def test_an_unverified_organisation_is_read_by_its_own(client, town, caller):
    headers = town.callers[caller]

    assert client.get(f"{URL}/{town.unverified.id}", headers=headers).json["status"] == "unverified"
    assert str(town.unverified.id) in ids(client.get(URL, headers=headers))


def test_staff_see_all_of_their_centre_and_none_but_verified_ones_of_another(client, town):
    seen = ids(client.get(URL, headers=town.callers["staff"]))

    assert set(seen) == {str(one) for one in town.all_here}


def test_the_list_is_narrowed_by_name_cause_and_status(client, session, town):
    make_organisation(session, town.here, name="Їжачок", name_folded="їжачок", causes=["AnimalWelfare"])
    make_organisation(session, town.here, name="100% help", name_folded="100% help", causes=["Care"])
    session.commit()

    def names(query, caller="nobody"):
        found = client.get(f"{URL}?{query}", headers=town.callers[caller])
        return [one["name"] for one in found.json["items"]]

    assert names("q=ЇЖАЧ") == ["Їжачок"]
    assert names("q=0%25") == ["100% help"]
    assert names("q=_") == []
    assert names("cause=AnimalWelfare") == ["Їжачок"]
    assert sorted(names("cause=AnimalWelfare&cause=Care")) == ["100% help", "Їжачок"]
    assert names("status=suspended", "staff") == [town.suspended.name]
    assert names("status=suspended") == []


def test_paging_finds_every_organisation_once(client, session):
    centre = make_centre(session)
    made = [str(make_organisation(session, centre).id) for _ in range(7)]
    session.commit()
    for query in ({}, {"updated_since": "2020-01-01T00:00:00Z"}):
        seen: list[str] = []
        cursor: dict[str, str | None] = {}
        while cursor != {"cursor": None}:
            page = client.get(URL, query_string={**query, "limit": 3, **cursor})
            assert page.status_code == 200, page.json["errors"]
            seen += ids(page)
            cursor = {"cursor": page.json["next_cursor"]}
        assert sorted(seen) == sorted(made)


# ------------------------------------------------------------------------------------------ writing


def test_a_coordinator_adds_an_organisation_and_writes_for_it(client, session):
    centre = make_centre(session)
    account = make_coordinator(session)
    headers = headers_for(session, account)
    session.commit()

    made = client.post(URL, json=WHOLE, headers=headers)

    assert made.status_code == 201
    assert {name: made.json[name] for name in WHOLE} == WHOLE
    assert (made.json["status"], made.json["centre_id"]) == ("unverified", str(centre.id))
    assert (made.json["external_id"], made.json["verified_at"]) == (None, None)
    posts = session.scalars(select(Coordinator).where(Coordinator.account_id == account.id)).all()
    assert [str(one.organisation_id) for one in posts] == [made.json["id"]]
    assert client.get("/v1/me", headers=headers).json["organisation_ids"] == [made.json["id"]]
    changed = change(client, made.json["id"], {"name": "Нова  НАЗВА", "location": None}, headers)
    assert (changed.status_code, changed.json["name"], changed.json["location"]) == (200, "Нова  НАЗВА", None)
    assert session.scalar(select(Organisation.name_folded)) == "нова назва"
    names = [one.name for one in session.scalars(select(Event).where(Event.subject_kind == "organisation"))]
    assert names == ["organisation.added", "organisation.changed"]


def test_a_name_alone_is_enough_and_the_rest_is_empty(client, session):
    headers = headers_for(session, make_centre(session, language="uk"))
    session.commit()

    made = client.post(URL, json={"name": "X"}, headers=headers).json

    assert (made["description"], made["mission"], made["causes"], made["registrations"]) == ("", None, [], [])
    assert (made["location"], made["website"], made["language"]) == (None, None, "uk")


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ("nobody", 401),
        ("volunteer", 403),
        ("operator", 403),
        ("centre without scope", 403),
        ("staff", 201),
        ("centre", 201),
    ],
)
def test_who_may_add_an_organisation(client, town, caller, status):
    answer = client.post(URL, json={"name": "X"}, headers=town.callers[caller])

    assert answer.status_code == status
    if status == 201:
        assert answer.json["centre_id"] == str(town.here.id)


def test_a_coordinator_says_which_centre_where_there_are_several(client, session, town):
    headers = town.callers["coordinator"]
    without = client.post(URL, json={"name": "X"}, headers=headers)
    unknown = client.post(URL, json={"name": "X", "centre": "Nowhere"}, headers=headers)
    named = client.post(URL, json={"name": "X", "centre": town.elsewhere.name}, headers=headers)
    own = make_coordinator(session, centre_id=town.here.id)
    own_headers = headers_for(session, own)
    session.commit()
    silent = client.post(URL, json={"name": "X"}, headers=own_headers)
    other = client.post(URL, json={"name": "X", "centre": town.elsewhere.name}, headers=own_headers)

    assert [(one["field"], one["code"]) for one in without.json["errors"]] == [("centre", "required")]
    assert [(one["field"], one["code"]) for one in unknown.json["errors"]] == [("centre", "unknown")]
    assert named.json["centre_id"] == str(town.elsewhere.id)
    assert silent.json["centre_id"] == str(town.here.id)
    assert [(one["field"], one["code"]) for one in other.json["errors"]] == [("centre", "not_yours")]


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ("nobody", 401),
        ("volunteer", 403),
        ("operator", 403),
        ("centre without scope", 403),
        ("other coordinator", 404),
        ("other staff", 404),
        ("other centre", 404),
        ("coordinator", 200),
        ("staff", 200),
        ("centre", 200),
    ],
)
def test_who_may_change_an_organisation(client, session, town, caller, status):
    before = town.unverified.name
    answer = change(client, town.unverified.id, {"name": "Changed"}, town.callers[caller])

    assert answer.status_code == status
    session.expire_all()
    assert town.unverified.name == ("Changed" if status == 200 else before)


def test_a_verified_organisation_that_others_read_is_still_not_theirs_to_write(client, town):
    answer = change(client, town.verified.id, {"name": "Changed"}, town.callers["coordinator"])

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_change_needs_the_version_that_was_read(client, town):
    url, headers = f"{URL}/{town.unverified.id}", town.callers["coordinator"]
    tag = client.get(url, headers=headers).headers["ETag"]
    blind = client.patch(url, json={"name": "A"}, headers=headers)
    first = client.patch(url, json={"name": "B"}, headers={**headers, "If-Match": tag})
    stale = client.patch(url, json={"name": "C"}, headers={**headers, "If-Match": tag})
    second = client.patch(url, json={"name": "C"}, headers={**headers, "If-Match": first.headers["ETag"]})

    assert [one.status_code for one in (blind, first, stale, second)] == [428, 200, 412, 200]


def test_nothing_changed_is_no_event_and_no_new_version(client, session, town):
    headers = town.callers["coordinator"]
    before = client.get(f"{URL}/{town.unverified.id}", headers=headers)
    after = change(
        client, town.unverified.id, {"name": before.json["name"], "causes": ["Community"]}, headers
    )

    assert (after.status_code, after.headers["ETag"]) == (200, before.headers["ETag"])
    assert events_of(session, town.unverified.id) == []


UNLISTED = sorted({one.key for one in Organisation.__table__.columns} | {"organisation_id", "$x"})


@pytest.mark.parametrize("column", [one for one in UNLISTED if one not in OrganisationNew().fields])
def test_no_column_that_a_new_organisation_does_not_list_can_be_set(client, town, column):
    answer = client.post(URL, json={"name": "X", column: "verified"}, headers=town.callers["staff"])

    assert answer.status_code == 422
    assert (column, "unknown_field") in [(one["field"], one["code"]) for one in answer.json["errors"]]


@pytest.mark.parametrize("column", [one for one in UNLISTED if one not in OrganisationChange().fields])
def test_no_column_that_a_change_does_not_list_can_be_set(client, session, town, column):
    version = town.unverified.version
    answer = change(client, town.unverified.id, {"name": "Y", column: "verified"}, town.callers["staff"])

    assert answer.status_code == 422
    session.expire_all()
    assert (town.unverified.version, town.unverified.status) == (version, "unverified")


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"name": "  "}, "name", "null"),
        ({"name": "x" * 301}, "name", "too_long"),
        ({"description": "x" * 10_001}, "description", "too_long"),
        ({"causes": ["Nonsense"]}, "causes.0", "unknown_code"),
        ({"website": "javascript:alert(1)"}, "website", "invalid"),
        ({"registrations": [{"registrar": "EDR"}]}, "registrations.0.number", "required"),
        (
            {"registrations": [{"registrar": "E", "number": "1", "x": 1}]},
            "registrations.0.x",
            "unknown_field",
        ),
        ({"location": {"latitude": 91, "longitude": 0}}, "location.latitude", "out_of_range"),
        ({"location": {"latitude": 1}}, "location.longitude", "required"),
        ({"language": "xx"}, "language", "unknown_code"),
        ({"mission": 3}, "mission", "invalid"),
    ],
)
def test_what_cannot_be_taken_is_named(client, town, fields, field, code):
    answer = client.post(URL, json={"name": "X", **fields}, headers=town.callers["centre"])

    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [(field, code)]


# ---------------------------------------------------------------------------------------- external ids


def test_only_the_centres_systems_give_an_external_id_and_each_but_once(client, town):
    def add(caller, external_id):
        body = {"name": "X", "external_id": external_id}
        return client.post(URL, json=body, headers=town.callers[caller])

    first, again, elsewhere = add("centre", "007"), add("centre", "007"), add("other centre", "007")
    staff = add("staff", "008")
    moved = change(client, add("centre", "009").json["id"], {"external_id": "007"}, town.callers["centre"])
    own = change(client, town.unverified.id, {"external_id": "010"}, town.callers["coordinator"])

    assert (first.status_code, first.json["external_id"]) == (201, "007")
    assert (again.status_code, again.json["code"]) == (409, "external_id_taken")
    assert elsewhere.status_code == 201
    assert [(one["field"], one["code"]) for one in staff.json["errors"]] == [("external_id", "not_settable")]
    assert (moved.status_code, moved.json["code"]) == (409, "external_id_taken")
    assert own.status_code == 422


# ---------------------------------------------------------------------------------------- verification


def verify(client, organisation, headers, status="verified"):
    body = {"status": status, "note": "Seen their papers."}
    return client.post(f"{URL}/{organisation.id}/verification", json=body, headers=headers)


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        ("nobody", 401),
        ("volunteer", 403),
        ("operator", 403),
        ("coordinator", 403),
        ("other coordinator", 403),
        ("centre", 403),
        ("centre without scope", 403),
        ("other staff", 404),
        ("staff", 200),
    ],
)
@pytest.mark.parametrize("to", ["verified", "suspended"])
def test_only_staff_of_the_responsible_centre_vouch_for_an_organisation(
    client, session, town, caller, status, to
):
    answer = verify(client, town.unverified, town.callers[caller], to)

    assert answer.status_code == status
    session.expire_all()
    assert town.unverified.status == (to if status == 200 else "unverified")


def test_verification_is_recorded_once_with_its_states(client, session, town):
    staff = town.callers["staff"]
    for status in ("verified", "verified", "suspended", "verified"):
        assert verify(client, town.unverified, staff, status).json["status"] == status

    steps = [(one.name, one.from_state, one.to_state) for one in events_of(session, town.unverified.id)]
    assert steps == [
        ("organisation.verified", "unverified", "verified"),
        ("organisation.suspended", "verified", "suspended"),
        ("organisation.verified", "suspended", "verified"),
    ]
    session.expire_all()
    assert (town.unverified.status_note, town.unverified.verified_at is None) == ("Seen their papers.", False)


@pytest.mark.parametrize("body", [{}, {"status": "unverified"}, {"status": "verified", "centre_id": "x"}])
def test_a_verification_says_verified_or_suspended_and_nothing_else(client, town, body):
    url = f"{URL}/{town.unverified.id}/verification"

    assert client.post(url, json=body, headers=town.callers["staff"]).status_code == 422


def test_the_needs_of_an_organisation_come_and_go_with_its_verification(client, session, town):
    since = session.info["at"].isoformat().replace("+00:00", "Z")
    need = make_need(session, town.unverified, updated_at=session.info["at"] - timedelta(days=1))
    session.commit()

    def seen():
        lists = (f"/v1/needs?updated_since={since}", "/v1/needs", "/v1/needs?q=clothes")
        found = {str(need.id) in ids(client.get(one)) for one in lists}
        return found | {client.get(f"/v1/needs/{need.id}").status_code == 200}

    staff = town.callers["staff"]
    assert seen() == {False}
    verify(client, town.unverified, staff, "verified")
    assert seen() == {True}
    verify(client, town.unverified, staff, "suspended")
    assert seen() == {False}
