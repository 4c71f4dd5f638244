"""Share codes, and from whom a volunteer takes invitations: theirs alone to make, to end and to choose."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import InvitationSettings, ShareCode
from models.errors import NotPossible
from service.access.actors import Actor
from service.access.secrets import digest
from service.operations.changes import set_columns
from service.operations.events import record_event
from service.operations.labels import draw
from service.queries.invitations import (
    find_invitation_settings,
    get_share_code_for_change,
    list_share_codes,
)
from service.queries.organisations import get_organisation

# Five bits each: 140 bits cannot be guessed, however often somebody tries.
SIGNS, IN_A_GROUP = 28, 4
MOST_CODES = 20
DAYS = 30


def make_share_code(
    session: Session,
    actor: Actor,
    volunteer_id: uuid.UUID,
    *,
    organisation_id: uuid.UUID | None = None,
    days: int = DAYS,
    at: datetime,
) -> tuple[ShareCode, str]:
    """Make a code by which one organisation, or any, can invite the volunteer; it is shown this once."""
    actor.must_be_volunteer(volunteer_id)
    if organisation_id is not None:
        get_organisation(session, actor, organisation_id)
    if len(list_share_codes(session, actor, at=at, limit=MOST_CODES).items) >= MOST_CODES:
        raise NotPossible("too_many_codes")
    signs = draw(SIGNS)
    made = ShareCode(
        id=uuid.uuid4(),
        volunteer_id=volunteer_id,
        organisation_id=organisation_id,
        code_hash=hash_share_code(signs),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(made)
    session.flush()
    record_event(session, actor, "share_code.made", made.id, at=at, centre_id=actor.centre_id)
    return made, "-".join(signs[first : first + IN_A_GROUP] for first in range(0, SIGNS, IN_A_GROUP))


def hash_share_code(text: str) -> str:
    """Hash a code as it was shown, or as somebody typed it."""
    return digest("".join(sign for sign in text.upper() if sign.isalnum()))


def end_share_code(session: Session, actor: Actor, share_code_id: uuid.UUID, *, at: datetime) -> None:
    """End a code before its time; doing it twice is no mistake."""
    kept = get_share_code_for_change(session, actor, share_code_id)
    if kept.ended_at is None:
        kept.end(at)
        record_event(session, actor, "share_code.ended", kept.id, at=at, centre_id=actor.centre_id)


def change_invitation_settings(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, fields: Mapping[str, Any], *, at: datetime
) -> None:
    """Choose from whom invitations may come; `fields` are some of `InvitationSettingsChanged`."""
    kept = find_invitation_settings(session, actor, volunteer_id, lock=True)
    usual = InvitationSettings(id=uuid.uuid4(), volunteer_id=volunteer_id, welcome=True, refused=[])
    settings = kept or usual
    columns = {"welcome": fields["welcome"]} if "welcome" in fields else {}
    if "refused_organisation_ids" in fields:
        columns["refused"] = sorted({str(one) for one in fields["refused_organisation_ids"]})
    changed = set_columns(settings, columns)
    if changed:
        session.add(settings)
        record_event(
            session, actor, "invitation_settings.changed", volunteer_id, at=at,
            centre_id=actor.centre_id, fields=" ".join(changed),
        )  # fmt: skip
        session.flush()


def refuse_organisation(
    session: Session,
    actor: Actor,
    volunteer_id: uuid.UUID,
    organisation_id: uuid.UUID,
    *,
    refused: bool,
    at: datetime,
) -> None:
    """Take no more invitations from an organisation, or take them again."""
    kept = find_invitation_settings(session, actor, volunteer_id, lock=True)
    ids = {*(kept.refused if kept else ())} - {str(organisation_id)}
    wanted = {"refused_organisation_ids": [*ids, *([str(organisation_id)] if refused else [])]}
    change_invitation_settings(session, actor, volunteer_id, wanted, at=at)
