"""Advice on the pages: beside the need, for its coordinator, with bars that can be read aloud."""

from __future__ import annotations

import re

import pytest

from models.needs import NeedStatus
from tests.making import make_centre, make_coordinator, make_need, make_organisation, make_volunteer


@pytest.fixture
def centre(session):
    centre = make_centre(session)
    for number in range(60):
        slots = 1 if number < 30 else 2
        make_volunteer(session, centre, account_id=None, name="Solomiia", slots=slots)
    return centre


@pytest.fixture
def organisation(session, centre):
    return make_organisation(session, centre)


@pytest.fixture
def browser(session, visit, organisation):
    return visit(make_coordinator(session, organisation))


def test_the_page_of_a_need_says_what_would_reach_more_people(session, browser, organisation):
    need = make_need(session, organisation, slots=1)
    page = browser.get(f"/needs/{need.id}/placements").text

    assert "How to find more people" in page
    reach = int(re.search(r"it reaches at least (\d+) volunteers", page)[1])
    more = int(re.search(r"on Monday afternoon, too\? That would reach at least (\d+) more", page)[1])
    assert f'role="img" aria-label="at least {reach} now, {more} more"' in page
    assert "Solomiia" not in page


def test_bars_show_one_scale_and_stay_within_it(session, browser, organisation):
    need = make_need(session, organisation, slots=1, location_type="onsite")
    page = browser.get(f"/needs/{need.id}/placements").text
    bars = re.findall(r'class="now" width="([\d.]+)".*?\n.*?class="more" x="([\d.]+)" width="([\d.]+)"', page)

    assert bars
    assert len({now for now, _, _ in bars}) == 1
    assert all(now == x and float(x) + float(more) <= 100.1 for now, x, more in bars)


def test_where_only_few_are_reached_the_bar_says_so(session, browser, organisation):
    need = make_need(session, organisation, slots=1 << 20)
    page = browser.get(f"/needs/{need.id}/placements").text

    assert "it reaches only a few volunteers" in page
    assert 'aria-label="few now, at least ' in page


def test_nothing_is_advised_on_what_is_closed(session, browser, organisation):
    need = make_need(session, organisation, status=NeedStatus.CLOSED)

    assert "How to find more people" not in browser.get(f"/needs/{need.id}/placements").text


def test_the_list_of_needs_leads_there(session, browser, organisation):
    need, full = make_need(session, organisation), make_need(session, organisation, status=NeedStatus.CLOSED)
    page = browser.get("/organisation").text

    assert f'href="/needs/{need.id}/placements#advice"' in page
    assert f'href="/needs/{full.id}/placements#advice"' not in page


@pytest.mark.parametrize(
    ("language", "words"), [("uk", "Як знайти більше людей"), ("ru", "Как найти больше людей")]
)
def test_it_is_said_in_the_coordinators_language(session, visit, organisation, language, words):
    need = make_need(session, organisation, slots=1)
    page = visit(make_coordinator(session, organisation, language=language)).get(
        f"/needs/{need.id}/placements"
    )

    assert words in page.text
