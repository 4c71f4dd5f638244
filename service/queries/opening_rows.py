"""Rows of open needs as the index reads them: all of one, or its versions alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CompoundSelect, cast, null, select, union_all

from matching.profiles import Opening
from models import Need, NeedVector, Organisation
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.queries.texts import current, need_text

# When a need ended all of whose shifts are over or cancelled.
LONG_OVER = datetime(1970, 1, 1, tzinfo=UTC)
NEEDS, ORGANISATIONS, _VECTORS = Need.__table__, Organisation.__table__, NeedVector.__table__
BOTH = NEEDS.join(ORGANISATIONS, ORGANISATIONS.c.id == NEEDS.c.organisation_id)
OPEN_NOW = (NEEDS.c.status == NeedStatus.OPEN, ORGANISATIONS.c.status == OrganisationStatus.VERIFIED)
CHANGED = select(NEEDS.c.id, NEEDS.c.version, ORGANISATIONS.c.version.label("organisation_version"))
ONE = select(
    *(
        NEEDS.c[name]
        for name in (
            *("id", "version", "organisation_id", "title", "description", "language", "causes"),
            *("skills", "languages", "location_type", "latitude", "longitude", "timezone"),
            *("starts_at", "ends_at", "rrule", "slots", "commitment_hours_per_week"),
            *("minimum_age", "maximum_age", "requirements", "places", "places_taken"),
            *("publish_at", "published_at", "expires_at", "shift_count", "shifts_from", "shifts_until"),
            *("shift_slots", "shift_places", "shift_places_taken"),
        )
    ),
    ORGANISATIONS.c.version.label("organisation_version"),
    ORGANISATIONS.c.name.label("organisation_name"),
    _VECTORS.c.vector,
    _VECTORS.c.digest,
).select_from(BOTH.outerjoin(_VECTORS, _VECTORS.c.need_id == NEEDS.c.id))
OPEN = ONE.where(*OPEN_NOW)


def changed_since(since: datetime) -> CompoundSelect[Any]:
    """Ask for what has changed: the versions of rows, and, with the time, which texts were embedded."""
    plain = CHANGED.add_columns(cast(null(), _VECTORS.c.embedded_at.type).label("embedded_at")).select_from(
        BOTH
    )
    embedded = CHANGED.add_columns(_VECTORS.c.embedded_at).select_from(
        BOTH.join(_VECTORS, _VECTORS.c.need_id == NEEDS.c.id)
    )
    return union_all(
        plain.where(NEEDS.c.updated_at >= since),
        plain.where(ORGANISATIONS.c.updated_at >= since),
        embedded.where(_VECTORS.c.embedded_at >= since),
    )


def opening_of(row: Any) -> Opening:
    """Put a row of `ONE` into the form in which the ranking knows a need; those that it asks for are open."""
    return as_opening(
        row,
        organisation_name=row.organisation_name,
        organisation_verified=True,
        vector=current(row.vector, row.digest, need_text(row)),
        versions=(row.version, row.organisation_version),
    )


def as_opening(need: Any, **known: Any) -> Opening:
    """Put a need, or a row with its columns, into the ranking's form; `known` is what it does not hold."""
    dates = [one for one in (need.published_at, need.publish_at) if one is not None]
    return Opening(
        id=need.id,
        organisation_id=need.organisation_id,
        title=need.title,
        description=need.description,
        language=need.language,
        causes=frozenset(need.causes),
        skills=tuple((code, None) for code in need.skills),
        languages=tuple((code, None) for code in need.languages),
        location_type=need.location_type.value,
        latitude=need.latitude,
        longitude=need.longitude,
        timezone=need.timezone,
        commitment_hours_per_week=need.commitment_hours_per_week,
        minimum_age=need.minimum_age,
        maximum_age=need.maximum_age,
        requirements=frozenset(need.requirements),
        published_at=max(dates, default=None),
        **_in_time(need),
        **known,
    )


def _in_time(need: Any) -> dict[str, Any]:
    """Say when a need is, and how many places it has: by its shifts, where it has some, else by itself."""
    if not need.shift_count:
        return {
            "starts_at": need.starts_at,
            "ends_at": need.ends_at,
            "repeats": need.rrule is not None,
            "slots": need.slots,
            "places_left": need.places - need.places_taken,
            "accepted": need.places_taken,
            "expires_at": need.expires_at,
        }
    # It is not over with its first shift, but with its last one nobody can be asked any more.
    ends = [one for one in (need.expires_at, need.shifts_until or LONG_OVER) if one is not None]
    return {
        "starts_at": need.shifts_from,
        "repeats": True,
        "slots": need.slots or need.shift_slots,
        "places_left": need.shift_places - need.shift_places_taken,
        "accepted": need.shift_places_taken,
        "expires_at": min(ends),
    }
