"""What was known at a moment: the answers before it, counted as they come, and nothing of later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.arrays import Bools, Floats, Ints
from matching.evaluation.meetup_tables import DAY, WEEK, Answers, Meetup

_UNSETTLED = 0.0


@dataclass(frozen=True, eq=False)
class History:
    """What one person had answered, in order: events, times, and 1 yes, -1 no, 0 not settled by then."""

    events: Ints
    times: Floats
    said: Floats

    def __len__(self) -> int:
        """Count the answers."""
        return len(self.events)


class Past:
    """Counts of all answers before a moment, which moves on with `advance`.

    An answer counts from when it was given; whether it is a yes, from when it was settled.
    """

    def __init__(self, meetup: Meetup) -> None:
        """Begin before the first answer."""
        events, answers = len(meetup.events), meetup.answers
        persons, groups = meetup.joined.shape
        self.meetup = meetup
        self.yes = np.zeros(events)
        self.no = np.zeros(events)
        self.answered = np.zeros(events)
        self.last_answer = np.full(events, -np.inf)
        self.lately = np.zeros((2, events))
        self.yes_of_new = np.zeros(events)
        self.group_yes = np.zeros(groups)
        self.group_no = np.zeros(groups)
        self.group_lately = np.zeros(groups)
        self.group_last = np.full(groups, -np.inf)
        self.went = np.zeros((persons, events), np.float32)
        self.has_answered = np.zeros((persons, events), bool)
        self._said: list[list[tuple[int, float, int]]] = [[] for _ in range(persons)]
        self._settled = np.zeros(len(answers.at), bool)
        self._queue = _steps(answers)
        self._next = 0

    def advance(self, at: float) -> None:
        """Count every answer given or settled before a moment."""
        times, which, settles = self._queue
        while self._next < len(times) and times[self._next] < at:
            number = int(which[self._next])
            self._settle(number) if settles[self._next] else self._give(number)
            self._next += 1

    def history(self, person: int) -> History:
        """Give what a person had answered by now."""
        said = self._said[person]
        yes = self.meetup.answers.yes
        settled = [(2.0 * yes[number] - 1 if self._settled[number] else _UNSETTLED) for _, _, number in said]
        return History(
            np.array([event for event, _, _ in said], np.int64),
            np.array([time for _, time, _ in said]),
            np.array(settled),
        )

    def candidates(self, at: float, late: float = 3.0) -> Ints:
        """List the events that were published before a moment, and begun at most some hours before it."""
        events = self.meetup.events
        return np.flatnonzero((events.published < at) & (events.starts >= at - late))

    def recent(self, events: Ints, at: float) -> Floats:
        """Count answers to some events, fading within a day (first row) and within a week (second)."""
        ago = at - self.last_answer[events]
        faded: Floats = self.lately[:, events] * np.exp(-ago / np.array([[DAY], [WEEK]]))
        return faded

    def _give(self, number: int) -> None:
        answers, events = self.meetup.answers, self.meetup.events
        person, event, at = int(answers.person[number]), int(answers.event[number]), float(answers.at[number])
        group = int(events.group[event])
        fade = np.exp(-(at - self.last_answer[event]) / np.array([DAY, WEEK]))
        self.lately[:, event] = self.lately[:, event] * fade + 1
        self.group_lately[group] *= np.exp(-(at - self.group_last[group]) / (4 * WEEK))
        self.group_lately[group] += 1
        self.answered[event] += 1
        self.last_answer[event] = self.group_last[group] = at
        self.has_answered[person, event] = True
        self._said[person].append((event, at, number))

    def _settle(self, number: int) -> None:
        answers = self.meetup.answers
        person, event = int(answers.person[number]), int(answers.event[number])
        group = int(self.meetup.events.group[event])
        self._settled[number] = True
        if not answers.yes[number]:
            self.no[event] += 1
            self.group_no[group] += 1
            return
        self.yes_of_new[event] += not self.went[person].any()
        self.yes[event] += 1
        self.group_yes[group] += 1
        self.went[person, event] = 1


def _steps(answers: Answers) -> tuple[Floats, Ints, Bools]:
    """Put every answer's two steps, given and settled, into the order of time."""
    count = len(answers.at)
    times = np.concatenate([answers.at, answers.settled])
    which = np.concatenate([np.arange(count), np.arange(count)])
    settles = np.arange(2 * count) >= count
    order = np.lexsort((which, settles, times))
    return times[order], which[order], settles[order]
