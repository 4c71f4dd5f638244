"""Rows in order of their areas: whatever is near lies in the runs, everywhere on the globe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.areas import runs_near
from matching.distances import kilometres, squared_chords, unit_vector
from matching.index import Index
from matching.made_up import AT, openings, people

POINTS = 3000


def globe():
    """Points everywhere, more of them at the poles, the equator and the date line."""
    chance = np.random.default_rng(5)
    latitudes = np.concatenate(
        [chance.uniform(-90, 90, POINTS), chance.choice([-90, -89.95, 0, 89.95, 90], 500)]
    )
    longitudes = np.concatenate(
        [chance.uniform(-180, 180, POINTS), chance.choice([-180, -179.9, 0, 180], 500)]
    )
    return latitudes, longitudes


LATITUDES, LONGITUDES = globe()
AREAS = np.floor((LATITUDES + 90) / 0.1) * 512 + (LONGITUDES + 180) % 360
ORDER = np.argsort(AREAS)
VECTORS = np.array([unit_vector(*point) for point in zip(LATITUDES, LONGITUDES, strict=True)])[ORDER]


@given(
    st.floats(-90, 90) | st.sampled_from([-90.0, 90.0, 0.0]),
    st.floats(-180, 180) | st.sampled_from([-180.0, 180.0]),
    st.sampled_from([0.0, 1.0, 50.0, 400.0, 5000.0, 15000.0, 30000.0]),
)
def test_all_that_is_within_the_radius_lies_in_the_runs(latitude, longitude, radius_km):
    runs = runs_near(AREAS[ORDER], latitude, longitude, radius_km)
    inside = np.zeros(len(AREAS), int)
    for begins, ends in runs:
        inside[begins:ends] += 1
    x, y, z = VECTORS.T
    distances = kilometres(squared_chords(x, y, z, latitude, longitude))

    assert inside.max() <= 1, "no row is looked at twice"
    assert inside[distances <= radius_km].all()


def test_only_a_small_part_is_looked_at_for_a_small_radius():
    index = Index.build(openings(3000, seed=8))
    person = replace(next(people(1, seed=8)), radius_km=10.0)
    runs = runs_near(index.rows["area"], person.latitude, person.longitude, person.radius_km)
    onsite = sum(ends - begins for begins, ends in runs[1:])

    assert index.rows.arranged == 3000
    assert onsite < 1000
    assert (
        index.eligible_rows(person, at=AT).tolist() == np.flatnonzero(index.eligible(person, at=AT)).tolist()
    )
