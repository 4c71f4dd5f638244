"""One row of an import: saved by the very operation that the API calls, and undone whole where refused."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from models import Centre, Need, Organisation
from models.errors import NotPossible
from models.imports import ImportKind, RowStatus
from models.needs import NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import Actor
from service.errors import CODES, N_, FieldError, Refusal
from service.operations.changes import Saved
from service.operations.needs import publish_need, save_need
from service.operations.organisations import save_organisation, verify_organisation
from service.operations.volunteers import save_volunteer
from service.queries.organisations import (
    find_organisation_by_external_id,
    find_organisation_by_name,
    fold_name,
)
from service.schemas.import_fields import check_fields, check_named
from service.schemas.import_issues import Kept, keep_error, keep_issue
from service.schemas.imports.issues import RowIssue, row_issue
from service.schemas.imports.mapping import MappedRow

NOTE = N_("Checked before the import.")
# Where an operation refuses a row for one of its fields without naming it.
FIELDS = {"external_id_taken": "external_id", "places_held": "places"}


@dataclass(slots=True)
class Batch:
    """What the rows of one part have in common: whose they are, what was asked, organisations met so far."""

    centre: Centre
    kind: ImportKind
    verify: bool
    publish: bool
    organisations: dict[tuple[str | None, str], Organisation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row."""

    status: RowStatus
    subject_id: uuid.UUID | None
    issues: list[Kept]


Fields = dict[str, Any]
Kind = Callable[[Session, Actor, Batch, MappedRow, Fields, datetime], tuple[uuid.UUID, Saved, list[RowIssue]]]


def save_row(session: Session, actor: Actor, batch: Batch, row: MappedRow, *, at: datetime) -> Outcome:
    """Save a row if nothing is wrong with it; whatever refuses it undoes it whole, and only it."""
    found = [keep_issue(one) for one in row.issues]
    if row.refused:
        return Outcome(RowStatus.REFUSED, None, found)
    try:
        fields = check_fields(batch.kind, row)
        with session.begin_nested():
            subject_id, saved, more = KINDS[batch.kind](session, actor, batch, row, fields, at)
    except (Refusal, NotPossible, IntegrityError, DataError, StaleDataError) as error:
        # One that came with this row has gone with it.
        batch.organisations.clear()
        return Outcome(RowStatus.REFUSED, None, found + [keep_error(one) for one in _errors_of(error)])
    return Outcome(RowStatus(saved), subject_id, found + [keep_issue(one) for one in more])


def _errors_of(error: Exception) -> tuple[FieldError, ...]:
    if isinstance(error, Refusal) and error.errors:
        return error.errors
    code = "conflict"
    if isinstance(error, (Refusal, NotPossible)):
        code = error.code
    elif isinstance(error, DataError):
        code = "invalid"
    return (FieldError(FIELDS.get(code, "row"), code, CODES[code][1]),)


def _save_need(
    session: Session, actor: Actor, batch: Batch, row: MappedRow, fields: Fields, at: datetime
) -> tuple[uuid.UUID, Saved, list[RowIssue]]:
    organisation = _organisation_of(session, actor, batch, row.organisation or {}, at)
    external_id = fields.pop("external_id")
    need, saved = save_need(
        session, actor, organisation, fields, external_id=external_id, at=at, past_is_closed=True
    )
    why_not = _why_not_open(need, organisation, batch, at)
    if batch.publish and why_not is None and need.status is NeedStatus.DRAFT:
        publish_need(session, actor, need.id, at=at)
        saved = "updated" if saved == "unchanged" else saved
    return need.id, saved, [why_not] if why_not else []


def _why_not_open(need: Need, organisation: Organisation, batch: Batch, at: datetime) -> RowIssue | None:
    if need.is_over(at):
        return row_issue("row", "dates_passed", fatal=False)
    if batch.publish and organisation.status is OrganisationStatus.SUSPENDED:
        return row_issue("organisation", "not_published", fatal=False)
    return None


def _organisation_of(
    session: Session, actor: Actor, batch: Batch, named: dict[str, str], at: datetime
) -> Organisation:
    """Find the organisation that a row of needs names, or bring it in; one that is there stays as it is."""
    key = (named.get("external_id"), fold_name(named.get("name", "")))
    if key not in batch.organisations:
        found = _find_organisation(session, actor, batch.centre, named)
        if found is None:
            fields = check_named(named)
            external_id = fields.pop("external_id", None)
            found, _ = save_organisation(session, actor, batch.centre, fields, external_id=external_id, at=at)
        _verify(session, actor, batch, found, at)
        batch.organisations[key] = found
    return batch.organisations[key]


def _find_organisation(
    session: Session, actor: Actor, centre: Centre, named: dict[str, str]
) -> Organisation | None:
    external_id, name = named.get("external_id"), named.get("name")
    known = external_id and find_organisation_by_external_id(session, actor, centre.id, external_id)
    if known or not name:
        return known or None
    known = find_organisation_by_name(session, actor, centre.id, name)
    # One that the centre knows by another id is another one of the same name.
    return known if known and (external_id is None or known.external_id is None) else None


def _verify(session: Session, actor: Actor, batch: Batch, organisation: Organisation, at: datetime) -> bool:
    """Verify where it was asked, but never against a suspension; say whether anything changed."""
    if not batch.verify or organisation.status is not OrganisationStatus.UNVERIFIED:
        return False
    verify_organisation(session, actor, organisation.id, OrganisationStatus.VERIFIED, NOTE, at=at)
    return True


def _save_organisation(
    session: Session, actor: Actor, batch: Batch, row: MappedRow, fields: Fields, at: datetime
) -> tuple[uuid.UUID, Saved, list[RowIssue]]:
    external_id = fields.pop("external_id")
    saved_row, saved = save_organisation(session, actor, batch.centre, fields, external_id=external_id, at=at)
    if _verify(session, actor, batch, saved_row, at) and saved == "unchanged":
        saved = "updated"
    return saved_row.id, saved, []


def _save_volunteer(
    session: Session, actor: Actor, batch: Batch, row: MappedRow, fields: Fields, at: datetime
) -> tuple[uuid.UUID, Saved, list[RowIssue]]:
    external_id = fields.pop("external_id")
    volunteer, saved = save_volunteer(session, actor, batch.centre, fields, external_id=external_id, at=at)
    return volunteer.id, saved, []


KINDS: dict[ImportKind, Kind] = {
    ImportKind.NEEDS: _save_need,
    ImportKind.ORGANISATIONS: _save_organisation,
    ImportKind.VOLUNTEERS: _save_volunteer,
}
