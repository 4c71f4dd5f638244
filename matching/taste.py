"""What a volunteer's own answers say of other needs: how alike these are to what they accepted or declined.

Only causes and organisations are compared. What was declined is one person's taste: it changes nothing for
anybody else, and nothing is learnt from it (I-30).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from matching.arrays import Floats, Ints
from matching.codesets import CodeSets
from matching.profiles import Taste
from matching.rows import Rows

#: So many needs of no cause and no organisation count along: one answer is little to go by.
DOUBT = 2


def likeness(rows: Rows, chosen: Ints, taste: Taste) -> Floats:
    """Say how alike some openings are to the answered ones, from 0 to less than 1.

    1 - (1 - c)(1 - o), where c is the mean of the shares of the opening's causes, o the share of its
    organisation, and a share n / (answered + `DOUBT`). NaN is unknown: nothing was answered, or the opening
    names no cause and is of an organisation that was not among the answered.
    """
    if not taste.needs:
        return np.full(len(chosen), np.nan)
    by_cause = taste_of_causes(rows, taste).take(rows["causes"].take(chosen))
    organisations, there = rows["organisation"].take(chosen), np.zeros(len(chosen))
    for number, share in shares_of(rows, taste):
        there[organisations == number] = share
    alike = 1 - (1 - np.nan_to_num(by_cause)) * (1 - there)
    return np.where(np.isnan(by_cause) & (there == 0), np.nan, alike)


def shared_causes(rows: Rows, row: int, taste: Taste) -> frozenset[str]:
    """Give the causes of an opening that the answered ones named, too."""
    return rows.causes.at(rows.columns.value("causes", row)) & {code for code, _ in taste.causes}


def is_same_organisation(rows: Rows, row: int, taste: Taste) -> bool:
    """Say whether an opening is of an organisation that was among the answered."""
    number = rows.columns.value("organisation", row)
    return any(one == number for one, _ in shares_of(rows, taste))


def taste_of_causes(rows: Rows, taste: Taste) -> Floats:
    """Give the mean share of the causes of each set of causes; NaN of that without any."""
    return _of_cause_sets(rows.causes, len(rows.causes.sizes), taste)


@lru_cache(maxsize=100)  # asked for twice by each of two features: for the rough look, and for the exact one
def _of_cause_sets(sets: CodeSets[str], _count: int, taste: Taste) -> Floats:
    counted = np.zeros(len(sets.sizes))
    for code, needs in taste.causes:
        if code in sets.codes:
            counted[sets.holding(code)] += needs
    unknown = sets.sizes == 0
    mean = counted / np.maximum(sets.sizes, 1) / (taste.needs + DOUBT)
    return np.where(unknown, np.nan, mean)


def shares_of(rows: Rows, taste: Taste) -> tuple[tuple[int, float], ...]:
    """Give the numbers and shares of the answered organisations, of those that have had an opening here."""
    return _shares(rows, rows.organisation_count, taste)


@lru_cache(maxsize=100)
def _shares(rows: Rows, _count: int, taste: Taste) -> tuple[tuple[int, float], ...]:
    numbered = ((rows.organisation_number(one), needs) for one, needs in taste.organisations)
    return tuple((one, needs / (taste.needs + DOUBT)) for one, needs in numbered if one is not None)
