"""A real Chromium adds shifts as a coordinator does, and takes some as a volunteer does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Shift
from service.db import now, unit_of_work
from service.i18n import say
from tests.making import (
    make_account,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)
from tests.web.browsing import DESK, PHONE, look, serving, sign_in, watched

pytestmark = pytest.mark.browser


def test_shifts_are_added_with_their_dates_shown_and_some_are_taken(chromium, databases, password_hash):
    at = now()
    with serving(databases) as served:
        with unit_of_work(served.sessions, at=at) as session:
            organisation = make_organisation(session)
            people = {"language": "uk", "password_hash": password_hash}
            make_coordinator(session, organisation, email="c@example.org", **people)
            account = make_account(session, email="v@example.org", **people)
            volunteer = make_volunteer(session, account_id=account.id)
            soup = make_need(session, organisation, title="Зварити суп", places=2)
            begin = (at + timedelta(days=9)).replace(hour=8, minute=0, second=0, microsecond=0)
            dogs = make_need(session, title="Собаки", starts_at=begin, ends_at=begin + timedelta(hours=9))
            for one in (soup, dogs):
                make_proposal(session, volunteer, one)
            need_id = soup.id

        add_some(chromium, served, need_id, at)
        take_some(chromium, served)
        with served.sessions() as session:
            taken = session.scalars(select(Shift.places_taken).order_by(Shift.starts_at)).all()
    assert taken == [0, 0, 1, 0]


def add_some(chromium, served, need_id, at):
    with watched(chromium, served, "uk", DESK) as page:
        sign_in(page, served, "c@example.org", "uk")
        page.goto(f"{served.address}/needs/{need_id}/shifts")
        look(page, "no-shifts")
        form = page.locator("form[action$='/shifts']")
        form.locator("[name=starts_at]").fill((at + timedelta(days=9)).strftime("%Y-%m-%dT12:00"))
        form.locator("[name=until]").fill("14:30")
        form.locator("[name=repeat]").select_option("DAILY")
        form.locator("[name=last_day]").fill((at + timedelta(days=12)).strftime("%Y-%m-%d"))
        form.get_by_role("button", name=say("uk", "Show the dates")).click()
        assert page.get_by_role("status").locator("li").count() == 4
        look(page, "dates-shown")
        form.get_by_role("button", name=say("uk", "Add"), exact=True).click()
        page.wait_for_url("**/shifts")
        assert page.locator("article").count() == 4
        look(page, "shifts-of-need")


def take_some(chromium, served):
    with watched(chromium, served, "uk", PHONE) as page:
        sign_in(page, served, "v@example.org", "uk")
        page.locator("article", has_text="Собаки").get_by_role("button", name=say("uk", "Accept")).click()
        page.wait_for_url("**/placements")
        page.goto(f"{served.address}/proposals")
        mine = page.locator("article", has_text="Зварити суп")
        assert mine.get_by_role("checkbox").count() == 4
        look(page, "shifts-to-tick")
        for number in (0, 2):
            mine.get_by_role("checkbox").nth(number).check()
        mine.get_by_role("button", name=say("uk", "Accept")).click()
        mine.get_by_text(say("uk", "I know, and want both")).click()
        look(page, "overlap")
        mine.get_by_role("button", name=say("uk", "Accept")).click()
        page.wait_for_url("**/placements")
        mine = page.locator("article", has_text="Зварити суп")
        mine.get_by_text(say("uk", "Change my shifts")).click()
        look(page, "own-shifts")
        mine.get_by_role("checkbox").nth(0).uncheck()
        mine.get_by_role("button", name=say("uk", "Save")).click()
        page.wait_for_load_state()
