"""How fast the ranking is: one volunteer against many made-up needs, beside two things of the same run.

One is a pass in memory over the very columns that are looked at: the least that looking at every need can
cost. The other is what a practitioner would pick: scikit-learn's nearest neighbours by brute force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter, thread_time

import numpy as np

from matching.index import Index
from matching.made_up import AT, openings, people
from matching.profiles import Person, Taste
from matching.ranking import rank, rank_many, without_collecting
from matching.retrieval import cell_of
from matching.vectors import Text, folded, vectors

_SEED = 20260302
_WARMING, _PUTS, _PASSES, _NEIGHBOURS, _TIMES = 10, 100, 40, 20, 3
#: How much exposure is spread, as the settings have it.
SPREAD = 0.3
#: So many people are a shard of the night; so many times as many as ranked alone are ranked for in shards,
#: taken from so many times as many; and so many needs were answered by some of them.
SHARD, _NIGHT_TIMES, _TOWNSFOLK, _ANSWERED = 250, 10, 100, 200
#: So many needs are made up; more are the same ones again, of other ids, in the same towns.
MOST_DIFFERENT = 100_000
#: The night's goal: so many volunteers, and how long one core may take.
NIGHT_VOLUNTEERS, NIGHT_MINUTES = 1_000_000, 20


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run measured; times in milliseconds unless they say otherwise.

    `pass_ms` is one pass at memory's pace over the same columns (a maximum of each), and `ratio` the median
    against it; passes and rankings take turns, so that both have the same weather. `neighbours_ms` is
    scikit-learn's `NearestNeighbors(algorithm="brute")` giving the 20 nearest texts, without any rule,
    feature or reason; None where it was not asked for. These, and all that is named `cpu`, are the thread's
    own times: on a busy machine the wall's tell of others. Even these are longer there, for others empty the
    caches: what is named `quickest` is told from each person's, or shard's, best of three. `night_ms` is the
    mean of what one volunteer takes of those who are ranked for together, in shards as the night has them,
    `night_people` of them, and `night_minutes` what a million would take one core. `eligible` is the mean
    number of needs that pass.
    What this does not show: real texts, which are longer, and the time in the database and in HTTP.
    """

    needs: int
    people: int
    build_seconds: float
    median_ms: float
    median_cpu_ms: float
    mean_cpu_ms: float
    p99_ms: float
    p99_cpu_ms: float
    quickest_median_ms: float
    quickest_p99_ms: float
    put_ms: float
    search_ms: float
    pass_ms: float
    ratio: float
    neighbours_ms: float | None
    neighbours_ratio: float | None
    night_people: int
    night_ms: float
    night_quickest_ms: float
    night_minutes: float
    eligible: float
    megabytes: float


def measure(
    needs: int, volunteers: int = 200, *, neighbours: bool = False, seed: int = _SEED
) -> tuple[Measured, Index]:
    """Rank so many made-up needs for so many made-up volunteers; give the index, too."""
    began = perf_counter()
    index = made_up_index(needs, seed=seed)
    build_seconds = perf_counter() - began
    _price(index, seed=seed)
    persons = list(with_tastes(people(volunteers + _WARMING, seed=seed), seed=seed))
    for person in persons[:_WARMING]:  # what is read once is read before measuring
        rank(person, index, at=AT, spread=SPREAD)
    asked = persons[_WARMING:]
    (times, own_times), passes = _in_turns(index, asked)
    again = [[_milliseconds(partial(_ranked, index, one))[1] for one in asked] for _ in range(_TIMES - 1)]
    quickest = np.min([own_times, *again], axis=0)
    night_people, night_ms, night_quickest = _night(index, volunteers, seed=seed)
    nearest = _neighbours(index, asked[:_NEIGHBOURS]) if neighbours else None
    searches = [_milliseconds(partial(index.search, p.interests, limit=20))[0] for p in asked]
    eligible = [len(index.eligible_rows(person, at=AT)) for person in asked]
    megabytes = index.nbytes / 1e6
    puts = [_milliseconds(partial(index.put, one))[0] for one in openings(_PUTS, seed=seed + 1)]
    median, one_pass = float(np.median(own_times)), float(np.median(passes))
    measured = Measured(
        needs=needs,
        people=volunteers,
        build_seconds=build_seconds,
        median_ms=float(np.median(times)),
        median_cpu_ms=median,
        mean_cpu_ms=float(np.mean(own_times)),
        p99_ms=float(np.percentile(times, 99)),
        p99_cpu_ms=float(np.percentile(own_times, 99)),
        quickest_median_ms=float(np.median(quickest)),
        quickest_p99_ms=float(np.percentile(quickest, 99)),
        put_ms=float(np.median(puts)),
        search_ms=float(np.median(searches)),
        pass_ms=one_pass,
        ratio=median / one_pass,
        neighbours_ms=nearest,
        neighbours_ratio=None if nearest is None else median / nearest,
        night_people=night_people,
        night_ms=night_ms,
        night_quickest_ms=night_quickest,
        night_minutes=night_ms / 60_000 * NIGHT_VOLUNTEERS,
        eligible=float(np.mean(eligible)),
        megabytes=megabytes,
    )
    return measured, index


def made_up_index(needs: int, *, seed: int = _SEED) -> Index:
    """Build an index of so many needs, in whole multiples beyond `MOST_DIFFERENT`."""
    index = Index.build(openings(min(needs, MOST_DIFFERENT), seed=seed))
    if needs > MOST_DIFFERENT:
        index.repeat(-(-needs // MOST_DIFFERENT), seed=seed)
    return index


def with_tastes(some: Iterable[Person], *, seed: int) -> Iterator[Person]:
    """Let every second person have answered some needs, made up like all others."""
    needs = list(openings(_ANSWERED, seed=seed + 2))
    for number, person in enumerate(some):
        own = [(one.causes, one.organisation_id) for one in needs[number % _ANSWERED :][:5]]
        has_answered = number % 2 == 1
        yield (
            replace(person, accepted=Taste.of(own[:3]), declined=Taste.of(own[3:]))
            if has_answered
            else person
        )


def _price(index: Index, *, seed: int) -> None:
    """Price exposure as a night might: most needs a little, few much, some below 0."""
    drawn = np.random.default_rng(seed).exponential(0.1, len(index))
    index.set_prices(dict(zip(index.need_ids(), (drawn - 0.05).tolist(), strict=True)))


def _ranked(index: Index, person: Person) -> None:
    rank(person, index, at=AT, spread=SPREAD)


def _ranked_together(index: Index, shard: list[Person]) -> None:
    with without_collecting():
        rank_many(shard, index, at=AT, spread=SPREAD)


def _night(index: Index, volunteers: int, *, seed: int) -> tuple[int, float, float]:
    """Rank for some shards of a night: runs of people in the order in which the night takes them.

    The night's people are a million, and stand closer than those who are made up here: theirs share more.
    """
    all_people = sorted(with_tastes(people(_TOWNSFOLK * volunteers, seed=seed + 3), seed=seed), key=cell_of)
    firsts = np.linspace(0, max(len(all_people) - SHARD, 0), max(1, _NIGHT_TIMES * volunteers // SHARD))
    shards = [all_people[first : first + SHARD] for first in firsts.astype(int).tolist()]
    _ranked_together(index, shards[0])
    taken = np.array(
        [
            [_milliseconds(partial(_ranked_together, index, shard))[1] for shard in shards]
            for _ in range(_TIMES)
        ]
    )
    ranked = sum(map(len, shards))
    return ranked, float(taken.mean(axis=0).sum()) / ranked, float(taken.min(axis=0).sum()) / ranked


def _in_turns(index: Index, persons: list[Person]) -> tuple[tuple[list[float], list[float]], list[float]]:
    times, own_times, passes = [], [], []
    every = max(1, len(persons) // _PASSES)
    for number, person in enumerate(persons):
        taken, own = _milliseconds(partial(_ranked, index, person))
        times.append(taken)
        own_times.append(own)
        if number % every == 0:
            passes.append(_milliseconds(partial(_one_pass, index))[1])
    return (times, own_times), passes


def _one_pass(index: Index) -> None:
    for column in index.rows.columns.named().values():
        column.max()


def _neighbours(index: Index, persons: list[Person]) -> float:
    """Give the median time in which scikit-learn finds the 20 texts nearest to a person's words.

    By the same text vectors, folded into 128 dense numbers of single precision: of what it takes, the kind
    that its brute force is quickest with. One query at a time, on one core, as a request would come.
    """
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415 no request pays for it
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 it comes with scikit-learn

    found = NearestNeighbors(n_neighbors=20, algorithm="brute", n_jobs=1).fit(index.texts.folded())
    asked = [folded(vectors([Text(body=person.interests)])) for person in persons]
    with threadpool_limits(1):
        found.kneighbors(asked[0])
        return float(np.median([_milliseconds(partial(found.kneighbors, one))[1] for one in asked]))


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Do the work; give the time on the wall, and that of this thread alone."""
    began, own_began = perf_counter(), thread_time()
    work()
    return (perf_counter() - began) * 1000, (thread_time() - own_began) * 1000
