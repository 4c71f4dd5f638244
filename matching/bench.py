"""How fast the ranking is: one volunteer against many made-up needs, beside one pass in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter, thread_time

import numpy as np

from matching.index import Index
from matching.made_up import AT, openings, people
from matching.ranking import rank

_SEED = 20260302


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run measured; times in milliseconds unless they say otherwise.

    `pass_ms` is one pass at memory's pace over the same columns (a maximum of each), the least
    that looking at every need can cost; `ratio` is the median against it. `eligible` is the mean
    number of needs that passed the hard rules. What this does not show: real texts, which are
    longer, and the time in the database and in HTTP.
    """

    needs: int
    people: int
    build_seconds: float
    median_ms: float
    median_cpu_ms: float
    p99_ms: float
    put_ms: float
    search_ms: float
    pass_ms: float
    ratio: float
    eligible: float
    megabytes: float


def measure(needs: int, volunteers: int = 200, *, seed: int = _SEED) -> Measured:
    """Build an index of so many made-up needs and rank them for so many made-up volunteers."""
    all_openings = list(openings(needs + 100, seed=seed))
    persons = list(people(volunteers + 10, seed=seed))
    began = perf_counter()
    index = Index.build(all_openings[:needs])
    build_seconds = perf_counter() - began
    for person in persons[:10]:  # what is read once is read before measuring
        rank(person, index, at=AT)
    ranked = [_milliseconds(partial(rank, person, index, at=AT)) for person in persons[10:]]
    times, own_times = zip(*ranked, strict=True)
    searches = [_milliseconds(partial(index.search, p.interests, limit=20))[0] for p in persons[10:]]
    passes = [_milliseconds(partial(_one_pass, index))[0] for _ in range(20)]
    eligible = [np.count_nonzero(index.eligible(person, at=AT)) for person in persons[10:]]
    megabytes = index.nbytes / 1e6
    puts = [_milliseconds(partial(index.put, opening))[0] for opening in all_openings[needs:]]
    return Measured(
        needs=needs,
        people=volunteers,
        build_seconds=build_seconds,
        median_ms=float(np.median(times)),
        median_cpu_ms=float(np.median(own_times)),
        p99_ms=float(np.percentile(times, 99)),
        put_ms=float(np.median(puts)),
        search_ms=float(np.median(searches)),
        pass_ms=float(np.median(passes)),
        ratio=float(np.median(times) / np.median(passes)),
        eligible=float(np.mean(eligible)),
        megabytes=megabytes,
    )


def _one_pass(index: Index) -> None:
    for column in index.rows.columns.arrays():
        column.max()


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Do the work; give the time on the wall, and that of this thread alone."""
    began, own_began = perf_counter(), thread_time()
    work()
    return (perf_counter() - began) * 1000, (thread_time() - own_began) * 1000
