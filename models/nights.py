"""Nights: what of the nightly work has been done, and what went wrong."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, String, Text
from sqlalchemy.orm import Mapped

from models.base import Base, column


class NightStep(Base):
    """One step of one night, ended: done, or failed and left to the next night."""

    __tablename__ = "night_steps"

    # The day on which the night ends, where the service is.
    night: Mapped[date] = column(Date, primary_key=True)
    step: Mapped[str] = column(String(60), primary_key=True)
    ended_at: Mapped[datetime] = column()
    # The kind and place of what went wrong; never its words, which could name a person.
    failure: Mapped[str | None] = column(Text)
