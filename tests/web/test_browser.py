"""A real Chromium walks the volunteer's way, in three languages, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models import Need, Proposal
from models.proposals import ProposalStatus
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.i18n import LANGUAGES, say
from service.operations.needs import change_need
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.operations.proposing import propose_for
from service.queries.needs import get_need_for_change
from tests.making import (
    actor_for,
    make_account,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)
from tests.web import browsing
from tests.web.browsing import Served, fits, serving, watched
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.browser
WIDTHS = {"phone": 390, "desk": 1280}


@pytest.fixture
def served(databases, password_hash) -> Iterator[Served]:
    with serving(databases) as made:
        for language in LANGUAGES:
            made.emails[language] = add_volunteer(made.sessions, language, password_hash)
        yield made


def add_volunteer(sessions, language, password_hash):
    at = now()
    with unit_of_work(sessions, at=at) as session:
        organisation = make_organisation(session, name=f"Riverside {language}")
        for title, skills in (("Paint the boats", ["first_aid"]), ("Read to children", ["reading_aloud"])):
            make_need(
                session,
                organisation,
                title=f"{title} {language}",
                skills=skills,
                starts_at=at + timedelta(days=9),
                ends_at=at + timedelta(days=9, hours=3),
                language=language,
            )
        account = make_account(
            session, email=f"{language}@example.org", language=language, password_hash=password_hash
        )
        volunteer = make_volunteer(
            session, account_id=account.id, skills=[{"code": "first_aid", "level": None}]
        )
        propose_for(session, actor_for(session, volunteer), volunteer.id, at=at)
        return account.email


def sign_in(page: Page, served: Served, language: str) -> None:
    browsing.sign_in(page, served, served.emails[language], language)
    page.wait_for_url("**/proposals")


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_volunteer_reads_why_accepts_one_and_declines_one(chromium, served, language, width):
    with watched(chromium, served, language, width) as page:
        sign_in(page, served, language)
        own = page.locator("article", has_text=f"Riverside {language}")
        assert own.count() == 2
        assert own.first.get_by_text(say(language, "Why we propose this")).is_visible()
        assert own.first.locator(".reasons .for").count() >= 1
        assert own.locator(".reasons .against").count() >= 1
        assert fits(page)
        first = own.first.get_by_role("heading", level=2).inner_text()
        own.first.get_by_text(say(language, "Add a message")).click()
        own.first.locator("[name=message]").fill("Привіт! 🚣")
        assert fits(page)
        own.first.get_by_role("button", name=say(language, "Accept")).click()
        page.wait_for_url("**/placements")
        assert page.get_by_role("heading", name=first).is_visible()
        assert page.get_by_role("status").is_visible()
        assert fits(page)
        page.get_by_role("link", name=say(language, "Proposals"), exact=True).click()
        own.first.get_by_text(say(language, "Add a reason")).click()
        own.first.locator("select[name=reason]").select_option("too_far")
        own.first.get_by_role("button", name=say(language, "No, thanks")).click()
        page.wait_for_url("**/proposals")
        assert own.count() == 0
        page.get_by_role("link", name=say(language, "What I said no to")).click()
        assert own.count() == 1

    with served.sessions() as session:
        answers = {one.status for one in session.query(Proposal) if one.decided_at is not None}
    assert answers == {ProposalStatus.ACCEPTED, ProposalStatus.DECLINED}


def test_yes_and_no_take_the_same_room(chromium, served):
    with watched(chromium, served, "en", WIDTHS["phone"]) as page:
        sign_in(page, served, "en")
        boxes = [
            page.locator("article").first.get_by_role("button", name=name).bounding_box()
            for name in ("Accept", "No, thanks")
        ]

    yes, no = boxes
    assert yes
    assert no
    assert (yes["width"], yes["height"]) == (no["width"], no["height"])


def test_the_keyboard_alone_signs_in_and_answers(chromium, served):
    with watched(chromium, served, "en", WIDTHS["desk"]) as page:
        page.goto(f"{served.address}/sign-in")
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to the content"
        page.locator("[name=email]").focus()
        page.keyboard.type(served.emails["en"])
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/proposals")
        page.locator("article").first.get_by_role("button", name="No, thanks").focus()
        page.keyboard.press("Enter")
        page.get_by_role("status").wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_the_smallest_screen(chromium, served, language):
    with watched(chromium, served, language, 320) as page:
        for path in ("/", "/sign-in", "/sign-up", "/confirm", "/docs/errors"):
            page.goto(served.address + path)
            assert fits(page), path
        sign_in(page, served, language)
        for path in ("/proposals", "/proposals/declined", "/placements", "/profile"):
            page.goto(served.address + path)
            assert fits(page), path


def test_a_full_need_is_waited_for_and_its_offer_accepted(chromium, served):
    at = now()
    with unit_of_work(served.sessions, at=at) as session:
        (need,) = session.scalars(select(Need).where(Need.title == "Paint the boats uk"))
        holder = make_volunteer(session)
        held = actor_for(session, holder), make_proposal(session, holder, need).id
        accept_proposal(session, *held, at=at)
        need_id = need.id
        change_need(session, WORKER, get_need_for_change(session, WORKER, need_id), {"places": 1}, at=at)
    with watched(chromium, served, "uk", WIDTHS["phone"]) as page:
        sign_in(page, served, "uk")
        mine = page.locator("article", has_text="Paint the boats uk")
        mine.get_by_role("button", name=say("uk", "Join the waitlist")).click()
        page.wait_for_url("**/proposals/waiting")
        assert "1 з 1" in mine.inner_text()
        assert fits(page)
        with unit_of_work(served.sessions, at=now()) as session:
            withdraw_proposal(session, *held, at=session.info["at"])
        page.get_by_role("link", name=say("uk", "Proposals"), exact=True).first.click()
        first = page.locator("article").first
        assert say("uk", "a place is free for you") in first.inner_text()
        assert fits(page)
        first.get_by_role("button", name=say("uk", "Accept"), exact=True).click()
        page.wait_for_url("**/placements")


def test_the_profile_is_saved_from_the_browser(chromium, served):
    with watched(chromium, served, "uk", WIDTHS["phone"]) as page:
        sign_in(page, served, "uk")
        page.goto(f"{served.address}/profile")
        page.locator("[name=interests]").fill("Люблю човни")
        page.get_by_label("Понеділок, ранок").uncheck()
        page.get_by_role("button", name="Зберегти").click()
        page.wait_for_url("**/proposals")
        page.goto(f"{served.address}/profile")
        assert page.locator("[name=interests]").input_value() == "Люблю човни"
        assert not page.get_by_label("Понеділок, ранок").is_checked()


def test_the_page_of_the_api_shows_its_routes(chromium, served):
    with watched(chromium, served, "en", WIDTHS["desk"]) as page:
        page.goto(f"{served.address}/docs")
        page.get_by_text("/v1/accounts/confirm").first.wait_for()
