"""Asking how far a place is: a box that is quick to compare, then the great circle, both in SQL.

The great circle is the haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope
68, 1984) on a sphere. Its `a` grows with the distance, so it is compared as it is: the inverse functions,
and with them the rounding that differs between databases, are not needed.
"""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_

# The mean radius of the Earth (IUGG).
EARTH_KM = 6371.0088
# Farther apart than this no two places are.
FARTHEST_KM = 20_100


def within(
    latitude: Any, longitude: Any, centre: tuple[float, float], radius_km: float
) -> ColumnElement[bool]:
    """Make the condition that two columns (degrees) lie at most so far from a centre (latitude, longitude).

    A row without a place is not within anything.
    """
    angle = min(radius_km / EARTH_KM, math.pi)
    half_chord = math.sin(angle / 2) ** 2
    return and_(
        _in_box(latitude, longitude, centre, angle), _haversine(latitude, longitude, centre) <= half_chord
    )


def _haversine(latitude: Any, longitude: Any, centre: tuple[float, float]) -> Any:
    up = func.sin(func.radians(latitude - centre[0]) / 2)
    along = func.sin(func.radians(longitude - centre[1]) / 2)
    return up * up + math.cos(math.radians(centre[0])) * func.cos(func.radians(latitude)) * along * along


def _in_box(latitude: Any, longitude: Any, centre: tuple[float, float], angle: float) -> ColumnElement[bool]:
    north, degrees = centre[0], math.degrees(angle)
    # A hair wider than the circle, so that rounding never cuts off its edge.
    south_end, north_end = north - degrees - 1e-6, north + degrees + 1e-6
    box = latitude.between(south_end, north_end)
    if south_end <= -90 or north_end >= 90:  # noqa: PLR2004 a pole is inside: every meridian comes by
        return and_(box, longitude.is_not(None))
    # The meridians that touch the circle: sin(width) = sin(radius) / cos(latitude of the centre).
    wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(north))))) + 1e-6
    west, east = centre[1] - wide, centre[1] + wide
    ways = [longitude.between(west, east)]
    if west < -180:  # noqa: PLR2004 beyond the date line
        ways.append(longitude >= west + 360)
    if east > 180:  # noqa: PLR2004
        ways.append(longitude <= east - 360)
    return and_(box, or_(*ways))
