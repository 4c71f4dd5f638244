"""Reading what is to be embedded, the vectors of texts, and the means of languages.

A vector counts only while its digest is that of the text as it stands.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from matching.embedding import MODEL, unpacked, written
from matching.means import DIMENSIONS, SENTENCES, Means
from matching.profiles import Person
from matching.vectors import Text
from models import InterestVector, Need, NeedVector, TextMean, Volunteer
from models.needs import NeedStatus
from service.access.actors import Actor

Kind = type[NeedVector] | type[InterestVector]
#: What nobody can be proposed any more is not embedded.
_ALIVE = (NeedStatus.DRAFT, NeedStatus.OPEN, NeedStatus.FULL)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A text to look at: whose, in which version, and the digest of what was embedded before, if anything."""

    kind: Kind
    id: uuid.UUID
    version: int
    text: Text
    embedded: str | None

    @property
    def digest(self) -> str:
        """Give the digest of the text as it stands."""
        return digest_of(self.text)


def digest_of(text: Text) -> str:
    """Tell a text from any other, and what embeds it from what did before: SHA-256 as hexadecimal."""
    return hashlib.sha256(f"{MODEL}\0{written(text)}".encode()).hexdigest()


def need_text(row: Any) -> Text:
    """Give what is embedded of a need."""
    return Text(row.title, row.description)


def current(vector: bytes | None, digest: str | None, text: Text) -> bytes | None:
    """Give a vector if it is that of the text as it stands."""
    return vector if vector and digest == digest_of(text) else None


def list_texts_due(session: Session, actor: Actor, *, limit: int) -> list[Due]:
    """List texts that were not looked at since they may have changed: people's own first."""
    interests = session.execute(_interests_due().limit(limit))
    due = [
        Due(InterestVector, row.id, row.version, Text(body=row.interests), row.digest) for row in interests
    ]
    needs = session.execute(_needs_due().limit(limit - len(due))) if len(due) < limit else ()
    return due + [Due(NeedVector, row.id, row.version, need_text(row), row.digest) for row in needs]


def count_texts_due(session: Session, actor: Actor) -> int:
    """Count the texts that wait to be looked at."""
    both = (_interests_due(), _needs_due())
    return sum(session.scalars(select(func.count()).select_from(one.subquery())).one() for one in both)


def _needs_due() -> Select[*tuple[Any, ...]]:
    wanted: Select[*tuple[Any, ...]] = (
        select(Need.id, Need.version, Need.title, Need.description, NeedVector.digest)
        .outerjoin(NeedVector, NeedVector.need_id == Need.id)
        .where(Need.status.in_(_ALIVE), _is_old(NeedVector, NeedVector.need_id, Need.version))
    )
    return wanted


def _interests_due() -> Select[*tuple[Any, ...]]:
    wanted: Select[*tuple[Any, ...]] = (
        select(Volunteer.id, Volunteer.version, Volunteer.interests, InterestVector.digest)
        .outerjoin(InterestVector, InterestVector.volunteer_id == Volunteer.id)
        .where(
            Volunteer.interests != "", _is_old(InterestVector, InterestVector.volunteer_id, Volunteer.version)
        )
    )
    return wanted


def _is_old(kind: Kind, key: Any, version: Any) -> ColumnElement[bool]:
    return or_(key.is_(None), and_(kind.seen_version != version), kind.model != MODEL)


def find_vector(session: Session, actor: Actor, kind: Kind, owner: uuid.UUID) -> Any:
    """Find the vector of a need or a volunteer as it is now, locked."""
    return session.get(kind, owner, with_for_update=True, populate_existing=True)


def get_text_now(session: Session, actor: Actor, kind: Kind, owner: uuid.UUID) -> Text | None:
    """Get the text as it stands, locked against changes until the commit; None where it is gone."""
    if kind is NeedVector:
        need = select(Need.title, Need.description).where(Need.id == owner).with_for_update(key_share=True)
        row = session.execute(need).one_or_none()
        return row and need_text(row)
    said = select(Volunteer.interests).where(Volunteer.id == owner).with_for_update(key_share=True)
    words = session.scalar(said)
    return Text(body=words) if words else None


def has_account(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> bool:
    """Say whether a volunteer may look at their proposals themselves."""
    asked = select(Volunteer.account_id).where(Volunteer.id == volunteer_id)
    return session.scalar(asked) is not None


def forget_interest_vector(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> None:
    """Forget what a volunteer's former words meant."""
    session.execute(delete(InterestVector).where(InterestVector.volunteer_id == volunteer_id))


def forget_all_vectors(session: Session, actor: Actor) -> None:
    """Forget what all texts mean."""
    for kind in (InterestVector, NeedVector, TextMean):
        session.execute(delete(kind))


def add_meaning(session: Session, actor: Actor, person: Person) -> Person:
    """Give a person with what their interests mean, where it is known."""
    found = session.execute(
        select(InterestVector.vector, InterestVector.digest).where(InterestVector.volunteer_id == person.id)
    ).one_or_none()
    if found is None:
        return person
    return replace(person, vector=current(found.vector, found.digest, Text(body=person.interests)))


def add_meanings(session: Session, actor: Actor, people: Sequence[Person]) -> list[Person]:
    """Give many people with what their interests mean, where it is known."""
    rows = session.execute(
        select(InterestVector.volunteer_id, InterestVector.vector, InterestVector.digest).where(
            InterestVector.volunteer_id.in_([one.id for one in people])
        )
    )
    known = {row.volunteer_id: row for row in rows}
    return [
        replace(one, vector=current(known[one.id].vector, known[one.id].digest, Text(body=one.interests)))
        if one.id in known
        else one
        for one in people
    ]


def list_need_vectors(session: Session, actor: Actor) -> Iterator[tuple[Text, bytes]]:
    """List the texts of open needs, with their languages, and their vectors; many, in parts."""
    rows = session.execute(
        select(Need.title, Need.description, Need.language, NeedVector.vector, NeedVector.digest)
        .join(NeedVector, NeedVector.need_id == Need.id)
        .where(Need.status == NeedStatus.OPEN)
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in rows:
        vector = current(row.vector, row.digest, need_text(row))
        if vector is not None and unpacked(vector) is not None:
            yield need_text(row)._replace(language=row.language), vector


def forget_means_but(session: Session, actor: Actor, languages: Collection[str]) -> None:
    """Forget the means of all other languages."""
    session.execute(delete(TextMean).where(TextMean.language.not_in(languages)))


def get_means(session: Session, actor: Actor) -> Means:
    """Give the means of languages as last estimated; those that cannot be read are known beforehand."""
    known = {}
    for row in session.execute(select(TextMean.language, TextMean.mean).where(TextMean.model == MODEL)):
        mean = np.frombuffer(row.mean, "<f4") if len(row.mean) == 4 * DIMENSIONS[SENTENCES] else None
        if mean is not None and np.isfinite(mean).all() and np.linalg.norm(mean) <= 1 + 1e-3:
            known[SENTENCES, row.language] = mean.astype(np.float32)
    return Means(known)
