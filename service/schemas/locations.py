"""Locations: an object outside, three columns inside."""

from __future__ import annotations

from typing import Any, Protocol


class Located(Protocol):
    """A row with a place, or without one."""

    latitude: Any
    longitude: Any
    place: Any


def show_location(row: Located) -> dict[str, Any] | None:
    """Show where a row is; None where nobody said."""
    if row.latitude is None:
        return None
    return {"latitude": row.latitude, "longitude": row.longitude, "place": row.place}


def keep_location(location: dict[str, Any] | None) -> dict[str, Any]:
    """Turn a location as it was sent into the columns that keep it."""
    given = location or {}
    return {name: given.get(name) for name in ("latitude", "longitude", "place")}
