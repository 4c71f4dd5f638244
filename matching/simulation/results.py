"""What came of simulated markets: a row for each policy, with intervals over seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays import Floats
from matching.metrics import bootstrap_interval, gap_closed, gini
from matching.simulation.market import Market, Policy
from matching.simulation.policies import POLICIES
from matching.simulation.town import make_town
from matching.simulation.worlds import World

#: Needs are to be shown to somebody within so many days.
_SHOWN_WITHIN = 3.0
_SEED = 20261122


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run.

    `share_with_one` counts needs with an acceptance before their deadline, `fill_rate` the places taken,
    `gini_organisations` how unevenly acceptances are spread over organisations (0 alike). `utility` is the
    mean true utility of what was accepted, less that of taking nothing; `ndcg_at_10` how good the lists'
    first ten were for their volunteers. `never_shown` and `shown_in_72h` are parts of the needs that suit
    anybody, `dead_slots` is the part of slots whose need had less than one chance in 500.
    """

    acceptances: float
    share_with_one: float
    fill_rate: float
    gini_organisations: float
    utility: float
    ndcg_at_10: float
    never_shown: float
    shown_in_72h: float
    dead_slots: float


@dataclass(frozen=True, slots=True)
class Row:
    """A policy in a world: means over seeds, and changes against relevance as parts (0.1 is a tenth more).

    `low` to `high` holds `share_change`, and `acceptances_low` to `acceptances_high` `acceptances_change`, in
    95 % of a thousand draws of seeds. `gap_closed` is the part of relevance's needs without anybody that this
    policy leaves with somebody.
    """

    policy: str
    acceptances: float
    acceptances_change: float
    share_with_one: float
    share_change: float
    gap_closed: float
    fill_rate: float
    gini_organisations: float
    utility: float
    utility_change: float
    ndcg_at_10: float
    ndcg_change: float
    never_shown: float
    shown_in_72h: float
    dead_slots: float
    low: float
    high: float
    acceptances_low: float
    acceptances_high: float


@dataclass(frozen=True, slots=True)
class Result:
    """A world, which seeds were drawn, and a row for each policy, relevance first."""

    world: str
    seeds: tuple[int, ...]
    rows: tuple[Row, ...]


def simulate(
    world: World,
    seeds: Sequence[int],
    say: Callable[[str], None],
    policies: Iterable[Callable[[], Policy]] = POLICIES,
) -> Result:
    """Let each policy meet each seed's town, all the same one; others are held against the first policy."""
    outcomes: dict[str, list[Outcome]] = {}
    for number, seed in enumerate(seeds, start=1):
        town = make_town(world, seed)
        for policy in (make() for make in policies):
            say(f"{world.name}: seed {number} of {len(seeds)}, {policy.name}")
            outcomes.setdefault(policy.name, []).append(outcome_of(Market(town).run(policy)))
    base = next(iter(outcomes.values()))
    rows = tuple(_row(name, runs, base) for name, runs in outcomes.items())
    return Result(world.name, tuple(seeds), rows)


def outcome_of(market: Market) -> Outcome:
    """Count what came of a run."""
    town, counted = market.town, market.counted
    helped = np.bincount(town.organisations, market.accepted, minlength=town.world.organisations)
    reachable = town.eligible.any(axis=0)
    waited = market.first_shown - town.published
    return Outcome(
        acceptances=float(market.accepted.sum()),
        share_with_one=float((market.accepted > 0).mean()),
        fill_rate=float(market.accepted.sum() / town.places.sum()),
        gini_organisations=gini(helped),
        utility=float(np.mean(counted.gained) - town.world.outside) if counted.gained else 0.0,
        ndcg_at_10=float(np.mean(counted.ndcg)),
        never_shown=float(np.isinf(waited[reachable]).mean()),
        shown_in_72h=float((waited[reachable] <= _SHOWN_WITHIN).mean()),
        dead_slots=counted.dead / max(counted.slots, 1),
    )


def _row(policy: str, runs: Sequence[Outcome], base: Sequence[Outcome]) -> Row:
    mean = {name: float(np.mean([getattr(run, name) for run in runs])) for name in Outcome.__slots__}
    share, acceptances = (_changes(runs, base, name) for name in ("share_with_one", "acceptances"))
    share_interval, acceptances_interval = _interval(share), _interval(acceptances)
    gaps = [
        gap_closed(run.share_with_one, other.share_with_one) for run, other in zip(runs, base, strict=True)
    ]
    gained = [run.utility - other.utility for run, other in zip(runs, base, strict=True)]
    return Row(
        policy=policy,
        **mean,
        acceptances_change=float(acceptances.mean()),
        share_change=float(share.mean()),
        gap_closed=float(np.mean(gaps)),
        utility_change=float(np.mean(gained)),
        ndcg_change=float(_changes(runs, base, "ndcg_at_10").mean()),
        low=share_interval[0],
        high=share_interval[1],
        acceptances_low=acceptances_interval[0],
        acceptances_high=acceptances_interval[1],
    )


def _changes(runs: Sequence[Outcome], base: Sequence[Outcome], name: str) -> Floats:
    return np.array(
        [getattr(run, name) / getattr(one, name) - 1 for run, one in zip(runs, base, strict=True)]
    )


def _interval(changes: Floats) -> tuple[float, float]:
    found = bootstrap_interval(changes, np.arange(len(changes)), seed=_SEED)
    return found.low, found.high
