"""Proposals as their volunteer sees them: need, organisation and reasons in words.

The list is the one that is asked for most, so its items are put together by hand from plain columns;
the schemas say how they look, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from models import Shift
from models.proposals import ProposalOrigin, ProposalStatus
from models.vocabularies import slot_codes
from service.schemas.fields import Id, Moment, Number, OneOf, Part, Schema, Several, Text, Whole
from service.schemas.lists import PageAsked, list_of
from service.schemas.needs import NeedShown
from service.schemas.organisations import OrganisationShown
from service.schemas.reasons import WORDINGS, show_reasons
from service.schemas.shifts import MOST_CHOSEN, write_shifts


class ReasonShown(Schema):
    """Why a need was proposed, or what speaks against it."""

    code = OneOf(WORDINGS, required=True)
    text = Text(most=1000, required=True, metadata={"description": "In the reader's language"})
    weight = Number(
        least=-100,
        most=100,
        required=True,
        metadata={"description": "Above 0 it speaks for it; 0: told only (an invitation, a rule broken)"},
    )


class ProposalShown(Schema):
    """A need put before the volunteer; `show_proposal` has given it its final form."""

    id = Id(required=True)
    status = OneOf(ProposalStatus, required=True)
    origin = OneOf(ProposalOrigin, required=True)
    score = Number(least=-100, most=100, required=True)
    model = Text(most=100, required=True, metadata={"description": "The ranking, and its version"})
    reasons = Several(Part(ReasonShown), most=20, required=True)
    need = Part(NeedShown, required=True)
    organisation = Part(OrganisationShown, required=True)
    created_at = Moment(required=True)
    snoozed_until = Moment(allow_none=True, required=True)
    decision_due = Moment(
        allow_none=True,
        required=True,
        metadata={"description": "Until when a place is kept for the volunteer, where one is offered"},
    )
    waitlist_position = Whole(
        least=1,
        most=1_000_000,
        allow_none=True,
        required=True,
        metadata={"description": "Whose turn it is after how many: 1 is next; null where one does not wait"},
    )
    waitlist_length = Whole(
        least=0,
        most=1_000_000,
        allow_none=True,
        required=True,
        metadata={"description": "How many wait for a full need; null where it is not full"},
    )
    waitlist_shift_ids = Several(
        Id(),
        most=MOST_CHOSEN,
        required=True,
        metadata={"description": "For which shifts one waits, or in which a place is offered"},
    )

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Give it as it is."""
        return obj


ProposalList = list_of("ProposalList", ProposalShown)


class ProposalsAsked(PageAsked):
    """Which of their proposals a volunteer wants to see."""

    status = Several(
        OneOf(ProposalStatus),
        most=len(ProposalStatus),
        metadata={"description": "Without it, those that wait for an answer: proposed, snoozed, offered"},
    )


_DATES = ("starts_at", "ends_at", "publish_at", "published_at", "expires_at", "closed_at")
_NEED = (
    *("organisation_id", "external_id", "status", "title", "description", "language", "causes", "skills"),
    *("languages", "requirements", "rewards", "accessibility", "location_type", "timezone", "rrule"),
    *("commitment_hours_per_week", "minimum_age", "maximum_age", "shift_count"),
)
_ORGANISATION = (
    *("id", "centre_id", "external_id", "status", "name", "description", "mission", "causes", "website"),
    *("registrations", "language"),
)


def show_proposal(
    row: Any, language: str, shifts: Iterable[Shift] = (), waits_for: Iterable[Shift] = ()
) -> dict[str, Any]:
    """Show a row of `queries.proposal_lists`, and its next shifts, in final form, in their language."""
    columns = row._mapping  # noqa: SLF001 the documented way to a row's columns
    return {
        "id": row.id,
        "status": row.status,
        "origin": row.origin,
        "score": row.score,
        "model": row.model,
        "reasons": show_reasons(row.reasons, language),
        "need": _need(columns, shifts),
        "organisation": _organisation(columns),
        "created_at": _moment(row.created_at),
        "snoozed_until": _moment(row.snoozed_until),
        "decision_due": _moment(row.decision_due),
        "waitlist_position": row.waitlist_position,
        "waitlist_length": row.waitlist_length,
        "waitlist_shift_ids": [str(one.id) for one in waits_for],
    }


def _need(columns: Any, shifts: Iterable[Shift]) -> dict[str, Any]:
    in_shifts = "shift_" if columns["need_shift_count"] else ""
    places, taken = (columns[f"need_{in_shifts}{name}"] for name in ("places", "places_taken"))
    return {
        "id": columns["need_id"],
        **{name: columns[f"need_{name}"] for name in _NEED},
        **{name: _moment(columns[f"need_{name}"]) for name in (*_DATES, "created_at", "updated_at")},
        "organisation": {name: columns[f"organisation_{name}"] for name in ("id", "name", "status")},
        "location": _location(columns, "need"),
        "availability": _slots(columns["need_slots"]),
        "places": places,
        "places_left": places - taken,
        "shifts": write_shifts(columns["need_timezone"], shifts),
    }


def _organisation(columns: Any) -> dict[str, Any]:
    return {
        **{name: columns[f"organisation_{name}"] for name in _ORGANISATION},
        **{
            name: _moment(columns[f"organisation_{name}"])
            for name in ("verified_at", "created_at", "updated_at")
        },
        "location": _location(columns, "organisation"),
    }


def _location(columns: Any, of: str) -> dict[str, Any] | None:
    if columns[f"{of}_latitude"] is None:
        return None
    return {name: columns[f"{of}_{name}"] for name in ("latitude", "longitude", "place")}


@lru_cache(maxsize=1024)
def _slots(mask: int) -> tuple[str, ...]:
    return slot_codes(mask)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
