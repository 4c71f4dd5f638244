"""A real Chromium walks from an acceptance to a checked record: hours, correction, completion, feedback."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import Feedback, Hours
from service.db import now, unit_of_work
from service.i18n import say
from service.operations.proposals import accept_proposal
from tests.making import (
    actor_for,
    make_account,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)
from tests.web.browsing import DESK, PHONE, look, serving, sign_in, watched

pytestmark = pytest.mark.browser
SPEAKS = "ru"


def test_hours_are_given_confirmed_and_stand_in_a_record(chromium, databases, password_hash):
    at = now()
    with serving(databases) as served:
        with unit_of_work(served.sessions, at=at) as session:
            organisation, people = make_organisation(session), {"language": SPEAKS}
            people["password_hash"] = password_hash
            make_coordinator(session, organisation, email="c@example.org", **people)
            account = make_account(session, email="v@example.org", **people)
            volunteer = make_volunteer(session, account_id=account.id, name="Тимур Лазаренко")
            need = make_need(session, organisation, title="Сварить суп")
            proposal = make_proposal(session, volunteer, need)
            placement = accept_proposal(session, actor_for(session, volunteer), proposal.id, at=at)
            need_id, mine = need.id, f"{served.address}/placements/{placement.id}"

        with (
            watched(chromium, served, SPEAKS, PHONE) as page,
            watched(chromium, served, SPEAKS, DESK) as desk,
        ):
            sign_in(page, served, "v@example.org", SPEAKS)
            sign_in(desk, served, "c@example.org", SPEAKS)
            enter(page, f"{mine}/hours", at)
            confirm_one_and_correct_the_other(desk, served)
            page.goto(f"{served.address}/hours")
            look(page, "hours-corrected")
            press(page, "That is right")
            complete(desk, served, need_id)
            give_feedback(page, f"{mine}/feedback", "4")
            give_feedback(desk, f"{mine}/feedback", "5")
            page.goto(f"{mine}/feedback")
            look(page, "feedback-open")
            check_the_record(page, desk, served)
        with served.sessions() as session:
            assert sorted(one.counted_minutes for one in session.scalars(select(Hours))) == [60, 150]
            assert sorted(session.scalars(select(Feedback.rating))) == [4, 5]


def press(page, words):
    page.locator("main").get_by_role("button", name=say(SPEAKS, words), exact=True).first.click()
    page.get_by_role("status").wait_for()


def enter(page, path, at):
    for days, long in ((1, "2"), (2, "")):
        page.goto(path)
        page.locator("[name=date]").fill((at - timedelta(days=days)).strftime("%Y-%m-%d"))
        if long:
            page.locator("[name=whole_hours]").fill(long)
            page.locator("[name=odd_minutes]").fill("30")
        else:
            page.get_by_text(say(SPEAKS, "Or from when to when")).click()
            page.locator("[name=starts]").fill("23:30")
            page.locator("[name=ends]").fill("01:00")
        look(page, f"hours-form-{days}")
        press(page, "Enter")
    assert page.locator("article").count() == 2
    look(page, "hours-entered")


def confirm_one_and_correct_the_other(desk, served):
    desk.goto(f"{served.address}/organisation/hours")
    assert desk.locator("article").count() == 2
    look(desk, "hours-wait")
    desk.get_by_role("checkbox").first.uncheck()
    press(desk, "Confirm what is ticked")
    desk.get_by_text(say(SPEAKS, "It was otherwise")).click()
    desk.locator("[name=whole_hours]").fill("1")
    desk.locator("[name=odd_minutes]").fill("0")
    desk.locator("[name=reason]").fill("Мы закрылись раньше")
    look(desk, "hours-corrected-form")
    press(desk, "Correct")


def complete(desk, served, need_id):
    desk.goto(f"{served.address}/needs/{need_id}/placements")
    desk.locator("summary", has_text=say(SPEAKS, "Completed")).click()
    desk.locator("[name=thanks]").fill("Спасибо за суп!")
    look(desk, "completing")
    press(desk, "Completed")
    assert desk.get_by_text("Тимур").count() == 0
    look(desk, "completed")


def give_feedback(page, path, rating):
    page.goto(path)
    page.locator("[name=rating]").select_option(rating)
    page.locator("[name=text]").fill("Было хорошо")
    look(page, f"feedback-{rating}")
    press(page, "Save")


def check_the_record(page, desk, served):
    page.goto(f"{served.address}/records")
    press(page, "Issue a record")
    look(page, "record-issued")
    code = page.locator("code").inner_text()
    with page.expect_download() as download:
        page.locator("a[href$='.pdf']").click()
    assert download.value.suggested_filename.endswith(".pdf")
    desk.goto(f"{served.address}/record")
    look(desk, "record-asked")
    desk.locator("[name=code]").fill(code.lower())
    desk.locator("main").get_by_role("button").click()
    desk.get_by_role("heading", name="Тимур Лазаренко").wait_for()
    look(desk, "record-checked")
    press(page, "Revoke")
    desk.reload()
    assert desk.get_by_text("Тимур").count() == 0
