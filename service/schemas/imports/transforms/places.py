"""Where something is: coordinates from columns or out of a text, or those of a place the mapping knows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from service.schemas.imports.transforms.cells import folded
from service.schemas.imports.transforms.numbers import read_number
from service.schemas.imports.transforms.texts import tidy

if TYPE_CHECKING:
    from service.schemas.imports.transforms.cells import Cells, Note

PAIR = re.compile(r"\(\s*([+-]?\d{1,3}\.\d+)\s*,\s*([+-]?\d{1,3}\.\d+)\s*\)")
KM_PER_DEGREE = 111.2


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place that a mapping knows: degrees WGS 84, and the name it is shown by."""

    latitude: float
    longitude: float
    place: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Places by what stands in a column: the whole text, its beginning, or anywhere in it (`match`)."""

    column: str
    places: dict[str, Spot]
    match: Literal["whole", "start", "part"] = "whole"

    def find(self, cells: Cells, note: Note) -> Spot | None:
        """Look the row's place up."""
        text = folded(cells.text((self.column,), note) or "")
        for key, spot in self.places.items():
            if text and _matches(self.match, text, folded(key)):
                return spot
        return None


@dataclass(frozen=True, kw_only=True)
class Location:
    """{latitude, longitude, place?}, by the first way that leads somewhere.

    1. `latitude` and `longitude` columns; 2. `(lat, lon)` within the text of `inside`; 3. an object in
    `column` (JSON Lines); 4. the tables in `otherwise`, with the warning `approximate_location`; else the
    warning `no_coordinates`. `place` columns name it; without them the rest of `inside` does. Coordinates
    more than `within_km` from where `check` knows the place are kept, with a warning.
    """

    latitude: str = ""
    longitude: str = ""
    inside: str = ""
    column: str = ""
    place: tuple[str, ...] = ()
    otherwise: tuple[Table, ...] = ()
    check: Table | None = None
    within_km: float = 50.0
    shapes: ClassVar[frozenset[str]] = frozenset({"location"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        known = (self.latitude, self.longitude, self.inside, self.column, *self.place)
        tables = (*self.otherwise, *((self.check,) if self.check else ()))
        return tuple(name for name in (*known, *(table.column for table in tables)) if name)

    def read(self, cells: Cells, note: Note) -> dict[str, Any] | None:
        """Give the location."""
        point = self._point(cells, note)
        if point is None:
            return self._known_place(cells, note)
        self._compare(point, cells, note)
        place = self._place(cells, note)
        return {"latitude": point[0], "longitude": point[1], **({"place": place} if place else {})}

    def _point(self, cells: Cells, note: Note) -> tuple[float, float] | None:
        texts = [cells.text((name,), note) if name else None for name in (self.latitude, self.longitude)]
        if any(texts):
            return _read_point(texts[0] or "", texts[1] or "", note)
        inside = PAIR.search(cells.text((self.inside,), note) or "") if self.inside else None
        if inside:
            return _read_point(inside[1], inside[2], note)
        found = cells.first((self.column,)) if self.column else None
        if found and isinstance(found[1], dict):
            return _read_point(str(found[1].get("latitude")), str(found[1].get("longitude")), note)
        if found:
            note("not_coordinates", fatal=False, value=found[1])
        return None

    def _place(self, cells: Cells, note: Note) -> str | None:
        names = [cells.text((name,), note) for name in self.place]
        if not any(names) and self.inside:
            names = [PAIR.sub("", cells.text((self.inside,), note) or "")]
        found = cells.first((self.column,)) if self.column else None
        if not any(names) and found and isinstance(found[1], dict):
            names = [str(found[1].get("place") or "")]
        lines = [line for name in names if name for line in tidy(name, note).splitlines()]
        return ", ".join(line for line in lines if line) or None

    def _known_place(self, cells: Cells, note: Note) -> dict[str, Any] | None:
        for table in self.otherwise:
            spot = table.find(cells, note)
            if spot:
                note("approximate_location", fatal=False, place=spot.place)
                return {"latitude": spot.latitude, "longitude": spot.longitude, "place": spot.place}
        note("no_coordinates", fatal=False)
        return None

    def _compare(self, point: tuple[float, float], cells: Cells, note: Note) -> None:
        spot = self.check.find(cells, note) if self.check else None
        if spot is None:
            return
        away = rough_km(point, (spot.latitude, spot.longitude))
        if away > self.within_km:
            note("far_from_place", fatal=False, km=round(away), place=spot.place)


def rough_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Tell the distance on a flat map, right within a few per cent below 500 km, to see a wrong town."""
    middle = math.radians((here[0] + there[0]) / 2)
    across = abs(here[1] - there[1])
    east = min(across, 360 - across) * math.cos(middle)
    return KM_PER_DEGREE * math.hypot(here[0] - there[0], east)


def _read_point(latitude: str, longitude: str, note: Note) -> tuple[float, float] | None:
    point = read_number(latitude), read_number(longitude)
    north, east = point
    # 0, 0 lies in the sea off Ghana; in files it means that nobody filled it in.
    if north is None or east is None or abs(north) > 90 or abs(east) > 180 or north == east == 0:  # noqa: PLR2004 the globe
        note("not_coordinates", fatal=False, value=f"{latitude}, {longitude}")
        return None
    return north, east


def _matches(way: str, text: str, key: str) -> bool:
    if way == "start":
        return text.startswith(key)
    return text == key if way == "whole" else key in text
