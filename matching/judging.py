"""How good a model is on lists that it has not learnt from, new volunteers and new needs apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.arrays import Bools, Floats
from matching.metrics import ndcg_at_k
from matching.model import Model
from matching.shown import Shown

#: A model whose NDCG@10 is lower by more than this is worse: less is within what a few lists decide.
NDCG_LEEWAY = 0.005


@dataclass(frozen=True, slots=True)
class Judged:
    """How a model did on some lists: their number, how many had something taken, and two measures.

    `log_loss` is the mean negative log-likelihood of what was done with a list, nothing included, each place
    with its effect; lower is better. `ndcg` is the mean NDCG@10 of the lists from which something was taken,
    ranked without the effects of places; higher is better. None where there is nothing to measure.
    """

    lists: int
    answered: int
    log_loss: float | None
    ndcg: float | None

    def is_worse_than(self, other: Judged) -> bool:
        """Say whether another did better on the same lists."""
        losses, gains = (self.log_loss, other.log_loss), (self.ndcg, other.ndcg)
        lost = losses[0] is not None and losses[1] is not None and losses[0] > losses[1]
        return lost or (gains[0] is not None and gains[1] is not None and gains[0] < gains[1] - NDCG_LEEWAY)


def judge(model: Model, shown: Shown, places: Floats) -> Judged:
    """Measure a model on lists; `places` are the effects of places where it has none of its own."""
    if not len(shown):
        return Judged(0, 0, None, None)
    utilities = model.lookups.scores(shown.features)
    effects = model.positions if len(model.positions) else places
    reach = np.concatenate([effects, np.full(1, effects[-1] if len(effects) else 0.0)])
    added = reach[np.minimum(shown.places, len(reach) - 1)]
    loss = shown.choices().loss(utilities + added) / len(shown)
    answered = np.flatnonzero(shown.answered)
    runs = [shown.rows(number) for number in answered.tolist()]
    gains = [ndcg_at_k(shown.taken[run], utilities[run], 10) for run in runs]
    return Judged(len(shown), len(answered), float(loss), float(np.mean(gains)) if gains else None)


def segments(shown: Shown, learnt: Shown) -> dict[str, Bools]:
    """Mark the lists of volunteers and of needs that what was learnt from does not know.

    A list counts as one of a new need where what was taken from it, or all of it where nothing was, is new.
    """
    new_volunteer = ~np.isin(shown.volunteers, learnt.volunteers)
    unknown = ~np.isin(shown.needs, learnt.needs)
    counts = np.where(np.repeat(shown.answered, np.diff(shown.starts)), shown.taken, True)
    old = np.bincount(shown.list_of[counts & ~unknown], minlength=len(shown)) > 0
    return {
        "all": np.ones(len(shown), bool),
        "new volunteers": new_volunteer,
        "known volunteers": ~new_volunteer,
        "new needs": ~old,
    }
