"""Organisations: added by their coordinators or a centre, verified or suspended by a centre's staff."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Centre, Coordinator, Organisation
from models.organisations import OrganisationStatus
from models.proposals import ProposalStatus
from service.access.actors import Actor, ActorKind
from service.errors import N_, FieldError, Invalid, NotAllowed, Refusal
from service.operations.accounts import choose_centre
from service.operations.changes import Saved, set_columns, without_repeats
from service.operations.events import record_event
from service.operations.need_changes import expire_proposals, record_step, tell_matching
from service.queries.needs import list_published_need_ids, touch_needs_of
from service.queries.organisations import (
    find_organisation_by_external_id,
    find_organisation_by_name,
    fold_name,
    get_organisation_for_change,
)
from service.queries.waitlists import lock_needs_waited_for
from service.schemas.locations import keep_location

Fields = Mapping[str, Any]
EMPTY: Fields = {"description": "", "mission": None, "causes": [], "website": None, "registrations": []}


def create_organisation(session: Session, actor: Actor, fields: Fields, *, at: datetime) -> Organisation:
    """Add an organisation, unverified; a coordinator who adds one writes for it from then on.

    `fields` are those of `OrganisationNew`. Refused with `external_id_taken`.
    """
    centre = _choose_centre_of(session, actor, fields.get("centre"))
    external_id = fields.get("external_id")
    _check_external_id(session, actor, centre.id, external_id)
    organisation = _add(session, actor, centre, fields, external_id, at)
    if actor.kind is ActorKind.COORDINATOR:
        session.add(Coordinator(account_id=actor.account_id, organisation_id=organisation.id, created_at=at))
        session.flush()
    return organisation


def change_organisation(
    session: Session, actor: Actor, organisation: Organisation, fields: Fields, *, at: datetime
) -> Organisation:
    """Change what is said about an organisation that `get_organisation_for_change` gave."""
    external_id = fields.get("external_id", organisation.external_id)
    if external_id != organisation.external_id:
        _check_external_id(session, actor, organisation.centre_id, external_id)
    _change(session, actor, organisation, {**_columns(fields), "external_id": external_id}, at)
    return organisation


def save_organisation(
    session: Session,
    actor: Actor,
    centre: Centre,
    fields: Fields,
    *,
    external_id: str | None,
    at: datetime,
) -> tuple[Organisation, Saved]:
    """Add a centre's organisation, or change the one that it is; saving the same again changes nothing.

    It is known by its external id, else by its name. Fields that are left out stay as they are.
    """
    known = external_id and find_organisation_by_external_id(session, actor, centre.id, external_id)
    if not known:
        named = find_organisation_by_name(session, actor, centre.id, fields["name"])
        # One that came in by its name only takes the id; one with another id is another one.
        known = named if named and (external_id is None or named.external_id is None) else None
    if not known:
        return _add(session, actor, centre, fields, external_id, at), "added"
    columns = {**_columns(fields), "external_id": external_id or known.external_id}
    return known, "updated" if _change(session, actor, known, columns, at) else "unchanged"


def verify_organisation(
    session: Session,
    actor: Actor,
    organisation_id: uuid.UUID,
    status: OrganisationStatus,
    note: str,
    *,
    at: datetime,
) -> Organisation:
    """The responsible centre vouches for an organisation, or takes it off everywhere.

    Its staff alone can (and an operator's command): a centre's system and coordinators cannot. The row
    is locked, so that of an acceptance and a suspension at the same moment one comes first (I-06).
    """
    if actor.kind not in (ActorKind.STAFF, ActorKind.WORKER):
        raise NotAllowed
    organisation = get_organisation_for_change(session, actor, organisation_id)
    before = organisation.status
    if status is before:
        return organisation
    if status is OrganisationStatus.VERIFIED:
        organisation.verify(note, at)
    else:
        organisation.suspend(note)
    record_event(
        session, actor, f"organisation.{status}", organisation.id, at=at,
        centre_id=organisation.centre_id, from_state=before, to_state=status,
    )  # fmt: skip
    session.flush()
    touch_needs_of(session, actor, organisation.id, at=at)
    if status is OrganisationStatus.SUSPENDED:
        _end_waiting(session, actor, organisation.id, at)
    for need_id in list_published_need_ids(session, actor, organisation.id):
        tell_matching(session, actor, need_id, at=at)
    return organisation


def _end_waiting(session: Session, actor: Actor, organisation_id: uuid.UUID, at: datetime) -> None:
    """Let nobody wait for what is gone from everywhere; what else is open expires by the job of its need."""
    waiting = (ProposalStatus.WAITLISTED, ProposalStatus.OFFERED)
    for need in lock_needs_waited_for(session, actor, organisation_id):
        before = need.status
        expire_proposals(session, actor, need, among=waiting, at=at)
        record_step(session, actor, need, before, at=at)


def _choose_centre_of(session: Session, actor: Actor, named: str | None) -> Centre:
    own = session.get(Centre, actor.centre_id) if actor.centre_id else None
    wanted = choose_centre(session, actor, named) if named or own is None else own
    if wanted is None:
        raise Invalid(FieldError("centre", "required", N_("Say which centre is yours.")))
    if own is not None and wanted.id != own.id:
        raise Invalid(FieldError("centre", "not_yours", N_("This is not your centre.")))
    return wanted


def _check_external_id(session: Session, actor: Actor, centre_id: uuid.UUID, external_id: str | None) -> None:
    if external_id is None:
        return
    if actor.kind not in (ActorKind.CENTRE, ActorKind.WORKER):
        message = N_("Only the centre's own systems set this.")
        raise Invalid(FieldError("external_id", "not_settable", message))
    if find_organisation_by_external_id(session, actor, centre_id, external_id) is not None:
        raise Refusal("external_id_taken")


def _add(
    session: Session, actor: Actor, centre: Centre, fields: Fields, external_id: str | None, at: datetime
) -> Organisation:
    values = {**EMPTY, "language": centre.language, **_columns(fields)}
    organisation = Organisation(
        id=uuid.uuid4(),
        centre_id=centre.id,
        external_id=external_id,
        status=OrganisationStatus.UNVERIFIED,
        **values,
    )
    session.add(organisation)
    record_event(
        session, actor, "organisation.added", organisation.id, at=at,
        centre_id=centre.id, to_state=organisation.status,
    )  # fmt: skip
    session.flush()
    return organisation


def _change(
    session: Session, actor: Actor, organisation: Organisation, columns: Fields, at: datetime
) -> list[str]:
    changed = set_columns(organisation, columns)
    if changed:
        record_event(
            session, actor, "organisation.changed", organisation.id, at=at,
            centre_id=organisation.centre_id, fields=" ".join(changed),
        )  # fmt: skip
        session.flush()
    return changed


def _columns(fields: Fields) -> dict[str, Any]:
    """Turn fields as they were sent into columns; what was not sent is not among them."""
    columns = {name: value for name, value in fields.items() if name not in ("centre", "external_id")}
    if "location" in columns:
        columns |= keep_location(columns.pop("location"))
    if "name" in columns:
        columns["name_folded"] = fold_name(columns["name"])
    if "causes" in columns:
        columns["causes"] = without_repeats(columns["causes"])
    return columns
