"""The pages of notices, their switches, and the way out of mail without signing in."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models import Account, Event, Notice, NoticeSettings
from service.access.links import sign_unsubscribing
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
from tests.web.conftest import Visitor


@pytest.fixture
def coordinator(session):
    """A coordinator one of whose needs somebody has just accepted."""
    at = time_of(session)
    organisation = make_organisation(session)
    need = make_need(session, organisation, title="Paint boats")
    coordinator = make_coordinator(session, organisation)
    volunteer = make_volunteer(session)
    accept_proposal(session, actor_for(session, volunteer), make_proposal(session, volunteer, need).id, at=at)
    session.commit()
    return coordinator


def test_what_is_unread_is_counted_in_the_head_of_every_page(visit, coordinator):
    browser = visit(coordinator)
    assert re.search(r'<a href="/notices">Notices <span class="count">1<', browser.get("/organisation").text)
    browser.send("/notices", "/notices/read")
    assert 'class="count"' not in browser.get("/organisation").text


def test_opening_a_notice_marks_it_as_read_and_leads_there(visit, coordinator, session):
    browser = visit(coordinator)
    page = browser.get("/notices").text
    assert "A volunteer accepted “Paint boats”" in page
    (notice,) = session.scalars(select(Notice))
    assert notice.read_at is None
    opened = browser.send("/notices", f"/notices/{notice.id}/open")
    assert (opened.status_code, opened.location) == (303, f"/needs/{notice.need_id}/placements")
    session.expire_all()
    assert notice.read_at is not None


def test_the_notices_of_others_are_not_there(visit, coordinator, session):
    (notice,) = session.scalars(select(Notice))
    stranger = visit(make_coordinator(session, make_organisation(session)))
    assert "Nothing has happened yet" in stranger.get("/notices").text
    token = stranger.token("/notices/settings")
    opened = stranger.client.post(f"/notices/{notice.id}/open", data={"csrf_token": token})
    assert opened.status_code == 404


def test_switches_are_kept_and_shown_again(visit, coordinator, session):
    browser = visit(coordinator)
    chosen = {
        "somebody_accepted": "weekly",
        "quiet_from": "22:00",
        "quiet_until": "06:30",
        "timezone": "Europe/London",
    }
    assert browser.send("/notices/settings", "/notices/settings", chosen).status_code == 303
    kept = session.scalars(select(NoticeSettings)).one()
    assert kept.rhythms["somebody_accepted"] == "weekly"
    assert (kept.quiet_from, kept.quiet_until, kept.timezone) == (22 * 60, 6 * 60 + 30, "Europe/London")
    page = browser.get("/notices/settings").text
    assert 'value="22:00"' in page
    assert re.search(r'<option value="weekly" selected>', page)


def test_a_switch_that_cannot_be_taken_is_marked_with_all_that_was_typed(visit, coordinator):
    browser = visit(coordinator)
    wrong = {"timezone": "Mars/Olympus", "quiet_from": "22:00", "quiet_until": ""}
    refused = browser.send("/notices/settings", "/notices/settings", wrong)
    assert refused.status_code == 422
    assert 'value="Mars/Olympus"' in refused.text
    assert "This must be an IANA time zone" in refused.text
    again = browser.send("/notices/settings", "/notices/settings", {**wrong, "timezone": "Europe/Kyiv"})
    assert "Say both when it begins and when it ends." in again.text


# --- one click


def link(app, account, *kinds):
    return f"/unsubscribe?key={sign_unsubscribing(app.extensions['settings'], account.id, kinds)}"


def rhythms(session, account):
    session.expire_all()
    kept = session.scalars(select(NoticeSettings).where(NoticeSettings.account_id == account.id))
    return {kind: mail for one in kept for kind, mail in one.rhythms.items()}


def test_opening_the_link_changes_nothing_and_shows_the_button(app, visitor, coordinator, session):
    for _ in range(3):
        page = visitor.get(link(app, coordinator, "somebody_accepted"))
    assert page.status_code == 200
    assert "Somebody accepted one of our needs" in page.text
    assert coordinator.email not in page.text
    assert visitor.client.head(link(app, coordinator, "somebody_accepted")).status_code == 200
    assert rhythms(session, coordinator) == {}


def test_a_mail_programs_post_ends_that_mail_without_cookie_or_token(app, coordinator, session):
    """RFC 8058: a plain POST of one field, from a machine that has neither our cookies nor our page."""
    address = link(app, coordinator, "somebody_accepted")
    client = app.test_client()
    for _ in range(2):
        done = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "Set-Cookie" not in done.headers or "halfway=" not in done.headers["Set-Cookie"]
    multipart = client.post(
        address, data={"List-Unsubscribe": "One-Click"}, content_type="multipart/form-data"
    )
    assert multipart.status_code == 200
    assert rhythms(session, coordinator) == {"somebody_accepted": "never"}
    events = session.scalars(select(Event).where(Event.name == "notice_settings.changed")).all()
    assert [one.actor_kind for one in events] == ["anyone"]


def test_a_person_presses_the_button(app, visitor, coordinator, session):
    address = link(app, coordinator, "somebody_accepted", "somebody_withdrew")
    done = visitor.send(address, address)
    assert done.status_code == 200
    assert "Done." in done.text
    assert rhythms(session, coordinator) == {"somebody_accepted": "never", "somebody_withdrew": "never"}


def test_the_link_opens_nothing_else(app, coordinator):
    address = link(app, coordinator, "somebody_accepted")
    client = app.test_client()
    client.post(address, data={})
    key = address.partition("=")[2]
    for path in ("/notices", "/organisation", "/notices/settings"):
        for asked in (path, f"{path}?key={key}"):
            answer = client.get(asked)
            assert (answer.status_code, answer.location[:8]) == (303, "/sign-in")


@pytest.mark.parametrize("key", ["", "e30.e30", "%00", "x" * 3000, "a.b.c"])
def test_another_key_is_not_found_and_changes_nothing(app, visitor, coordinator, session, key):
    for answer in (visitor.get(f"/unsubscribe?key={key}"), app.test_client().post(f"/unsubscribe?key={key}")):
        assert answer.status_code == 404
    assert session.scalars(select(NoticeSettings)).all() == []


def test_a_link_of_somebody_who_has_left_is_not_found(app, session):
    gone = Account(id=make_volunteer(session).id, email="a@example.org")
    assert app.test_client().post(link(app, gone, "new_proposals")).status_code == 404


@pytest.mark.parametrize("path", ["/notices", "/notices/settings"])
@pytest.mark.parametrize("language", ["en", "uk", "ru"])
def test_pages_speak_every_language(app, visit, coordinator, session, path, language):
    coordinator.language = language
    browser: Visitor = visit(coordinator)
    page = browser.get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
