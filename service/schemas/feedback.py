"""Feedback as each side reads it, and what is public of it."""

from __future__ import annotations

from typing import Any

from models import Feedback, Need, Organisation
from models.feedback import LEAST_RATING, MOST_RATING
from models.introductions import Side
from service.schemas.fields import Flag, Id, Moment, Number, OneOf, Part, Schema, Text, Whole
from service.schemas.hours import GivenTo
from service.schemas.lists import list_of

LONGEST = 2000


class FeedbackNew(Schema):
    """How it was: from 1, not at all well, to 5, very well; in words, if one likes."""

    rating = Whole(least=LEAST_RATING, most=MOST_RATING, required=True)
    text = Text(most=LONGEST, allow_none=True)
    would_again = Flag(allow_none=True, metadata={"description": "Whether one would do it again, together"})


class FeedbackShown(Schema):
    """What one side said."""

    id = Id(required=True)
    placement_id = Id(required=True)
    side = OneOf(Side, required=True)
    rating = Whole(least=LEAST_RATING, most=MOST_RATING, required=True)
    text = Text(most=LONGEST, allow_none=True, required=True)
    would_again = Flag(allow_none=True, required=True)
    opens_at = Moment(
        required=True, metadata={"description": "From then on the other side reads it, and it stays as it is"}
    )
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


FeedbackList = list_of("FeedbackList", FeedbackShown)


class FeedbackOn(FeedbackShown):
    """What one side said, and of what."""

    need = Part(GivenTo, required=True)
    organisation = Part(GivenTo, required=True)


FeedbackOnList = list_of("FeedbackOnList", FeedbackOn)


class RatingShown(Schema):
    """What volunteers said of an organisation; nothing below five of them, and in steps of five."""

    count = Whole(least=5, most=2**31, allow_none=True, required=True)
    mean = Number(least=LEAST_RATING, most=MOST_RATING, allow_none=True, required=True)


def show_feedback(row: Feedback) -> dict[str, Any]:
    """Show what one side said."""
    names = ("id", "placement_id", "side", "rating", "text", "would_again")
    return {name: getattr(row, name) for name in (*names, "opens_at", "created_at", "updated_at")}


def show_feedback_on(row: Feedback, need: Need, organisation: Organisation) -> dict[str, Any]:
    """Show what one side said, and of what."""
    about = {"need": need.title, "organisation": organisation.name}
    ids = {"need": need.id, "organisation": organisation.id}
    return {**show_feedback(row), **{one: {"id": ids[one], "name": about[one]} for one in about}}
