"""How fast advice is: one need asked of many made-up people, beside one pass over their columns."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter, thread_time

import numpy as np

from matching.advice import advise_by
from matching.audience import Audience
from matching.counts import coarse
from matching.made_up import AT, openings, people

_SEED = 20260302


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run measured; `own` times are this thread's alone, and `ratio` is that to one pass."""

    people: int
    needs: int
    build_own_seconds: float
    put_own_ms: float
    median_ms: float
    median_own_ms: float
    p99_ms: float
    pass_own_ms: float
    ratio: float
    megabytes: float


def measure(persons: int, needs: int = 100, *, seed: int = _SEED) -> Measured:
    """Bring in so many people, and ask advice on so many needs of the same towns."""
    everybody = [coarse(one) for one in people(persons, seed=seed)]
    audience, began = Audience(b"secret"), thread_time()
    for one in everybody:
        audience.put(one)
    built = thread_time() - began
    all_of_them = audience.of_group(None)
    times, own_times = [], []
    for opening in openings(needs, seed=seed):
        wall, own = perf_counter(), thread_time()
        advise_by(audience, all_of_them, opening, at=AT)
        times.append((perf_counter() - wall) * 1000)
        own_times.append((thread_time() - own) * 1000)
    began = thread_time()
    for column in audience.rows.named().values():
        column.max()
    once = (thread_time() - began) * 1000
    return Measured(
        people=persons,
        needs=needs,
        build_own_seconds=built,
        put_own_ms=built / persons * 1000,
        median_ms=float(np.median(times)),
        median_own_ms=float(np.median(own_times)),
        p99_ms=float(np.percentile(times, 99)),
        pass_own_ms=once,
        ratio=float(np.median(own_times) / once),
        megabytes=sum(column.nbytes for column in audience.rows.named().values()) / 1e6,
    )
