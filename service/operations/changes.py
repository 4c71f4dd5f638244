"""Changing a row only where it differs, so that doing the same again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Saved = Literal["added", "updated", "unchanged"]


def set_columns(row: object, values: Mapping[str, Any]) -> list[str]:
    """Set the attributes whose values differ; give their names, sorted."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    return changed


def without_repeats(codes: list[str]) -> list[str]:
    """Give a list of codes with each of them once, in the order given."""
    return list(dict.fromkeys(codes))
