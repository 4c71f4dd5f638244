"""The Meetup answers as arrays: events, answers in order of time, and who had joined which group when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from matching.arrays import Array, Bools, Floats, Ints
from matching.evaluation.tables import Record, read_tables

FOLDER = "choices_meetup_montana"
#: Times are in hours since 1970, UTC; these are some of them.
DAY, WEEK = 24.0, 168.0
_MILLISECONDS = 3_600_000.0
_TAG = re.compile(r"<[^>]*>|&\w+;")
_NOT_OF_A_SERIES = re.compile(
    r"\d+(?:st|nd|rd|th)?|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\b|[^a-z ]"
)


@dataclass(frozen=True, eq=False)
class Events:
    """What could be answered: one value for each event.

    `published` is the time of its first answer, which stands for it (infinity where it never had one).
    `series` is the same number for titles that differ in numbers and months only; `place` is latitude and
    longitude, NaN where unknown; `alike` the cosine of the texts of any two.
    """

    starts: Floats
    published: Floats
    hour: Floats
    weekday: Ints
    group: Ints
    venue: Ints
    series: Ints
    place: Floats
    alike: Floats

    def __len__(self) -> int:
        """Count the events."""
        return len(self.starts)


@dataclass(frozen=True, eq=False)
class Answers:
    """Who answered what: one value for each answer, in order of time.

    `settled` is when it became what it is now; `in_test` marks those of the test part.
    """

    at: Floats
    settled: Floats
    person: Ints
    event: Ints
    yes: Bools
    in_test: Bools


@dataclass(frozen=True, eq=False)
class Meetup:
    """Events, answers, and the time at which a person (row) joined a group (column); infinity: never."""

    events: Events
    answers: Answers
    joined: Floats


def read_meetup(train: Path, test: Path | None) -> Meetup:
    """Read all tables; without a test part no answer is marked as in it."""
    places = [train] if test is None else [train, test]
    records = {one["id"]: one for one in read_tables(places, f"{FOLDER}/events.csv")}
    venues = {one["id"]: one for one in read_tables(places, f"{FOLDER}/venues.csv")}
    events, groups = _events(list(records.values()), venues)
    number_of = {name: number for number, name in enumerate(records)}
    answers, persons = _answers(train, test, number_of)
    return Meetup(events, answers, _joined(places, persons, groups))


def _hours(milliseconds: str) -> float:
    return float(milliseconds) / _MILLISECONDS if milliseconds else np.inf


def _numbers(names: list[str]) -> tuple[Ints, dict[str, int]]:
    number_of = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([number_of[name] for name in names]), number_of


def _events(records: list[Record], venues: dict[str, Record]) -> tuple[Events, dict[str, int]]:
    starts = np.array([_hours(one["time"]) for one in records])
    local = starts + np.array([_hours(one["utc_offset"] or "0") for one in records])
    group, groups = _numbers([one["group_id"] for one in records])
    known = [venues.get(one["venue_id"], {}) for one in records]
    place = np.array([[float(one.get(axis) or "nan") for axis in ("lat", "lon")] for one in known])
    events = Events(
        starts=starts,
        published=np.array([_hours(one["first_rsvp"]) for one in records]),
        hour=local % DAY,
        weekday=(local // DAY).astype(np.int64) % 7,
        group=group,
        venue=np.where(np.isnan(place[:, 0]), -1, _numbers([one["venue_id"] for one in records])[0]),
        series=_numbers([f"{one['group_id']} {series_of(one['name'])}" for one in records])[0],
        place=place,
        alike=_alike([f"{one['name']} {one['name']} {one['description']}" for one in records]),
    )
    return events, groups


def series_of(title: str) -> str:
    """Leave of a title what it has in common with the others of its series: no numbers, no months."""
    return " ".join(_NOT_OF_A_SERIES.sub(" ", title.lower()).split())


def _alike(texts: list[str]) -> Floats:
    """Compare texts by their words alone: nothing is counted over texts, so none can tell of a later one."""
    words = HashingVectorizer(stop_words="english", alternate_sign=False, n_features=2**16, norm=None)
    counts: sparse.csr_matrix = words.transform(_TAG.sub(" ", text) for text in texts)
    counts.data = 1 + np.log(counts.data)
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    product: Array = (counts @ counts.T).toarray()
    return np.asarray(product / np.maximum(np.outer(lengths, lengths), 1e-12))


def _answers(train: Path, test: Path | None, number_of: dict[str, int]) -> tuple[Answers, dict[str, int]]:
    parts = [(False, train)] if test is None else [(False, train), (True, test)]
    found = [(held, one) for held, place in parts for one in read_tables([place], f"{FOLDER}/rsvps.csv")]
    found = [(held, one) for held, one in found if one["event_id"] in number_of]
    found.sort(key=lambda pair: (float(pair[1]["created"]), pair[1]["event_id"], pair[1]["member"]))
    records = [one for _, one in found]
    person, persons = _numbers([one["member"] for one in records])
    at = np.array([_hours(one["created"]) for one in records])
    answers = Answers(
        at=at,
        settled=np.maximum(at, [_hours(one["mtime"] or one["created"]) for one in records]),
        person=person,
        event=np.array([number_of[one["event_id"]] for one in records]),
        yes=np.array([one["response"] == "yes" for one in records]),
        in_test=np.array([held for held, _ in found]),
    )
    return answers, persons


def _joined(places: list[Path], persons: dict[str, int], groups: dict[str, int]) -> Floats:
    joined = np.full((len(persons), len(groups)), np.inf)
    for one in read_tables(places, f"{FOLDER}/members.csv"):
        person, group = persons.get(one["member"]), groups.get(one["group_id"])
        if person is not None and group is not None:
            joined[person, group] = _hours(one["joined"])
    return joined
