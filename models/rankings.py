"""Rankings that were learnt: each with its arrays and a card, and which of them was put into use when."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, Identified, Sequence, column

# What stands in place of a version where the rules rank.
RULES_VERSION = "rules"


class RankingModel(Identified, Base):
    """A model as it was learnt; it never changes, and is a candidate until it is put into use."""

    __tablename__ = "ranking_models"

    version: Mapped[str] = column(String(100), unique=True)
    trained_at: Mapped[datetime] = column()
    # {schema, version, names, sha256, lists, until, metrics, …}; matching/model_files.py reads it.
    manifest: Mapped[dict[str, Any]] = column()
    # Numbers only: .npz, read without executing anything.
    arrays: Mapped[bytes] = column(LargeBinary)
    # The model card, in Markdown.
    card: Mapped[str] = column(Text)


class RankingUse(Base):
    """A ranking was put into use; the last one is the one in use."""

    __tablename__ = "ranking_uses"

    number: Mapped[int] = column(Sequence, primary_key=True, autoincrement=True)
    version: Mapped[str] = column(String(100))
    begun_at: Mapped[datetime] = column()
    begun_by: Mapped[uuid.UUID | None] = column(pii="low")
