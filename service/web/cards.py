"""A proposal as a card on a page, and the reasons a volunteer may give for a no."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import g
from sqlalchemy import Row

from models.proposals import INVITED
from models.vocabularies import entries
from service.schemas.reasons import show_reasons


def make_card(row: Row[Any]) -> SimpleNamespace:
    """Put a row of `queries.proposal_lists` into the form that the templates read."""
    columns = row._asdict()
    reasons = show_reasons(row.reasons, g.language)
    return SimpleNamespace(
        id=row.id,
        status=row.status,
        snoozed_until=row.snoozed_until,
        decision_due=row.decision_due,
        waitlist_position=row.waitlist_position,
        waitlist_length=row.waitlist_length,
        need=_part(columns, "need_"),
        organisation=_part(columns, "organisation_"),
        shifts=(),
        waits_for=(),
        reasons_for=[one["text"] for one in reasons if _is_for(one)],
        reasons_against=[one["text"] for one in reasons if not _is_for(one)],
    )


def _is_for(reason: dict[str, Any]) -> bool:
    return bool(reason["weight"] > 0 or reason["code"] == INVITED["code"])


def decline_reasons() -> list[tuple[str, str]]:
    """List the reasons for a no as codes with words."""
    return [(one.code, one.labels[g.language]) for one in entries("decline_reasons")]


def _part(columns: dict[str, Any], prefix: str) -> SimpleNamespace:
    return SimpleNamespace(
        **{name.removeprefix(prefix): value for name, value in columns.items() if name.startswith(prefix)}
    )
