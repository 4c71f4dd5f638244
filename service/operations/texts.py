"""What texts mean: vectors are kept beside the texts they were made of, and the means of languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np
from sqlalchemy.orm import Session

from matching.arrays import Array
from matching.embedding import MODEL, unpacked
from matching.languages import language_of
from matching.means import SENTENCES, estimated, scaled
from matching.vectors import Text
from models import InterestVector, NeedVector, TextMean
from service.access.actors import Actor
from service.db import Sessions, unit_of_work
from service.operations.proposal_orders import order_proposals
from service.queries.texts import (
    Due,
    digest_of,
    find_vector,
    forget_means_but,
    get_text_now,
    has_account,
    list_need_vectors,
)

_AT_ONCE = 1000


def keep_texts(
    session: Session, actor: Actor, looked_at: Mapping[Due, bytes | None], *, at: datetime
) -> None:
    """Keep the vectors of texts, and of those without a new one that they have not changed.

    A text that has changed meanwhile is left to its own order. Whoever's interests mean something new
    gets new proposals.
    """
    # One order, for all who lock several: volunteers before needs, each by id.
    for due in sorted(looked_at, key=lambda one: (one.kind is NeedVector, one.id)):
        text = get_text_now(session, actor, due.kind, due.id)
        if text is not None and digest_of(text) == due.digest:
            _keep(session, actor, due, looked_at[due], at)


def _keep(session: Session, actor: Actor, due: Due, vector: bytes | None, at: datetime) -> None:
    row = find_vector(session, actor, due.kind, due.id)
    if vector is None:
        if row is not None:
            row.seen_version = due.version
        return
    if row is None:
        owner = {"need_id" if due.kind is NeedVector else "volunteer_id": due.id}
        row = due.kind(**owner)
        session.add(row)
    row.digest, row.model, row.seen_version = due.digest, MODEL, due.version
    row.vector, row.embedded_at = vector, at
    if due.kind is InterestVector and has_account(session, actor, due.id):
        order_proposals(session, actor, due.id, at=at)


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of so many vectors of length 1."""

    total: Array
    texts: int


def estimate_means(sessions: Sessions, actor: Actor, *, at: datetime) -> dict[str, int]:
    """Estimate the mean of each language's open needs anew; say of how many texts each is.

    Volunteers' own words are not in it: nothing of them is told to anybody by what a mean shifts.
    """
    with unit_of_work(sessions, readonly=True) as session:
        sums = _sums(iter(list_need_vectors(session, actor)))
    with unit_of_work(sessions, at=at) as session:
        forget_means_but(session, actor, sums.keys())
        for language, one in sums.items():
            mean = estimated(SENTENCES, language, one.total, one.texts)
            row = TextMean(
                language=language, model=MODEL, mean=mean.astype("<f4").tobytes(),
                texts=one.texts, estimated_at=at,
            )  # fmt: skip
            session.merge(row)
    return {language: one.texts for language, one in sums.items()}


def _sums(vectors: Iterator[tuple[Text, bytes]]) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    while some := list(islice(vectors, _AT_ONCE)):
        languages = np.array([language_of(f"{one.title}\n{one.body}", one.language) for one, _ in some])
        long = scaled(np.array([unpacked(vector) for _, vector in some], np.float32))
        for language in dict.fromkeys(languages.tolist()):
            mine = long[languages == language]
            before = sums.get(language)
            total = mine.sum(axis=0) + (before.total if before else 0)
            sums[language] = Sum(total, len(mine) + (before.texts if before else 0))
    return sums
