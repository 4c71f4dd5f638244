"""Prices: what a night's forecast says the exposure of each open need is worth."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped

from models.base import Base, column


class NeedPrice(Base):
    """What one more acceptance of a need is worth beyond the acceptance itself (`matching.spread`).

    Kept apart from the need: a price is no change of it that anybody is told of.
    """

    __tablename__ = "need_prices"

    need_id: Mapped[uuid.UUID] = column(ForeignKey("needs.id", ondelete="CASCADE"), primary_key=True)
    price: Mapped[float] = column()


class PriceNight(Base):
    """When prices were told, and what a first volunteer counts for since then; the last one counts."""

    __tablename__ = "price_nights"

    priced_at: Mapped[datetime] = column(primary_key=True)
    # The dial (HALFWAY_SPREAD) as it stood that night, and the weight that the replay chose.
    spread: Mapped[float] = column()
    weight: Mapped[float] = column()
