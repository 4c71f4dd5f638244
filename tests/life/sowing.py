"""The faults that are sown, each under its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Sow = Callable[[Any], None]
MUTANTS: dict[str, Sow] = {}


def mutant(sow: Sow) -> Sow:
    """Keep a fault under its name."""
    MUTANTS[sow.__name__] = sow
    return sow
