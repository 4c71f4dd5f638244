"""Distances in SQL: the same rows as the great circle reckoned in Python, on both databases."""

import math
import random

import pytest
from sqlalchemy import Float, literal, select, union_all

from service.queries.distances import EARTH_KM, within

CENTRES = [
    (49.2331, 28.4682),
    (40.7128, -74.006),
    (0.0, 0.0),
    (0.0, 179.9),  # the circle lies over the date line
    (-17.7, -179.99),
    (89.5, 10.0),  # a pole is inside
    (-90.0, 0.0),
    (69.9, 180.0),
]


def kilometres(one, other):
    """By the spherical law of cosines in its vector form: another way than the one under test."""

    def vector(point):
        latitude, longitude = map(math.radians, point)
        return (
            math.cos(latitude) * math.cos(longitude),
            math.cos(latitude) * math.sin(longitude),
            math.sin(latitude),
        )

    a, b = vector(one), vector(other)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return EARTH_KM * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


def points_around(centre, chance):
    """Half of them near, half of them anywhere."""
    near = [(centre[0] + chance.gauss(0, 0.3), centre[1] + chance.gauss(0, 0.6)) for _ in range(200)]
    far = [(math.degrees(math.asin(chance.uniform(-1, 1))), chance.uniform(-180, 180)) for _ in range(200)]
    turned = [(max(-90.0, min(90.0, up)), (along + 180) % 360 - 180) for up, along in near]
    return [*turned, *far, centre]


def find(session, points, centre, radius_km):
    """Give the numbers of the points that the database finds within."""
    rows = (
        select(
            literal(n).label("n"), literal(one[0], Float).label("up"), literal(one[1], Float).label("along")
        )
        for n, one in enumerate(points)
    )
    table = union_all(*rows).subquery()
    return set(session.scalars(select(table.c.n).where(within(table.c.up, table.c.along, centre, radius_km))))


@pytest.mark.parametrize("radius_km", [0.0, 5.0, 60.0, 3000.0, 12_000.0, 20_100.0])
@pytest.mark.parametrize("centre", CENTRES)
def test_what_lies_within_is_what_the_great_circle_says(session, centre, radius_km):
    points = points_around(centre, random.Random(7))

    found = find(session, points, centre, radius_km)

    # What lies on the very edge may be reckoned either way: a tenth of a metre.
    sure = {n for n, one in enumerate(points) if kilometres(centre, one) < radius_km - 1e-4}
    maybe = {n for n, one in enumerate(points) if kilometres(centre, one) < radius_km + 1e-4}
    assert sure <= found <= maybe
    assert len(points) - 1 in found or radius_km == 0


def test_a_row_without_a_place_is_not_within_anything(session):
    for centre in ((0.0, 0.0), (90.0, 0.0)):
        assert find(session, [(1.0, None), (None, 1.0)], centre, 20_100.0) == set()
