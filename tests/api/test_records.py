"""Records over HTTP: what they say is what organisations confirmed, as JSON and PDF, and a code checks it."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

import service.schemas
from models import Event, Hours, VolunteerRecord
from models.hours import HoursStatus
from models.organisations import OrganisationStatus
from service.operations.hours import correct_hours
from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    headers_for,
    make_centre,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_staff,
    make_volunteer,
    time_of,
)

NAME = "Соломія Ґудзь-Їжакевич"
TITLES = ("Читати дітям уголос", "Помочь с уборкой", "Paint the boats")


@pytest.fixture
def scene(session):
    """A volunteer with three placements, of which two have hours that count."""

    class Scene:
        at = time_of(session)
        centre = make_centre(session)
        organisation = make_organisation(session, centre, name="Бібліотека «Під дубом»")
        volunteer = make_volunteer(session, centre, name=NAME)
        coordinator = make_coordinator(session, organisation)
        mine = headers_for(session, volunteer)
        own = f"/v1/volunteers/{volunteer.id}"

        def __init__(self):
            actor = actor_for(session, self.volunteer)
            self.placements = []
            for title in TITLES:
                need = make_need(session, self.organisation, title=title)
                proposal = make_proposal(session, self.volunteer, need)
                self.placements.append(accept_proposal(session, actor, proposal.id, at=self.at))
            self.counts = [
                self.add(0, 90, HoursStatus.CONFIRMED, None, 1),
                self.add(0, 120, HoursStatus.CORRECTED, 60, 3),
                self.add(1, 30, HoursStatus.DISPUTED, 20, 2),
            ]
            self.add(0, 600, HoursStatus.ENTERED, None, 9)
            self.add(2, 600, HoursStatus.ENTERED, None, 4)
            self.add(2, 600, HoursStatus.CORRECTED, 0, 5)
            session.commit()

        def add(self, number, minutes, status, corrected, days):
            placement = self.placements[number]
            row = Hours(
                placement_id=placement.id, volunteer_id=self.volunteer.id, need_id=placement.need_id,
                organisation_id=self.organisation.id, date=self.at.date() - timedelta(days=days),
                minutes=minutes, status=status, corrected_minutes=corrected,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row

    return Scene()


def test_a_record_says_what_was_confirmed_and_its_code_checks_it(client, session, scene):
    draft = client.get(f"{scene.own}/record", headers=scene.mine).json
    slow = [0, 0, 0]
    for row in session.scalars(select(Hours)):
        number = [one.id for one in scene.placements].index(row.placement_id)
        slow[number] += row.counted_minutes
    assert slow == [150, 20, 0]
    assert [(one["need"], one["minutes"]) for one in draft["entries"]] == [(TITLES[0], 150), (TITLES[1], 20)]
    days = [(scene.at.date() - timedelta(days=one)).isoformat() for one in (3, 1)]
    assert [draft["entries"][0][one] for one in ("first_day", "last_day")] == days
    assert (draft["name"], draft["minutes"]) == (NAME, 170)

    issued = client.post(f"{scene.own}/records", headers=scene.mine)
    assert (issued.status_code, issued.json["standing"], issued.json["minutes"]) == (201, "stands", 170)
    code, path = issued.json["code"], f"{scene.own}/records/{issued.json['id']}"
    assert issued.json["url"].endswith(f"/record/{code}")
    plain = code.replace("-", "")
    assert len(plain) == 32  # of 32 signs: 160 bits
    kept = session.scalars(select(VolunteerRecord)).one()
    assert plain not in json.dumps(kept.content)
    assert kept.code_hash == hashlib.sha256(plain.encode()).hexdigest()
    for text in (code, code.lower(), plain):
        seen = client.get(f"/v1/records?code={text}").json
        assert (seen["standing"], seen["record"]) == ("stands", draft)
    for wrong in (code[:-1], plain[:-1] + ("A" if plain[-1] != "A" else "B"), "x", str(kept.id)):
        assert client.get(f"/v1/records?code={wrong}").status_code == 404

    # What comes later takes nothing from it; what an organisation takes back does.
    scene.add(2, 45, HoursStatus.CONFIRMED, None, 2)
    session.commit()
    assert client.get(f"/v1/records?code={code}").json["standing"] == "stands"
    assert client.get(f"/v1/records?code={code}").json["record"]["minutes"] == 170
    boss = actor_for(session, scene.coordinator)
    correct_hours(session, boss, scene.counts[0].id, 80, "a mistake", at=scene.at)
    session.commit()
    assert client.get(f"/v1/records?code={code}").json["standing"] == "changed"
    correct_hours(session, boss, scene.counts[0].id, 90, "no mistake", at=scene.at)
    scene.organisation.status = OrganisationStatus.SUSPENDED
    session.commit()
    assert client.get(f"/v1/records?code={code}").json["standing"] == "changed"
    assert client.get(path, headers=scene.mine).json["standing"] == "changed"

    gone = client.post(f"{path}/revoke", headers=scene.mine)
    assert (gone.status_code, gone.json["standing"]) == (200, "revoked")
    assert client.post(f"{path}/revoke", headers=scene.mine).json["revoked_at"] == gone.json["revoked_at"]
    told = client.get(f"/v1/records?code={code}")
    assert (told.json["standing"], told.json["record"]) == ("revoked", None)
    assert NAME not in told.text
    names = session.scalars(select(Event.name).where(Event.subject_kind == "record").order_by(Event.number))
    assert list(names) == ["record.issued", "record.revoked"]


@pytest.mark.parametrize(("language", "words"), [("uk", "Довідка"), ("ru", "Справка"), ("en", "Record of")])
def test_the_pdf_says_the_same_in_the_readers_language(client, scene, language, words):
    issued = client.post(f"{scene.own}/records", headers=scene.mine).json

    answer = client.get(
        f"{scene.own}/records/{issued['id']}.pdf", headers={**scene.mine, "Accept-Language": language}
    )

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = " ".join(
        "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split()
    )
    for said in (words, NAME, *TITLES[:2], "«Під дубом»", issued["code"], "20"):
        assert said in text, said
    assert TITLES[2] not in text
    assert len(answer.data) < 200_000


def test_a_record_is_its_volunteers_alone(client, session, scene):
    issued = client.post(f"{scene.own}/records", headers=scene.mine).json
    path = f"{scene.own}/records/{issued['id']}"
    other = make_volunteer(session, scene.centre)
    callers = [
        ({}, 401),
        (headers_for(session, other), 404),
        (headers_for(session, scene.coordinator), 403),
        (headers_for(session, make_staff(session, scene.centre)), 403),
        (headers_for(session, scene.centre), 403),
    ]
    for headers, code in callers:
        for address in (f"{scene.own}/record", f"{scene.own}/records", path, f"{path}.pdf"):
            assert client.get(address, headers=headers).status_code == code, address
        for address in (f"{scene.own}/records", f"{path}/revoke"):
            assert client.post(address, headers=headers).status_code == code, address
    # Nor through one's own address.
    theirs = f"/v1/volunteers/{other.id}/records"
    assert client.get(f"{theirs}/{issued['id']}", headers=callers[1][0]).status_code == 404
    assert client.post(f"{theirs}/{issued['id']}/revoke", headers=callers[1][0]).status_code == 404
    empty = client.post(theirs, headers=callers[1][0])
    assert (empty.status_code, empty.json["code"]) == (409, "nothing_to_record")
    assert client.get(f"{scene.own}/records", headers=scene.mine).json["items"][0]["id"] == issued["id"]


def test_where_the_services_key_is_another_now_the_code_still_holds(client, app, scene, monkeypatch):
    issued = client.post(f"{scene.own}/records", headers=scene.mine).json
    monkeypatch.setattr(app, "secret_key", "another key, " * 4)
    shown = client.get(f"{scene.own}/records/{issued['id']}", headers=scene.mine).json

    assert (shown["code"], shown["url"]) == (None, None)
    assert client.get(f"/v1/records?code={issued['code']}").json["standing"] == "stands"


def test_the_letters_are_those_that_they_say_they_are():
    folder = Path(service.schemas.__file__).parent / "fonts"
    said = json.loads((folder / "vendor.json").read_text())

    assert {one.name for one in folder.glob("*.ttf")} == {one["file"] for one in said}
    for one in said:
        assert hashlib.sha256((folder / one["file"]).read_bytes()).hexdigest() == one["sha256"]
        assert (folder / one["licence_file"]).read_text()
