"""A volunteer and a coordinator walk, each in a Chromium, what lies between a proposal and a decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from models import Invitation
from service.access.actors import WORKER
from service.db import now, unit_of_work
from service.i18n import LANGUAGES, say
from service.operations.invitations import deliver_invitation
from service.operations.proposals import accept_proposal, withdraw_proposal
from service.operations.proposing import propose_for
from tests.making import (
    actor_for,
    make_account,
    make_coordinator,
    make_need,
    make_organisation,
    make_proposal,
    make_volunteer,
)
from tests.web.browsing import DESK, PHONE, Served, look, serving, sign_in, watched

pytestmark = pytest.mark.browser
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture(scope="module")
def served(databases, password_hash) -> Iterator[Served]:
    with serving(databases) as made:
        for language in LANGUAGES:
            add_people(made, language, password_hash)
        yield made


def add_people(served, language, password_hash):
    """Add a volunteer with a proposal and a past placement, and the coordinator of both."""
    at, known = now(), {"language": language, "password_hash": password_hash}
    with unit_of_work(served.sessions, at=at) as session:
        organisation = make_organisation(session, name=f"Riverside {language}")
        when = {"starts_at": at + timedelta(days=9), "ends_at": at + timedelta(days=9, hours=3)}
        make_need(session, organisation, title=f"Paint the boats {language}", language=language, **when)
        account = make_account(session, email=f"v-{language}@example.org", **known)
        volunteer = make_volunteer(session, account_id=account.id, languages=[])
        actor = actor_for(session, volunteer)
        past = make_need(session, organisation, title=f"Read to children {language}", language=language)
        proposal = make_proposal(session, volunteer, past)
        accept_proposal(session, actor, proposal.id, at=at)
        withdraw_proposal(session, actor, proposal.id, at=at)
        make_coordinator(session, organisation, email=f"c-{language}@example.org", **known)
    with unit_of_work(served.sessions, at=at) as session:
        propose_for(session, WORKER, volunteer.id, at=at)


class Walker:
    """One person before one browser, in one language."""

    def __init__(self, page: Page, served: Served, language: str, who: str) -> None:
        self.page, self.served, self.language, self.who = page, served, language, who
        sign_in(page, served, f"{who}-{language}@example.org", language)

    def say(self, text: str, **values: object) -> str:
        return say(self.language, text, **values)

    def go(self, path: str) -> None:
        self.page.goto(self.served.address + path)

    def look(self, name: str) -> None:
        look(self.page, f"{self.who}-{name}-{self.language}")

    def press(self, text: str, within: str = "main") -> None:
        # The label alone: what is read to those who do not see it stands behind.
        self.page.locator(within).get_by_role("button", name=self.say(text)).first.click()
        self.page.wait_for_load_state()

    def follow(self, text: str) -> None:
        self.page.locator("main a", has_text=self.say(text)).first.click()
        self.page.wait_for_load_state()

    def sees(self, text: str, **values: object) -> bool:
        return self.page.get_by_text(self.say(text, **values)).first.is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_get_to_know_each_other_are_told_of_it_and_choose_what_they_are_told(
    chromium, served, language
):
    with (
        watched(chromium, served, language, PHONE) as one,
        watched(chromium, served, language, DESK) as two,
    ):
        volunteer = Walker(one, served, language, "v")
        coordinator = Walker(two, served, language, "c")
        ask_and_answer(volunteer, coordinator)
        write(volunteer, coordinator)
        be_told(volunteer, coordinator)
        invite(volunteer, coordinator)
        subscribe(volunteer)


def ask_and_answer(volunteer: Walker, coordinator: Walker) -> None:
    coordinator.go("/organisation/questions")
    coordinator.look("questions-none")
    begin = (now() + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    coordinator.page.locator("[name=starts_at]").fill(begin)
    coordinator.page.locator("[name=place]").fill("The white door")
    coordinator.press("Offer this time")
    assert coordinator.page.get_by_role("status").is_visible()

    volunteer.go("/proposals")
    volunteer.look("proposals")
    own = volunteer.page.locator("article", has_text=f"Riverside {volunteer.language}")
    own.locator("a", has_text=volunteer.say("Get to know them")).click()
    volunteer.look("introductions")
    volunteer.page.locator("[name=text]").fill(f"Is there a bus? 🚌 {LONG}")
    volunteer.press("Ask")
    assert volunteer.sees("waits for an answer")
    volunteer.press("Take this time")
    assert volunteer.sees("booked")
    volunteer.look("introductions-asked")

    coordinator.go("/organisation/questions")
    coordinator.look("questions")
    coordinator.page.locator("textarea[name=text]").first.fill("Line 5 stops at the door.")
    coordinator.press("Answer")
    coordinator.press("Cancel")
    coordinator.go("/organisation/questions")
    assert coordinator.sees("Nobody waits.")
    volunteer.go(volunteer.page.url.removeprefix(volunteer.served.address))
    assert volunteer.page.get_by_text("Line 5 stops at the door.").is_visible()
    volunteer.look("introductions-answered")


def write(volunteer: Walker, coordinator: Walker) -> None:
    volunteer.follow("Write a message")
    volunteer.look("message-none")
    volunteer.page.locator("[name=text]").fill(f"When do we begin?\n{LONG}")
    volunteer.press("Send")
    coordinator.go("/messages")
    coordinator.look("messages")
    coordinator.page.locator("article a").first.click()
    coordinator.page.locator("[name=text]").fill("At nine, by the white door.")
    coordinator.press("Send")
    coordinator.look("conversation")
    volunteer.go("/messages")
    volunteer.look("messages")
    volunteer.page.locator("article a").first.click()
    volunteer.press("Mark as read")
    assert volunteer.page.get_by_text("At nine, by the white door.").is_visible()
    volunteer.look("conversation")


def be_told(volunteer: Walker, coordinator: Walker) -> None:
    for one in (volunteer, coordinator):
        one.go("/notices")
        assert one.page.locator(".notice.new").count() >= 2
        one.look("notices")
        one.press("Open")
        one.go("/notices")
        one.press("Mark all as read")
        assert one.page.locator(".notice.new").count() == 0
        one.look("notices-read")
        one.follow("Choose what you are told by mail")
        one.look("settings")
        one.page.locator("[name=message_received]").select_option("daily")
        one.page.locator("[name=quiet_from]").fill("22:00")
        one.press("Save")
        assert one.page.locator("#error-quiet_until").is_visible()
        one.look("settings-refused")
        one.page.locator("[name=quiet_until]").fill("07:30")
        one.press("Save")
        assert one.page.get_by_role("status").is_visible()
        assert one.page.locator("[name=message_received]").input_value() == "daily"
        assert one.page.locator("[name=quiet_until]").input_value() == "07:30"


def invite(volunteer: Walker, coordinator: Walker) -> None:
    coordinator.go("/organisation")
    coordinator.page.get_by_role("link", name=f"Paint the boats {coordinator.language}").click()
    coordinator.look("need")
    coordinator.follow("Invite volunteers")
    coordinator.look("invite")
    coordinator.page.locator("article").get_by_role("button").first.click()
    assert coordinator.page.get_by_role("status").is_visible()
    coordinator.look("invited")
    at = now()
    with unit_of_work(volunteer.served.sessions, at=at) as session:
        for one in session.scalars(select(Invitation.id)).all():
            deliver_invitation(session, WORKER, one, at=at)
    volunteer.go("/proposals")
    assert volunteer.sees("this organisation invited you")
    volunteer.follow("Invitations")
    volunteer.press("Make a code")
    assert volunteer.page.locator("input[readonly]").is_visible()
    volunteer.look("invitations")


def subscribe(volunteer: Walker) -> None:
    volunteer.go("/placements")
    volunteer.look("placements")
    volunteer.follow("Put my placements into my calendar")
    volunteer.look("calendar")
    volunteer.press("Make an address")
    assert "calendar.ics?key=" in volunteer.page.locator("input[readonly]").input_value()
    volunteer.look("calendar-address")
    volunteer.press("End it")
    assert volunteer.page.get_by_role("status").is_visible()
