"""Distances on the globe, by the straight line through it: exact, and without trigonometry per row.

The haversine formula and the chord are one: ``hav(d / R) = (chord / 2R)²``. A point is kept as its
three coordinates on the unit sphere, so the squared chord is three subtractions and a sum, and
comparing it with the squared chord of the radius is comparing great-circle distances. The Earth is
a sphere of 6,371.0088 km (the mean radius of the WGS 84 ellipsoid): at most 0.56 % off.
"""

from __future__ import annotations

import math

import numpy as np

from matching.arrays import Floats

EARTH_KM = 6371.0088


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    """Put a point, in degrees, on the unit sphere."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def place_of(latitude: float | None, longitude: float | None) -> tuple[float, float, float]:
    """Put a point on the unit sphere; NaN where nobody said where it is."""
    if latitude is None or longitude is None:
        return math.nan, math.nan, math.nan
    return unit_vector(latitude, longitude)


def squared_chord(radius_km: float) -> float:
    """Give the squared chord, on the unit sphere, of a great-circle distance."""
    half_angle = min(max(radius_km, 0.0) / (2 * EARTH_KM), math.pi / 2)
    return 4 * math.sin(half_angle) ** 2


def squared_chords(x: Floats, y: Floats, z: Floats, latitude: float, longitude: float) -> Floats:
    """Give the squared chord from each point to one place; NaN stays NaN."""
    place = unit_vector(latitude, longitude)
    chords: Floats = (x - place[0]) ** 2
    chords += (y - place[1]) ** 2
    chords += (z - place[2]) ** 2
    return chords


def kilometres(squared: Floats) -> Floats:
    """Turn squared chords into great-circle kilometres."""
    half: Floats = np.minimum(np.sqrt(squared) / 2, 1.0)
    return 2 * EARTH_KM * np.arcsin(half)
