"""Faults that are sown on purpose are found within the same walk that a sound service passes."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.life import mutants, mutants_of_lines
from tests.life.life import Life
from tests.life.sides import Side
from tests.life.sowing import MUTANTS
from tests.life.tour import walk

pytestmark = pytest.mark.slow
# Where they are sown.
FIELDS = (mutants, mutants_of_lines)


@pytest.fixture(scope="module")
def side(databases):
    """One database for all of them; each life begins anew."""
    with databases.migrated("sqlite") as url:
        found = Side(url)
        yield found
        found.close()


@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_sown_fault_is_found(name, side, monkeypatch):
    life = type("Here", (Life,), {"sides": [side], "steps": Counter()})()
    MUTANTS[name](monkeypatch)
    try:
        with pytest.raises(AssertionError):
            walk(life)
            life.at_the_end()
    finally:
        monkeypatch.undo()
        life.clock.stop()
