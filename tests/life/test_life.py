"""Whatever happens in whatever order, the invariants hold, and both databases answer alike (I-44)."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.databases import KINDS
from tests.life.life import Life
from tests.life.sides import Side
from tests.life.tour import walk
from tests.postgres import NoPostgresError

STEPS = int(os.environ.get("HALFWAY_TESTS_LIFE_STEPS", "10000"))
STEPS_OF_A_LIFE = 200
# So that several processes share them.
PARTS = 5

# What must have happened often enough in all lives together.
DONE = (
    *("accept_proposal", "decline_proposal", "snooze_proposal", "reconsider_proposal", "withdraw_proposal"),
    *("choose_need", "refresh_proposals", "confirm_placement", "release_placement", "ask_introduction"),
    *("create_need", "publish_need", "close_need", "cancel_need", "change", "verify_organisation"),
    "erase_volunteer",
)

pytestmark = pytest.mark.slow


@pytest.fixture
def sides(databases, request):
    """Open both databases side by side, or those that there are."""
    wanted = request.config.getoption("--database") or KINDS
    with ExitStack() as stack:
        found = []
        for kind in KINDS:
            if kind in wanted:
                try:
                    found.append(Side(stack.enter_context(databases.migrated(kind))))
                except NoPostgresError:
                    if os.environ.get("HALFWAY_TESTS_REQUIRE_POSTGRES") == "1":
                        raise
        yield found
        for one in found:
            one.close()


def life_on(found):
    """Make the class of lives on these databases."""
    return type("Here", (Life,), {"sides": found, "steps": Counter()})


def test_a_walk_through_a_whole_life(sides):
    life = life_on(sides)()
    try:
        walk(life)
    finally:
        life.teardown()


@pytest.mark.parametrize("part", range(PARTS))
def test_the_invariants_hold_whatever_happens(sides, part):
    here = life_on(sides)
    if "CI" in os.environ:
        # There every run draws the same; each part something else.
        here = seed(part)(here)

    run_state_machine_as_test(
        here,
        settings=settings(
            max_examples=max(1, STEPS // PARTS // STEPS_OF_A_LIFE),
            stateful_step_count=STEPS_OF_A_LIFE,
            deadline=None,
            # A failing history is told whole: shortening it costs minutes on a real database.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    seldom = [name for name in DONE if not here.steps[f"{name}: done"]]
    assert STEPS < 10_000 or len(seldom) < 3, f"lives in which nothing happens prove nothing: {seldom}"
