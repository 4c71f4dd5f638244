"""Volunteer centres: the tenants, whose staff verify organisations and help both sides."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped

from models.base import Base, Versioned, column


class Centre(Versioned, Base):
    """A volunteer centre."""

    __tablename__ = "centres"

    name: Mapped[str] = column(String(200), unique=True)
    timezone: Mapped[str] = column(String(64))
    language: Mapped[str] = column(String(2))
