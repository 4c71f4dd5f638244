"""The Meetup protocols: what each person said yes to among all events open then; and yes against no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import sparse

from matching.arrays import Bools, Floats
from matching.evaluation.filtering import implicit
from matching.evaluation.lists import Histories, Lists, one_each
from matching.evaluation.meetup_features import features
from matching.evaluation.meetup_past import Past
from matching.evaluation.meetup_tables import Meetup, read_meetup
from matching.evaluation.own import Settings, ours
from matching.evaluation.rankers import Ranker, boosted_trees, by_column, by_rule, logistic, others
from matching.evaluation.report import Row, judge_answers, judge_lists
from matching.evaluation.trials import Progress, Trial, Value, mean_ndcg, pooled_auc

#: A list with fewer offers than this is not judged.
FEWEST = 10
#: An event with at most so many answers is a new need.
FEW_ANSWERS = 3
#: Without a test part, so much of the answers is held back, the latest; and of what is learnt from, so much
#: for choosing settings.
_HELD_BACK, _FOR_SETTINGS = 0.3, 0.25
_TREES: Settings = {
    "rounds": 200,
    "interaction_cst": "pairwise",
    "trees_per_step": 10,
    "subsample": 0.7,
}
_FOR_CHOICES: Settings = {"l2": 1000.0, **_TREES}
_FOR_REPLIES: Settings = {"l2": 30.0, "learning_rate": 0.05, **_TREES}


def rank_choices(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """`meetup`: warm, cold and all persons."""
    trial = _trial(_read(train, test, choices, say), mean_ndcg)
    return _compare(trial, trial.judged, say)


def rank_new_needs(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """`meetup-new-needs`: learnt from all choices, judged on those of events with few answers by then."""
    trial = _trial(_read(train, test, choices, say), mean_ndcg)
    return _compare(trial, trial.judged.keep(trial.judged.segments["new_needs"]), say)


def _compare(trial: Trial, judged: Lists, say: Progress) -> list[Row]:
    trial = replace(trial, judged=judged)
    return [
        row
        for ranker in _rankers()
        for row in judge_lists(ranker.name, judged, trial.scores(ranker, say), ("all", "warm", "cold"))
    ]


def rank_replies(train: Path, test: Path | None, say: Progress) -> list[Row]:
    """`meetup-answers`: yes against no; `all` leaves out each event's first answer, `with_first` does not."""
    trial = _trial(_read(train, test, replies, say), pooled_auc)
    rows = []
    rankers = [
        by_column("yes_share"),
        by_column("yes_rate"),
        *_learning(in_lists=False),
        ours([[_FOR_REPLIES] * 2], calibrated=True),
    ]
    for ranker in rankers:
        scores = trial.scores(ranker, say)
        rows += [
            judge_answers(
                ranker.name, trial.judged, scores, segment, log_odds=ranker.log_odds, by_person=False
            )
            for segment in ("all", "with_first")
        ]
    return rows


def _rankers() -> list[Ranker]:
    return [
        by_column("popularity"),
        by_rule("affinity_popularity", {"group_affinity": 1.0, "popularity": 1.0}),
        by_rule("rules", {"group_affinity": 1.0, "days_ahead": -1 / 14}),
        by_column("company"),
        *implicit(),
        *_learning(in_lists=True),
        ours([[_FOR_CHOICES] * 3]),
    ]


def _learning(*, in_lists: bool) -> list[Ranker]:
    return [logistic((1.0, 10.0, 100.0)), boosted_trees(), *others(in_lists=in_lists)]


def _read(train: Path, test: Path | None, make: Callable[[Meetup, Bools], Lists], say: Progress) -> Lists:
    say("Going through the answers in order of time ...")
    meetup = read_meetup(train, test)
    answers = meetup.answers
    latest = answers.at >= np.quantile(answers.at, 1 - _HELD_BACK)
    return make(meetup, latest if test is None else answers.in_test)


def _trial(lists: Lists, value: Value) -> Trial:
    judged = lists.segments["judged"]
    learnt = lists.keep(~judged)
    later = np.arange(len(learnt)) >= (1 - _FOR_SETTINGS) * len(learnt)
    return Trial(learnt, later, lists.keep(judged), value)


def choices(meetup: Meetup, judged: Bools, fewest: int = FEWEST) -> Lists:
    """Make a list for each yes that is not its event's first answer: all events open at that moment.

    Lists of fewer than `fewest` are left out. What the person had answered already is no offer to anyone's
    ranking, as it is none in the service.

    `judged` marks the answers of the later part: a person with answers before it is warm, the others cold.
    """
    past, answers, events = Past(meetup), meetup.answers, meetup.events
    warm = np.isin(answers.person, answers.person[~judged])
    blocks: list[Floats] = []
    chosen, kept, few, groups, offered = [], [], [], [], []
    names: tuple[str, ...] = ()
    for number in np.flatnonzero(answers.yes & (events.published[answers.event] < answers.at)):
        at, event, person = float(answers.at[number]), answers.event[number], int(answers.person[number])
        offers = past.candidates(at)
        if len(offers) < fewest or event not in offers:
            continue
        past.advance(at)
        offers = offers[~past.has_answered[person, offers]]
        columns = features(past, person, offers, at)
        names = tuple(columns)
        blocks.append(np.column_stack(list(columns.values())))
        chosen.append(offers == event)
        kept.append(number)
        history = past.history(person)
        groups.append(
            np.bincount(events.group[history.events[history.said > 0]], minlength=len(past.group_yes))
        )
        offered.append(events.group[offers])
        few.append(past.answered[event] <= FEW_ANSWERS)
    numbers = np.array(kept)
    segments = {
        "all": np.ones(len(kept), bool),
        "warm": warm[numbers],
        "cold": ~warm[numbers],
        "new_needs": np.array(few),
        "judged": judged[numbers],
    }
    starts = np.concatenate([[0], np.cumsum([len(block) for block in blocks])])
    persons = answers.person[numbers]
    histories = Histories(sparse.csr_matrix(np.array(groups, np.float64)), np.concatenate(offered))
    return Lists(names, np.concatenate(blocks), np.concatenate(chosen), starts, persons, segments, histories)


def replies(meetup: Meetup, judged: Bools) -> Lists:
    """Make a list of one for each answer: the event it was for, taken where it was a yes."""
    past, answers, events = Past(meetup), meetup.answers, meetup.events
    rows = []
    names: tuple[str, ...] = ()
    for number, at in enumerate(answers.at):
        past.advance(float(at))
        event = answers.event[number : number + 1]
        columns = features(past, int(answers.person[number]), event, float(at))
        names = tuple(columns)
        rows.append(np.concatenate(list(columns.values())))
    segments = {
        "all": events.published[answers.event] < answers.at,
        "with_first": np.ones(len(rows), bool),
        "judged": judged,
    }
    return one_each(names, np.array(rows), answers.yes, answers.person, segments)
