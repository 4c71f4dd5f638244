"""What can be said of a person and an event at a moment, as columns; only from what was known by then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.arrays import Floats, Ints
from matching.distances import EARTH_KM
from matching.evaluation.meetup_past import History, Past
from matching.evaluation.meetup_tables import DAY, WEEK, Events

#: Who joined a group so few hours before may have joined it for this very answer: that would tell it.
JUST_JOINED = 1.0
_HALF_YEAR = 26 * WEEK
_NEVER = 20 * _HALF_YEAR
Columns = dict[str, Floats]


@dataclass(frozen=True, eq=False)
class View:
    """One person looking at some events at one moment."""

    past: Past
    person: int
    chosen: Ints
    at: float
    history: History

    @property
    def events(self) -> Events:
        """All events there are."""
        return self.past.meetup.events

    @property
    def fading(self) -> Floats:
        """How much each answer of the person still says: half after four months."""
        return np.exp(-(self.at - self.history.times) / _HALF_YEAR)


def of_groups(view: View) -> Columns:
    """How often, how lately and with what answer the person answered this group; whether they are in it."""
    events, history, past = view.events, view.history, view.past
    groups = len(past.group_yes)
    of_history, group = events.group[history.events], events.group[view.chosen]
    yes = np.bincount(of_history, weights=view.fading * (history.said > 0), minlength=groups)
    no = np.bincount(of_history, weights=view.fading * (history.said < 0), minlength=groups)
    last = np.full(groups, -_NEVER)
    np.maximum.at(last, of_history, history.times - view.at)
    since = view.at - past.meetup.joined[view.person]
    member = since > JUST_JOINED
    all_lately = past.group_lately * np.exp(-(view.at - past.group_last) / (4 * WEEK))
    everyones = past.group_yes.sum() + past.group_no.sum() + 1
    return {
        "group_affinity": np.log1p(yes)[group],
        "group_share": ((yes + 0.1) / (yes.sum() + 0.1 * groups))[group],
        "group_no": np.log1p(no)[group],
        "group_last": np.log1p(-last / DAY)[group],
        "member": member[group].astype(float),
        "member_elsewhere": (member.any() & ~member)[group].astype(float),
        "member_days": np.log1p(np.where(member, since, np.nan) / DAY)[group],
        "group_yes_rate": ((past.group_yes + 2) / (past.group_yes + past.group_no + 3))[group],
        "group_size": ((past.group_yes + past.group_no) / everyones)[group],
        "group_activity": (all_lately / (all_lately.sum() + 1))[group],
    }


def of_events(view: View) -> Columns:
    """How the event stands: its answers, how fast they come, when it is and since when it is known."""
    events, past, chosen, at = view.events, view.past, view.chosen, view.at
    today, week = past.recent(chosen, at)
    ahead = (events.starts[chosen] - at) / DAY
    age = (at - events.published[chosen]) / DAY
    yes, no = past.yes[chosen], past.no[chosen]
    return {
        "popularity": np.log1p(yes),
        "popularity_new": np.log1p(past.yes_of_new[chosen]),
        "yes_rate": (yes + 2) / (yes + no + 3),
        "no_count": np.log1p(no),
        "today": np.log1p(today),
        "this_week": np.log1p(week),
        "last_answer": np.log1p(np.minimum(at - past.last_answer[chosen], _NEVER)),
        "pace": np.log1p(yes / (age + 1)),
        "days_ahead": np.clip(ahead, -1, 365),
        "log_ahead": np.log1p(np.maximum(ahead, 0)),
        "log_age": np.log1p(age),
        "share_of_life": age / np.maximum(age + ahead, 0.1),
        "hour": events.hour[chosen],
        "weekday": events.weekday[chosen].astype(float),
    }


def of_rivals(view: View) -> Columns:
    """How the event stands among the others that the person could still answer: of its group, its series."""
    events, past = view.events, view.past
    chosen = view.chosen
    offers = past.candidates(view.at)
    free = offers[~past.has_answered[view.person, offers]]
    earlier = events.starts[free][None, :] < events.starts[chosen][:, None]
    newer = events.published[free][None, :] > events.published[chosen][:, None]
    same_group = events.group[free][None, :] == events.group[chosen][:, None]
    same_series = events.series[free][None, :] == events.series[chosen][:, None]
    answered = offers[past.has_answered[view.person, offers]]
    answered_in_group = events.group[answered][None, :] == events.group[chosen][:, None]
    return {
        "earlier": np.log1p(earlier.sum(axis=1)),
        "earlier_in_group": np.log1p((earlier & same_group).sum(axis=1)),
        "earlier_in_series": np.log1p((earlier & same_series).sum(axis=1)),
        "newer_in_group": np.log1p((newer & same_group).sum(axis=1)),
        "open_in_group": np.log1p(same_group.sum(axis=1)),
        "answered_in_group": np.log1p(answered_in_group.sum(axis=1)),
        "against_best": np.log1p(past.yes[chosen]) - np.log1p(np.max(past.yes[free], initial=0.0)),
    }


def of_habits(view: View) -> Columns:
    """Whether day, hour, place, series and lead time are what the person usually says yes to."""
    events, history, chosen = view.events, view.history, view.chosen
    weight = view.fading * (history.said >= 0)
    total = weight.sum()
    theirs = history.events
    same_series = events.series[theirs][None, :] == events.series[chosen][:, None]
    same_venue = events.venue[theirs][None, :] == events.venue[chosen][:, None]
    same_day = events.weekday[theirs][None, :] == events.weekday[chosen][:, None]
    apart = np.abs(events.hour[theirs][None, :] - events.hour[chosen][:, None])
    near_hour = np.exp(-np.minimum(apart, DAY - apart) / 2)
    far = _kilometres(events.place[chosen], events.place[theirs])
    lead = np.log1p(np.maximum(events.starts[theirs] - history.times, 0) / DAY)
    now = np.log1p(np.maximum(events.starts[chosen] - view.at, 0) / DAY)
    unknown = np.nan if total == 0 else 0.0
    usual = np.where(np.isnan(far), 0, np.exp(-far / 25)) @ weight
    return {
        "series_yes": np.log1p(same_series @ (view.fading * (history.said > 0))),
        "series_no": np.log1p(same_series @ (view.fading * (history.said < 0))),
        "venue_yes": np.log1p(same_venue @ weight),
        "day_habit": (same_day @ weight + 1) / (total + 7) + unknown,
        "hour_habit": (near_hour @ weight + 0.3) / (total + 1) + unknown,
        "near_habit": usual / max(total, 1e-9) + unknown,
        "lead_habit": np.abs(now - lead @ weight / max(total, 1e-9)) + unknown,
        "answers": np.full(len(chosen), np.log1p(len(history))),
        "yes_share": np.full(len(chosen), ((history.said > 0) @ view.fading + 1.4) / (view.fading.sum() + 2)),
    }


def of_company(view: View) -> Columns:
    """Whether those who said yes went where this person went, and whether the texts are alike."""
    events, past, history, chosen = view.events, view.past, view.history, view.chosen
    yes = history.events[history.said > 0]
    met = past.went[:, yes] @ view.fading[history.said > 0].astype(np.float32)
    met = met / np.sqrt(past.went.sum(axis=1) + 1)
    met[view.person] = 0
    together = past.went[:, chosen].T @ met / np.sqrt(len(yes) + 1)
    count = np.maximum(past.yes[chosen], 1)
    alike = events.alike[np.ix_(chosen, yes)]
    faded = view.fading[history.said > 0]
    return {
        "company": np.log1p(together),
        "company_mean": together / count,
        "text_best": alike.max(axis=1, initial=0.0) if len(yes) else np.full(len(chosen), np.nan),
        "text_mean": alike @ faded / max(faded.sum(), 1e-9) if len(yes) else np.full(len(chosen), np.nan),
    }


def of_last_answer(view: View) -> Columns:
    """How the event relates to the one that the person answered last."""
    events, history, chosen = view.events, view.history, view.chosen
    names = ("last_minutes", "last_same_group", "last_same_series", "last_days_on", "last_alike", "last_said")
    if not len(history):
        return {name: np.full(len(chosen), np.nan) for name in names}
    last = int(history.events[-1])
    ago = np.log1p((view.at - history.times[-1]) * 60)
    on = (events.starts[chosen] - events.starts[last]) / DAY
    return {
        "last_minutes": np.full(len(chosen), ago),
        "last_same_group": (events.group[chosen] == events.group[last]).astype(float),
        "last_same_series": (events.series[chosen] == events.series[last]).astype(float),
        "last_days_on": np.sign(on) * np.log1p(np.abs(on)),
        "last_alike": events.alike[chosen, last],
        "last_said": np.full(len(chosen), history.said[-1]),
    }


PARTS = (of_groups, of_events, of_rivals, of_habits, of_company, of_last_answer)


def features(past: Past, person: int, chosen: Ints, at: float) -> Columns:
    """Measure a person against some events at a moment to which `past` has been advanced."""
    view = View(past, person, chosen, at, past.history(person))
    return {name: values for part in PARTS for name, values in part(view).items()}


def _kilometres(here: Floats, there: Floats) -> Floats:
    """Great-circle distances of each of some places to each of others; NaN where one is unknown."""
    a, b = np.radians(here)[:, None, :], np.radians(there)[None, :, :]
    half = np.sin((a - b) / 2) ** 2
    root = half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]
    distance: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(root, 0, 1)))
    return distance
