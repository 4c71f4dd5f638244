"""The coupon protocol: who accepts which offer in which situation; persons are new to whatever has learnt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from matching.arrays import Array, Bools, Floats
from matching.evaluation.lists import Lists, one_each
from matching.evaluation.own import BY_PERSON, Settings, ours
from matching.evaluation.rankers import Ranker, boosted_trees, by_column, logistic, others
from matching.evaluation.report import Row, judge_answers
from matching.evaluation.tables import Record, read_table
from matching.evaluation.trials import Progress, Trial, mean_auc

Read = Callable[[str], float]
TABLE = "choices_coupon_offers/offers.csv"
#: Parts of a hundred, by a hash of the person.
_HELD_BACK, _FOR_SETTINGS = 30, 25
_PARTS = 10
#: A rate begins as that of everyone, worth so many answers.
_DOUBT = 10.0

_HABITS = ("never", "less1", "1~3", "4~8", "gt8")
#: The habit that goes with each kind of coupon.
KINDS = {
    "Bar": "Bar",
    "Coffee House": "CoffeeHouse",
    "Carry out & Take away": "CarryAway",
    "Restaurant(<20)": "RestaurantLessThan20",
    "Restaurant(20-50)": "Restaurant20To50",
}
_ORDERED: dict[str, Sequence[str]] = {
    **dict.fromkeys(KINDS.values(), _HABITS),
    "time": ("7AM", "10AM", "2PM", "6PM", "10PM"),
    "expiration": ("2h", "1d"),
    "age": ("below21", "21", "26", "31", "36", "41", "46", "50plus"),
    "education": (
        "Some High School",
        "High School Graduate",
        "Some college - no degree",
        "Associates degree",
        "Bachelors degree",
        "Graduate degree (Masters or Doctorate)",
    ),
}
_NUMBERS = ("temperature", "has_children", "toCoupon_GEQ15min", "toCoupon_GEQ25min", "direction_same")
_NAMES = {
    "destination": ("Home", "Work", "No Urgent Place"),
    "passanger": ("Alone", "Friend(s)", "Kid(s)", "Partner"),
    "weather": ("Sunny", "Rainy", "Snowy"),
    "coupon": tuple(KINDS),
    "gender": ("Female",),
    "maritalStatus": ("Single", "Married partner", "Unmarried partner", "Divorced", "Widowed"),
    "occupation": ("Student", "Unemployed", "Retired"),
}
_SITUATION = (
    *("destination", "passanger", "weather", "temperature", "time", "coupon", "expiration"),
    *("toCoupon_GEQ15min", "toCoupon_GEQ25min", "direction_same"),
)


def rank_offers(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """`coupon`: the AUC of accepted against declined for each person, split by person."""
    records = read_table(train, TABLE)
    if test is None:
        held = np.array([part_of(one["person_block"], "held back", 100) < _HELD_BACK for one in records])
    else:
        later = read_table(test, TABLE)
        held = np.arange(len(records) + len(later)) >= len(records)
        records += later
    answers = offers(records, ~held)
    learnt = answers.keep(~held)
    tried = np.array([part_of(str(one), "settings", 100) < _FOR_SETTINGS for one in learnt.persons])
    trial = Trial(learnt, tried, answers.keep(held), mean_auc)
    return [
        judge_answers(
            ranker.name,
            trial.judged,
            trial.scores(ranker, say),
            "all",
            log_odds=ranker.log_odds,
            by_person=True,
        )
        for ranker in _rankers()
    ]


def _rankers() -> list[Ranker]:
    trees: Settings = {
        "l2": 10.0,
        "rounds": 300,
        "learning_rate": 0.05,
        "interaction_cst": "pairwise",
        "trees_per_step": 10,
        "subsample": 0.7,
    }
    learning = [logistic((1.0, 10.0, 100.0)), boosted_trees(), *others(in_lists=False)]
    both = ours([[trees, trees | {BY_PERSON: True}]], calibrated=True)
    return [by_column("situation"), by_column("habit"), *learning, both]


def part_of(name: str, purpose: str, parts: int) -> int:
    """Put a person into one of some parts, the same one every time for the same purpose."""
    return int(hashlib.sha256(f"{purpose}:{name}".encode()).hexdigest()[:8], 16) % parts


def offers(records: Sequence[Record], known: Bools) -> Lists:
    """Make a row for each offer; rates of acceptance count the known rows only.

    A known row's rates are counted without its own part of the persons, so that no row tells of itself.
    """
    persons = np.array([one["person_block"] for one in records])
    accepted = np.array([one["Y"] == "1" for one in records])
    columns = {name: _column(records, name, _rank_among(among)) for name, among in _ORDERED.items()}
    columns |= {name: _column(records, name, float) for name in _NUMBERS}
    columns |= {
        f"{name}={value}": np.array([float(one[name] == value) for one in records])
        for name, values in _NAMES.items()
        for value in values
    }
    columns["income"] = _column(records, "income", _dollars)
    columns["habit"] = np.array([float(_HABITS.index(one[KINDS[one["coupon"]]])) for one in records])
    columns["kind"] = np.array([float(list(KINDS).index(one["coupon"])) for one in records])
    columns["distance"] = columns["toCoupon_GEQ15min"] + columns["toCoupon_GEQ25min"]
    situation = np.array(["|".join(one[name] for name in _SITUATION) for one in records])
    with_habit = np.char.add(situation, columns["habit"].astype(str))
    for name, key in {"situation": situation, "situation_habit": with_habit}.items():
        columns[name] = rates(key, accepted, persons, known)
    segments = {"all": np.ones(len(records), bool)}
    return one_each(tuple(columns), np.column_stack(list(columns.values())), accepted, persons, segments)


def rates(keys: Array, accepted: Bools, persons: Array, known: Bools) -> Floats:
    """Give the log-odds of acceptance among the known rows of the same key, but of other parts of persons."""
    part = np.array([part_of(str(one), "rates", _PARTS) for one in persons])
    number = np.unique(keys, return_inverse=True)[1]

    def counted(rows: Bools) -> Floats:
        everyones = accepted[rows].mean()
        yes = np.bincount(number[rows & accepted], minlength=number.max() + 1) + _DOUBT * everyones
        no = np.bincount(number[rows & ~accepted], minlength=number.max() + 1) + _DOUBT * (1 - everyones)
        return np.asarray(np.log(yes / no)[number])

    found = counted(known)
    for one in range(_PARTS):
        own = known & (part == one)
        found[own] = counted(known & (part != one))[own]
    return found


def _column(records: Sequence[Record], name: str, read: Read) -> Floats:
    return np.array([read(one[name]) for one in records])


def _rank_among(values: Sequence[str]) -> Read:
    return lambda value: float(values.index(value)) if value in values else float("nan")


def _dollars(value: str) -> float:
    if value.startswith("Less"):
        return 0.0
    found = re.search(r"\d+", value)
    return float(found.group()) if found else float("nan")
