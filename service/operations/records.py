"""Records of what a volunteer has given: issued and revoked by that volunteer, checked by a code.

A code is 160 bits out of the service's own key and the record's id; only its hash is kept. The volunteer
can read it again as long as the key is the same; what is printed holds in any case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import VolunteerRecord
from models.errors import NotPossible
from service.access.actors import Actor
from service.access.secrets import digest
from service.errors import NotFound
from service.operations.events import record_event
from service.queries.records import get_own_record, get_own_volunteer, get_record_by_code, list_entries

BYTES_OF_CODE = 20
LETTERS_OF_CODE = 32


def draft_record(session: Session, actor: Actor) -> dict[str, Any]:
    """Say what the volunteer's record would be now."""
    entries = [
        {
            "placement_id": str(one.placement_id),
            "organisation": one.organisation,
            "need": one.need,
            "first_day": one.first_day.isoformat(),
            "last_day": one.last_day.isoformat(),
            "minutes": one.minutes,
        }
        for one in list_entries(session, actor)
    ]
    name = get_own_volunteer(session, actor).name
    return {"name": name, "minutes": sum(one["minutes"] for one in entries), "entries": entries}


def issue_record(session: Session, actor: Actor, *, secret: str, at: datetime) -> VolunteerRecord:
    """Keep what the record says now, with a code by which others check it."""
    content = draft_record(session, actor)
    if not content["entries"]:
        raise NotPossible("nothing_to_record")
    record_id = uuid.uuid4()
    record = VolunteerRecord(
        id=record_id,
        volunteer_id=get_own_volunteer(session, actor).id,
        code_hash=digest(_make_code(record_id, secret)),
        issued_at=at,
        content=content,
    )
    session.add(record)
    record_event(session, actor, "record.issued", record.id, at=at, centre_id=actor.centre_id)
    session.flush()
    return record


def revoke_record(session: Session, actor: Actor, record_id: uuid.UUID, *, at: datetime) -> VolunteerRecord:
    """Take a record back: its code tells nobody anything from now on; doing it twice is no mistake."""
    record = get_own_record(session, actor, record_id, lock=True)
    if record.revoked_at is None:
        record.revoke(at)
        record_event(session, actor, "record.revoked", record.id, at=at, centre_id=actor.centre_id)
        session.flush()
    return record


def read_code(record: VolunteerRecord, secret: str) -> str | None:
    """Give the code of a volunteer's own record, to be shown; none where the service's key is another now."""
    code = _make_code(record.id, secret)
    return write_code(code) if hmac.compare_digest(digest(code), record.code_hash) else None


def check_code(session: Session, actor: Actor, text: str) -> VolunteerRecord:
    """Get the record of a code, written with or without dashes, in large letters or small."""
    code = "".join(one for one in text.upper() if one not in "- ")
    if len(code) != LETTERS_OF_CODE:
        raise NotFound
    return get_record_by_code(session, actor, digest(code))


def write_code(code: str) -> str:
    """Write a code in groups of four, as people read it."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _make_code(record_id: uuid.UUID, secret: str) -> str:
    mixed = hmac.new(secret.encode(), b"volunteer record " + record_id.bytes, hashlib.sha256).digest()
    return base64.b32encode(mixed[:BYTES_OF_CODE]).decode()
