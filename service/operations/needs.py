"""Needs: added and changed by those who write for an organisation, by hand or by file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Centre, Need, Organisation, vocabularies
from models.needs import LocationType, NeedStatus
from models.organisations import OrganisationStatus
from service.access.actors import Actor
from service.errors import N_, FieldError, Invalid, Refusal
from service.operations.changes import Saved, set_columns, without_repeats
from service.operations.events import record_event
from service.operations.need_changes import (
    expire_proposals,
    free_offers,
    order_passing,
    record_step,
    tell_matching,
)
from service.operations.offers import offer_free_places
from service.operations.places import change_places
from service.operations.reconfirming import ask_again, aspects_of
from service.operations.shift_places import follow_shifts
from service.operations.text_orders import order_embedding
from service.queries.needs import find_need_by_external_id, get_need_for_change
from service.queries.organisations import get_organisation_to_write
from service.queries.places import add_places
from service.schemas.locations import keep_location

Fields = Mapping[str, Any]
LISTS = ("causes", "skills", "languages", "requirements", "rewards", "accessibility")
# What is no column of the same name, or not to be set like one.
APART = ("organisation_id", "external_id", "location", "availability", "places")
# What is read as one text, and embedded.
TEXTS = {"title", "description"}
# When it is over.
DATES = {"starts_at", "ends_at", "rrule", "expires_at"}
# Whom a need suits does not hang on these.
BESIDE_MATCHING = {"rewards", "accessibility", "publish_at", "external_id"}


def create_need(session: Session, actor: Actor, fields: Fields, *, at: datetime) -> Need:
    """Add a draft for an organisation that the actor writes for; `fields` are those of `NeedNew`.

    Refused with `external_id_taken`, and field by field where they contradict each other.
    """
    organisation = get_organisation_to_write(session, actor, fields["organisation_id"])
    external_id = fields.get("external_id")
    _must_be_free(session, actor, organisation.centre_id, external_id)
    return _add(session, actor, organisation, fields, external_id, NeedStatus.DRAFT, at)


def change_need(session: Session, actor: Actor, need: Need, fields: Fields, *, at: datetime) -> Need:
    """Change a need that `get_need_for_change` gave; `fields` are some of `NeedChange`."""
    if need.shift_count and fields.get("places", need.all_places) != need.all_places:
        raise Invalid(FieldError("places", "of_shifts", N_("Its shifts have the places: change theirs.")))
    external_id = fields.get("external_id", need.external_id)
    if external_id != need.external_id:
        _must_be_free(session, actor, need.centre_id, external_id)
    kept = {name: value for name, value in fields.items() if name != "places" or not need.shift_count}
    _change(session, actor, need, kept, external_id, at)
    return need


def save_need(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    fields: Fields,
    *,
    external_id: str | None,
    at: datetime,
    past_is_closed: bool = False,
) -> tuple[Need, Saved]:
    """Add a need, or change the one that its centre knows by that id; the same again changes nothing.

    Fields that are left out stay as they are. With `past_is_closed` one whose dates have passed is
    added as closed. Refused with `external_id_taken` where the id is that of another organisation's need:
    it never moves, since those who hold its places did not choose the other.
    """
    known = external_id and find_need_by_external_id(session, actor, organisation.centre_id, external_id)
    if not known:
        status = NeedStatus.CLOSED if past_is_closed else NeedStatus.DRAFT
        return _add(session, actor, organisation, fields, external_id, status, at), "added"
    if known.organisation_id != organisation.id:
        raise Refusal("external_id_taken")
    return known, "updated" if _change(session, actor, known, fields, external_id, at) else "unchanged"


def publish_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> Need:
    """Open a draft, or a closed need again.

    An unverified organisation may publish; nobody else sees its needs until it is verified. Refused with
    `organisation_suspended`, `need_not_draft` and `need_over`.
    """
    need = get_need_for_change(session, actor, need_id)
    if session.get_one(Organisation, need.organisation_id).status is OrganisationStatus.SUSPENDED:
        raise Refusal("organisation_suspended")
    before, first = need.status, need.published_at is None
    need.publish(at)
    if first and need.publish_at is not None:
        need.published_at = max(at, need.publish_at)
    record_event(
        session, actor, "need.published", need.id, at=at,
        centre_id=need.centre_id, from_state=before, to_state=need.status,
    )  # fmt: skip
    session.flush()
    tell_matching(session, actor, need.id, at=at, due_at=need.publish_at)
    order_passing(session, actor, need, at=at)
    return need


def close_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> Need:
    """Take a need off the lists; its open proposals and offers expire, and who holds a place keeps it."""
    need = get_need_for_change(session, actor, need_id)
    before = need.status
    need.close(at)
    return _end(session, actor, need, before, at)


def cancel_need(session: Session, actor: Actor, need_id: uuid.UUID, *, at: datetime) -> Need:
    """Say that it will not happen; the event says how many hold a place."""
    need = get_need_for_change(session, actor, need_id)
    before = need.status
    need.cancel(at)
    return _end(session, actor, need, before, at)


def _end(session: Session, actor: Actor, need: Need, before: NeedStatus, at: datetime) -> Need:
    free_offers(session, actor, need, at=at)
    record_step(session, actor, need, before, at=at, places_taken=need.all_places_taken)
    session.flush()
    expire_proposals(session, actor, need, at=at)
    return need


def _must_be_free(session: Session, actor: Actor, centre_id: uuid.UUID, external_id: str | None) -> None:
    if external_id and find_need_by_external_id(session, actor, centre_id, external_id) is not None:
        raise Refusal("external_id_taken")


def _add(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    fields: Fields,
    external_id: str | None,
    status: NeedStatus,
    at: datetime,
) -> Need:
    centre = session.get_one(Centre, organisation.centre_id)
    need = Need(
        id=uuid.uuid4(),
        organisation_id=organisation.id,
        centre_id=organisation.centre_id,
        external_id=external_id,
        status=NeedStatus.DRAFT,
        places=fields.get("places", 1),
        places_taken=0,
        **{**_empty(organisation, centre), **_columns(fields)},
    )
    _must_make_sense(need)
    if status is NeedStatus.CLOSED and need.is_over(at):
        need.status, need.closed_at = status, at
    session.add(need)
    record_event(
        session, actor, "need.added", need.id, at=at,
        centre_id=need.centre_id, to_state=need.status, organisation_id=organisation.id,
    )  # fmt: skip
    session.flush()
    add_places(session, actor, need.id, range(1, need.places + 1))
    order_embedding(session, actor, at=at)
    return need


def _empty(organisation: Organisation, centre: Centre) -> dict[str, Any]:
    return {
        "description": "",
        "language": organisation.language,
        "timezone": centre.timezone,
        "location_type": LocationType.ONSITE,
        "slots": 0,
        **{name: [] for name in LISTS},
    }


def _change(
    session: Session, actor: Actor, need: Need, fields: Fields, external_id: str | None, at: datetime
) -> list[str]:
    before, places = need.status, fields.get("places", need.places)
    with session.no_autoflush:
        changed = set_columns(need, {**_columns(fields), "external_id": external_id})
        _must_make_sense(need)
    if places != need.places:
        change_places(session, actor, need, places)
        session.flush()
        offer_free_places(session, actor, need, at=at)
        changed.append("places")
    if changed:
        record_event(
            session, actor, "need.changed", need.id, at=at,
            centre_id=need.centre_id, fields=" ".join(changed),
        )  # fmt: skip
        record_step(session, actor, need, before, at=at)
        session.flush()
        ask_again(session, actor, need, aspects_of(changed), at=at)
    if need.shift_count and "timezone" in changed:
        follow_shifts(session, actor, need, at=at, dates_changed=True)
    if TEXTS.intersection(changed):
        order_embedding(session, actor, at=at)
    # A full need is no news to others, but to those who wait for it.
    if need.status in (NeedStatus.OPEN, NeedStatus.FULL) and not BESIDE_MATCHING.issuperset(changed):
        tell_matching(session, actor, need.id, at=at, due_at=need.publish_at)
    if DATES.intersection(changed):
        order_passing(session, actor, need, at=at)
    return changed


def _columns(fields: Fields) -> dict[str, Any]:
    """Turn fields as they were sent into columns; what was not sent is not among them."""
    columns = {name: value for name, value in fields.items() if name not in APART}
    for name in LISTS:
        if name in columns:
            columns[name] = without_repeats(columns[name])
    if "location_type" in columns:
        columns["location_type"] = LocationType(columns["location_type"])
    if "location" in fields:
        columns |= keep_location(fields["location"])
    if "availability" in fields:
        columns["slots"] = vocabularies.slots_mask(fields["availability"])
    return columns


def _must_make_sense(need: Need) -> None:
    """Refuse what contradicts itself, and name the later field of each pair."""
    pairs = (
        ("starts_at", "ends_at", N_("It cannot end before it starts.")),
        ("minimum_age", "maximum_age", N_("The oldest age cannot be below the youngest.")),
        ("publish_at", "expires_at", N_("It cannot expire before it is published.")),
    )
    wrong = []
    for first, second, message in pairs:
        least, most = getattr(need, first), getattr(need, second)
        if least is not None and most is not None and most < least:
            wrong.append(FieldError(second, "before_" + first, message))
    if wrong:
        raise Invalid(*wrong)
