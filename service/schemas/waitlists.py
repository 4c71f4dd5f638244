"""Waitlists as an organisation sees them: a number, and none that would tell of persons."""

from __future__ import annotations

from service.schemas.fields import Schema, Whole


class WaitlistShown(Schema):
    """How many wait for a need."""

    waiting = Whole(
        least=0,
        most=1_000_000,
        allow_none=True,
        required=True,
        metadata={"description": "Null where there are fewer than five"},
    )
