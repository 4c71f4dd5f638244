"""What a volunteer says to a proposal."""

from __future__ import annotations

from service.schemas.fields import Flag, Id, Moment, Schema, Several, Text, vocabulary


class Acceptance(Schema):
    """A yes; a need that has no shifts takes none by name."""

    shift_ids = Several(Id(), most=0, allow_none=True)
    waitlist = Flag(
        allow_none=True,
        metadata={"description": "Where it is full, wait for a place: it is offered, never just given"},
    )
    message = Text(most=2000, allow_none=True, metadata={"description": "For the organisation"})


class Decline(Schema):
    """A no; why is theirs to say or not."""

    reason = vocabulary("decline_reasons", allow_none=True)
    note = Text(most=2000, allow_none=True)


class Snooze(Schema):
    """A not-now."""

    until = Moment(required=True, metadata={"description": "In the future, within a year"})


class Withdrawal(Schema):
    """A yes taken back."""

    note = Text(most=2000, allow_none=True)
