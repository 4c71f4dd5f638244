"""What a volunteer says to a proposal."""

from __future__ import annotations

from service.schemas.fields import Schema, Text, vocabulary


class Acceptance(Schema):
    """A yes."""

    message = Text(most=2000, allow_none=True, metadata={"description": "For the organisation"})


class Decline(Schema):
    """A no; why is theirs to say or not."""

    reason = vocabulary("decline_reasons", allow_none=True)
    note = Text(most=2000, allow_none=True)


class Withdrawal(Schema):
    """A yes taken back."""

    note = Text(most=2000, allow_none=True)
