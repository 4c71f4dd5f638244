"""The page of one's calendar: an address that is shown once, made anew and ended."""

from __future__ import annotations

import re

import pytest

from models import Account
from tests.making import make_coordinator, make_organisation, make_volunteer


@pytest.fixture
def browser(visit, session):
    volunteer = make_volunteer(session)
    return visit(session.get_one(Account, volunteer.account_id))


def address_in(page):
    found = re.search(r'value="[^"]*(/v1/volunteers/[^"]+)"', page.text)
    assert found, page.text
    return found[1].replace("&amp;", "&")


def test_an_address_is_shown_once_and_a_new_one_ends_the_old(browser, visitor):
    assert "/v1/volunteers/" not in browser.get("/calendar").text
    first = address_in(browser.send("/calendar", "/calendar"))
    assert visitor.get(first).status_code == 200
    assert "/v1/volunteers/" not in browser.get("/calendar").text
    second = address_in(browser.send("/calendar", "/calendar"))
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    assert browser.send("/calendar", "/calendar/end").status_code == 303
    assert visitor.get(second).status_code == 404


def test_the_page_leads_to_the_readers_calendar_program(browser):
    page = browser.send("/calendar", "/calendar")
    assert 'href="webcal://' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert '<a href="/calendar">' in browser.get("/placements").text


def test_a_coordinator_has_none(visit, session):
    assert visit(make_coordinator(session, make_organisation(session))).get("/calendar").status_code == 403


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_the_page_speaks_every_language(browser, language):
    browser.headers["Accept-Language"] = language
    assert browser.get("/calendar").status_code == 200
