"""Made-up lists as volunteers were shown them, and what they took: with tastes and place effects we know."""

from __future__ import annotations

import numpy as np

from matching.features import FEATURES
from matching.model import rule_model
from matching.shown import Shown

#: What each place adds in the made-up world: a lot at first, then little.
PLACE_EFFECTS = -np.array([0.0, 0.5, 0.9, 1.2, 1.4, 1.5, 1.6, 1.7])
#: Tastes that differ from the rules: words matter less here, closeness and time much more.
TASTES = {"text": 0.5, "cause": 1.0, "closeness": 4.0, "time": 2.5}


def made_up(lists, seed=0, *, tastes=None, base=-2.0, swapped=0.05, offers=8, people=None):
    """Give lists in the order of the rules, but for neighbours that changed places by chance."""
    generator = np.random.default_rng(seed)
    rules, count = rule_model(), lists * offers
    features = np.full((count, len(FEATURES)), np.nan)
    for name in ("text", "cause", "skill", "closeness", "time", "freshness"):
        features[:, FEATURES.index(name)] = generator.random(count)
    features[generator.random(features.shape) < 0.1] = np.nan
    told = rules.lookups.scores(features).reshape(lists, offers)
    order = np.argsort(-told, axis=1, kind="stable")
    for number in np.flatnonzero(generator.random(lists) < swapped):
        at = generator.integers(offers - 1)
        order[number, [at, at + 1]] = order[number, [at + 1, at]]
    features = features.reshape(lists, offers, -1)[np.arange(lists)[:, None], order].reshape(count, -1)
    weight = np.array([(tastes or TASTES).get(name, 0.0) for name in FEATURES])
    utility = base + np.nan_to_num(features - rules.lookups.neutral) @ weight
    utility = utility.reshape(lists, offers) + PLACE_EFFECTS[:offers]
    drawn = np.column_stack([utility, np.zeros(lists)]) + generator.gumbel(size=(lists, offers + 1))
    taken = drawn.argmax(axis=1)[:, None] == np.arange(offers)
    return Shown(
        FEATURES,
        features,
        taken.ravel(),
        np.tile(np.arange(offers), lists),
        np.arange(lists + 1) * offers,
        generator.integers(people or lists, size=lists),
        generator.integers(lists, size=count),
    )
