"""What is counted of joins to projects, and what can be said of a person and the projects left to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching.arrays import Bools, Floats, Ints

#: How many joins of everyone stand behind each pair of projects; the ridge of EASE.
_DOUBTS, _RIDGE = (3.0, 30.0), 20.0
Columns = dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Projects:
    """What is known of each project, NaN where nothing: likeness of topics and names, and outdoors or not."""

    ids: tuple[str, ...]
    topics_alike: Floats
    names_alike: Floats
    outdoors: Floats


@dataclass(frozen=True, eq=False)
class Counts:
    """How many joined each project, alone and beside others, and how many each two of them."""

    all: Floats
    beside_others: Floats
    together: Floats

    @classmethod
    def of(cls, joined: Floats) -> Counts:
        """Count the joins of some persons (rows) to projects (columns)."""
        many = joined[joined.sum(axis=1) > 1]
        return cls(joined.sum(axis=0), many.sum(axis=0), many.T @ many)

    def ease(self) -> Floats:
        """Weights of each project for each other (Steck 2019, "Embarrassingly shallow autoencoders")."""
        inverse = np.linalg.inv(self.together + _RIDGE * np.eye(len(self.all)))
        weights: Floats = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0)
        return weights


@dataclass(frozen=True, eq=False)
class Offered:
    """A person's joins (marks of projects), and what was counted of everyone else."""

    projects: Projects
    counts: Counts
    ease: Floats
    joined: Bools


def features(offered: Offered) -> Columns:
    """Measure every project for a person who joined some."""
    return {**_of_joins(offered), **_of_projects(offered)}


def _of_joins(offered: Offered) -> Columns:
    counts, joined = offered.counts, np.flatnonzero(offered.joined)
    together = counts.together - np.diag(np.diag(counts.together))
    often = together.sum(axis=0) + 0.5
    usual = often / often.sum()
    beside = np.sqrt(np.outer(counts.beside_others[joined] + 1, counts.beside_others + 1))
    cosines = together[joined] / beside
    columns = {
        "popularity": np.log(counts.all + 0.5),
        "popular_with_many": np.log(usual),
        "of_many": np.log((counts.beside_others + 1) / (counts.all + 2)),
        "cosine": cosines.sum(axis=0),
        "cosine_best": cosines.max(axis=0),
        "ease": offered.ease[joined].sum(axis=0),
        "joined": np.full(len(usual), np.log(len(joined))),
    }
    for doubt in _DOUBTS:
        share = (together[joined] + doubt * usual) / (together[joined].sum(axis=1, keepdims=True) + doubt)
        columns[f"lift_{doubt:.0f}"] = np.log(share / usual).sum(axis=0)
        columns[f"share_{doubt:.0f}"] = np.log(share.mean(axis=0))
    return columns


def _of_projects(offered: Offered) -> Columns:
    projects, joined = offered.projects, np.flatnonzero(offered.joined)
    return {
        "topics": _known_mean(projects.topics_alike[joined]),
        "names": projects.names_alike[joined].max(axis=0),
        "outdoors": projects.outdoors,
        "outdoors_apart": np.abs(projects.outdoors - _known_mean(projects.outdoors[joined][:, None])),
    }


def _known_mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, values, 0).sum(axis=0) / np.maximum(count, 1), np.nan)


def left_out(offered: Offered, one: int) -> tuple[Floats, Ints, tuple[str, ...]]:
    """Hide one of the person's joins: features of all projects not joined then, and which these are."""
    joined = offered.joined.copy()
    joined[one] = False
    columns = features(Offered(offered.projects, offered.counts, offered.ease, joined))
    offers = np.flatnonzero(~joined)
    return np.column_stack(list(columns.values()))[offers], offers, tuple(columns)
