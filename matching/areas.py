"""Where a need can be reached from, as one number by which rows are put in order.

Remote needs come first; then those of an unknown place; then bands of latitude from south to north, and
within each the needs from west to east. All needs near a place are then a few runs of rows: those of the
bands that the circle touches, between its westernmost and its easternmost meridian. What lies in the runs
is measured exactly afterwards (`matching.eligibility`); nothing near lies outside them.
"""

from __future__ import annotations

import math

import numpy as np

from matching.arrays import Array
from matching.distances import EARTH_KM
from matching.profiles import REMOTE, Opening

#: The areas of what is remote, and of what lies nobody knows where.
EVERYWHERE, NOWHERE = -2.0, -1.0
#: The height of a band, and of how many the longest runs are told apart.
_BAND_DEGREES, _MOST_BANDS = 0.1, 64
_FULL = 360.0  # degrees
#: A band's areas begin at its number times this: more than there are degrees.
_BAND_WIDTH = 512.0
#: Some hundred metres, so that rounding leaves out nothing.
_LEEWAY_DEGREES = 1e-3

Run = tuple[int, int]


def area_of(opening: Opening) -> float:
    """Give the area of an opening."""
    if opening.location_type == REMOTE:
        return EVERYWHERE
    if opening.latitude is None or opening.longitude is None:
        return NOWHERE
    return _band(opening.latitude) * _BAND_WIDTH + (opening.longitude + _FULL / 2) % _FULL


def _band(latitude: float) -> int:
    return math.floor((latitude + 90) / _BAND_DEGREES)


def runs_near(areas: Array, latitude: float, longitude: float, radius_km: float) -> list[Run]:
    """Give the runs of sorted areas that hold all that is remote or within the radius; they rise."""
    remote = (0, int(np.searchsorted(areas, EVERYWHERE, side="right")))
    angle = math.degrees(max(radius_km, 0.0) / EARTH_KM) + _LEEWAY_DEGREES
    south, north = _band(max(latitude - angle, -90.0)), _band(min(latitude + angle, 90.0))
    bands = np.arange(south, north + 1) * _BAND_WIDTH
    spans = _meridians(latitude, longitude, angle)
    if spans is None or len(bands) > _MOST_BANDS:
        bands, spans = bands[:1], [(0.0, bands[-1] - bands[0] + _FULL)]
    begins = np.add.outer(bands, [west for west, _ in spans]).ravel()
    ends = np.add.outer(bands, [east for _, east in spans]).ravel()
    found = zip(
        np.searchsorted(areas, begins, side="left").tolist(),
        np.searchsorted(areas, ends, side="right").tolist(),
        strict=True,
    )
    return [run for run in (remote, *found) if run[0] < run[1]]


def _meridians(latitude: float, longitude: float, angle: float) -> list[tuple[float, float]] | None:
    """Give the spans of longitude, from 0 to 360 degrees, that a circle touches; None is all of them.

    Half the span is arcsin(sin(angle) / cos(latitude)), where no pole lies within the circle.
    """
    if abs(latitude) + angle >= 90 - _LEEWAY_DEGREES:
        return None
    half = math.degrees(math.asin(math.sin(math.radians(angle)) / math.cos(math.radians(latitude))))
    west = (longitude + _FULL / 2 - half - _LEEWAY_DEGREES) % _FULL
    east = west + 2 * (half + _LEEWAY_DEGREES)
    return [(west, east)] if east <= _FULL else [(0.0, east - _FULL), (west, _FULL)]
