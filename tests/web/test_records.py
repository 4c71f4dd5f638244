"""A volunteer's record on the pages: issued, downloaded, checked by anybody with the code, revoked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models import Account
from service.operations.hours import confirm_hours, enter_hours
from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
    time_of,
)


@pytest.fixture
def browser(session, visit):
    at, organisation = time_of(session), make_organisation(session, name="Riverside")
    volunteer = make_volunteer(session, name="Solomiia Hlek")
    actor, boss = actor_for(session, volunteer), actor_for(session, make_coordinator(session, organisation))
    for title in ("Read aloud", "Paint <b>boats</b>"):
        proposal = make_proposal(session, volunteer, make_need(session, organisation, title=title))
        placement = accept_proposal(session, actor, proposal.id, at=at)
        fields = {"date": at.date() - timedelta(days=1), "minutes": 75}
        confirm_hours(session, boss, enter_hours(session, actor, placement.id, fields, at=at).id, at=at)
    session.commit()
    return visit(session.get_one(Account, volunteer.account_id))


def test_a_record_is_issued_checked_by_anybody_and_revoked(browser, visitor):
    assert "2 h 30 min" in browser.get("/records").text
    assert browser.send("/records", "/records").location == "/records"
    page = browser.get("/records").text
    code = re.findall(r"<code>([A-Z2-7-]+)</code>", page)[0]
    pdf = re.findall(r'href="(/records/[0-9a-f-]+\.pdf)"', page)[0]
    assert browser.get(pdf).data.startswith(b"%PDF")
    assert visitor.get(pdf).status_code == 303  # to sign in

    asked = visitor.get(f"/record?code={code.lower()}")
    assert asked.location == f"/record/{code.lower()}"
    seen = visitor.get(asked.location)
    assert "still stands" in seen.text
    assert "Solomiia Hlek" in seen.text
    assert "Paint &lt;b&gt;boats" in seen.text
    assert seen.headers["X-Robots-Tag"] == "noindex"
    assert seen.headers["Cache-Control"] == "no-store"
    assert visitor.get("/record").status_code == 200
    assert visitor.get(f"/record/{code[:-1]}").status_code == 404

    browser.send("/records", pdf.replace(".pdf", "/revoke"))
    gone = visitor.get(f"/record/{code}").text
    assert "revoked" in gone
    assert "Solomiia" not in gone


def test_who_has_given_nothing_is_told_so(session, visit):
    fresh = visit(session.get_one(Account, make_volunteer(session).account_id))

    assert "enter your hours" in fresh.get("/records").text
    refused = fresh.client.post("/records", data={"csrf_token": fresh.token("/")}, headers=fresh.headers)
    assert refused.status_code == 409
    assert "There are no confirmed hours yet" in refused.text
