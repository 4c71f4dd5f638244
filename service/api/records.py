"""Records over HTTP: issued, read as JSON and PDF and revoked by their volunteer; checked by their code."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app, g
from sqlalchemy.orm import Session

from models import VolunteerRecord
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.operations.records import check_code, draft_record, issue_record, read_code, revoke_record
from service.queries.records import find_standing, get_own_record, list_own_records
from service.schemas.lists import PageAsked
from service.schemas.record_pdf import write_record_pdf
from service.schemas.records import (
    MIME,
    CodeAsked,
    RecordChecked,
    RecordDraft,
    RecordList,
    RecordShown,
    show_check,
    show_draft,
    show_record,
)

blueprint = ApiBlueprint(
    "records", __name__, url_prefix="/v1", description="What a volunteer has given, for others to check"
)
BINARY = {"type": "string", "format": "binary"}


@blueprint.route("/volunteers/<uuid:volunteer_id>/record", methods=["GET"])
@door("records.own")
@blueprint.response(200, RecordDraft)
def draft_record_(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    """Read what one's record would say now."""
    actor.must_be_volunteer(volunteer_id)
    return show_draft(draft_record(session, actor))


@blueprint.route("/volunteers/<uuid:volunteer_id>/records", methods=["POST"])
@door("records.own", writes=True)
@blueprint.response(201, RecordShown)
def issue_record_(session: Session, actor: Actor, volunteer_id: uuid.UUID) -> dict[str, Any]:
    """Have a record issued, with a code by which a school or an employer can check it."""
    actor.must_be_volunteer(volunteer_id)
    secret = str(current_app.secret_key)
    return _shown(session, actor, issue_record(session, actor, secret=secret, at=session.info["at"]))


@blueprint.route("/volunteers/<uuid:volunteer_id>/records", methods=["GET"])
@door("records.own")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, RecordList)
def list_records(
    session: Session, actor: Actor, page: dict[str, Any], volunteer_id: uuid.UUID
) -> dict[str, Any]:
    """List the records that one was issued, newest first."""
    actor.must_be_volunteer(volunteer_id)
    found = list_own_records(session, actor, **page)
    return {"items": [_shown(session, actor, one) for one in found.items], "next_cursor": found.next_cursor}


@blueprint.route("/volunteers/<uuid:volunteer_id>/records/<uuid:record_id>", methods=["GET"])
@door("records.own")
@blueprint.etag
@blueprint.response(200, RecordShown)
def get_record(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, record_id: uuid.UUID
) -> dict[str, Any]:
    """Read a record of one's own as it was issued, and whether it still stands."""
    actor.must_be_volunteer(volunteer_id)
    row = get_own_record(session, actor, record_id)
    shown = _shown(session, actor, row)
    # What has become of it, and its address, are said beside it; what of them can be seen changes the tag.
    blueprint.set_etag([str(row.id), row.version, shown["standing"], shown["url"]])
    return shown


@blueprint.route("/volunteers/<uuid:volunteer_id>/records/<uuid:record_id>.pdf", methods=["GET"])
@door("records.own")
@blueprint.response(200, BINARY, content_type=MIME)
def get_record_as_pdf(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, record_id: uuid.UUID
) -> Response:
    """Read a record of one's own as PDF, in one's language."""
    actor.must_be_volunteer(volunteer_id)
    shown = _shown(session, actor, get_own_record(session, actor, record_id))
    response = Response(write_record_pdf(shown, g.language), content_type=MIME)
    response.headers["Content-Disposition"] = 'attachment; filename="halfway-record.pdf"'
    return response


@blueprint.route("/volunteers/<uuid:volunteer_id>/records/<uuid:record_id>/revoke", methods=["POST"])
@door("records.own", writes=True)
@blueprint.response(200, RecordShown)
def revoke_record_(
    session: Session, actor: Actor, volunteer_id: uuid.UUID, record_id: uuid.UUID
) -> dict[str, Any]:
    """Take a record back: its code tells nobody anything from now on."""
    actor.must_be_volunteer(volunteer_id)
    return _shown(session, actor, revoke_record(session, actor, record_id, at=session.info["at"]))


@blueprint.route("/records", methods=["GET"])
@door("records.check")
@blueprint.arguments(CodeAsked, location="query")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.response(200, RecordChecked)
def check_record(session: Session, actor: Actor, asked: dict[str, Any]) -> dict[str, Any]:
    """Read what a record said when it was issued, and whether it still stands; for whoever has its code."""
    record = check_code(session, actor, asked["code"])
    return show_check(record, find_standing(session, actor, record))


def _shown(session: Session, actor: Actor, record: VolunteerRecord) -> dict[str, Any]:
    code = read_code(record, str(current_app.secret_key))
    base = str(current_app.extensions["settings"].public_url).rstrip("/")
    return show_record(record, find_standing(session, actor, record), code, base)
