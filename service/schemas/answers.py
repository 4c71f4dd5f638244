"""What a volunteer says to a proposal."""

from __future__ import annotations

from service.schemas.fields import Flag, Id, Moment, Schema, Several, Text, vocabulary
from service.schemas.shifts import MOST_CHOSEN


class Acceptance(Schema):
    """A yes; to a need with shifts it names those that one takes, to another none."""

    shift_ids = Several(Id(), most=MOST_CHOSEN, allow_none=True)
    confirm_overlap = Flag(
        allow_none=True,
        metadata={"description": "True where one knows that it meets something else that one holds"},
    )
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
