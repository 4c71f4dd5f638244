"""One comparison: what is learnt from, what is judged, and settings chosen inside the former."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matching.arrays import Bools, Floats
from matching.evaluation.lists import Lists
from matching.evaluation.rankers import Ranker
from matching.metrics import auc, auc_by_group, ndcg_at_k

Value = Callable[[Lists, Floats], float]
Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Trial:
    """Lists to learn from, those of them on which settings are tried (`held_back`), and those judged."""

    learnt: Lists
    held_back: Bools
    judged: Lists
    value: Value

    def scores(self, ranker: Ranker, say: Progress) -> Floats:
        """Choose a ranker's settings, learn from all that is there, and score what is judged."""
        say(f"{ranker.name} ...")
        best = ranker.settings[0]
        if len(ranker.settings) > 1:
            within, tried = self.learnt.keep(~self.held_back), self.learnt.keep(self.held_back)
            values = [self.value(tried, setting(within, tried)) for setting in ranker.settings]
            best = ranker.settings[int(np.argmax(values))]
        return best(self.learnt, self.judged)


def mean_ndcg(lists: Lists, scores: Floats) -> float:
    """Mean NDCG@10 of lists."""
    runs = [lists.rows(number) for number in range(len(lists))]
    return float(np.mean([ndcg_at_k(lists.chosen[run], scores[run], 10) for run in runs]))


def pooled_auc(lists: Lists, scores: Floats) -> float:
    """AUC of all answers."""
    return auc(lists.chosen, scores)


def mean_auc(lists: Lists, scores: Floats) -> float:
    """Mean of each person's AUC, as far as they gave both answers."""
    return float(np.nanmean(auc_by_group(lists.chosen, scores, lists.persons)))
