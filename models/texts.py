"""What texts mean, as vectors: of needs, of what volunteers wrote, and the mean of each language's texts.

A vector is used only while its digest is that of the text as it stands: a changed text has none until it was
embedded again.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped

from models.base import Base, column


class NeedVector(Base):
    """Title and description of a need as one vector."""

    __tablename__ = "need_vectors"

    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    # SHA-256 of what was embedded, and by what.
    digest: Mapped[str] = column(String(64))
    model: Mapped[str] = column(String(60))
    # The need's version when its text was last compared with the digest.
    seen_version: Mapped[int] = column(Integer)
    vector: Mapped[bytes] = column(LargeBinary)
    # When the vector was made; the index of open needs asks for those since its last look.
    embedded_at: Mapped[datetime] = column(index=True)


class InterestVector(Base):
    """What a volunteer cares about as one vector: as personal as the words themselves."""

    __tablename__ = "interest_vectors"

    volunteer_id: Mapped[uuid.UUID] = column(
        ForeignKey("volunteers.id", ondelete="CASCADE"), primary_key=True, pii="low"
    )
    digest: Mapped[str] = column(String(64), pii="sensitive")
    model: Mapped[str] = column(String(60))
    seen_version: Mapped[int] = column(Integer)
    vector: Mapped[bytes] = column(LargeBinary, pii="sensitive")
    embedded_at: Mapped[datetime] = column(pii="low")


class TextMean(Base):
    """The mean vector of a language's needs, as the last night estimated it."""

    __tablename__ = "text_means"

    language: Mapped[str] = column(String(2), primary_key=True)
    model: Mapped[str] = column(String(60))
    # 384 numbers of four bytes.
    mean: Mapped[bytes] = column(LargeBinary)
    texts: Mapped[int] = column(Integer)
    estimated_at: Mapped[datetime] = column()
