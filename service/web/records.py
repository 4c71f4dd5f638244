"""Records: the volunteer's own, and the page on which anybody checks one by its code."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from flask import Blueprint, Response, current_app, g, request
from sqlalchemy.orm import Session

from models import VolunteerRecord
from service.access.actors import Actor
from service.errors import N_
from service.operations.records import check_code, draft_record, issue_record, read_code, revoke_record
from service.queries.records import find_standing, get_own_record, list_own_records
from service.schemas.record_pdf import write_record_pdf
from service.schemas.records import MIME, show_check, show_draft, show_record
from service.web.door import page
from service.web.rendering import go, render, tell

blueprint = Blueprint("records", __name__)


@blueprint.get("/records")
@page("records.own")
def show_own(session: Session, actor: Actor) -> Response:
    """Show a volunteer what their record would say now, and those that they were issued."""
    found = list_own_records(session, actor, cursor=request.args.get("cursor"))
    return render(
        "records/own.html",
        draft=show_draft(draft_record(session, actor)),
        records=[_shown(session, actor, one) for one in found.items],
        next_cursor=found.next_cursor,
    )


@blueprint.post("/records")
@page("records.own", again=show_own)
def issue(session: Session, actor: Actor) -> Response:
    """Have a record issued."""
    issue_record(session, actor, secret=str(current_app.secret_key), at=session.info["at"])
    tell(N_("Issued. Whoever has the code can check it until you revoke it."))
    return go("/records")


@blueprint.get("/records/<uuid:record_id>.pdf")
@page("records.own")
def download(session: Session, actor: Actor, record_id: uuid.UUID) -> Response:
    """Give a record as PDF, in the reader's language."""
    shown = _shown(session, actor, get_own_record(session, actor, record_id))
    response = Response(write_record_pdf(shown, g.language), content_type=MIME)
    response.headers["Content-Disposition"] = 'attachment; filename="halfway-record.pdf"'
    return response


@blueprint.post("/records/<uuid:record_id>/revoke")
@page("records.own", again=show_own)
def revoke(session: Session, actor: Actor, record_id: uuid.UUID) -> Response:
    """Take a record back."""
    revoke_record(session, actor, record_id, at=session.info["at"])
    tell(N_("Revoked. Its code tells nobody anything any more."))
    return go("/records")


@blueprint.get("/record")
@page("records.check")
def ask_code(_session: Session, _actor: Actor) -> Response:
    """Ask for the code of a record, and lead to it."""
    code = request.args.get("code", "").strip()
    return go(f"/record/{quote(code, safe='')}") if code else render("records/ask.html")


@blueprint.get("/record/<code>")
@page("records.check")
def check(session: Session, actor: Actor, code: str) -> Response:
    """Say what a record said when it was issued, and whether it still stands."""
    record = check_code(session, actor, code)
    response = render("records/checked.html", **show_check(record, find_standing(session, actor, record)))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _shown(session: Session, actor: Actor, record: VolunteerRecord) -> dict[str, object]:
    code = read_code(record, str(current_app.secret_key))
    base = str(current_app.extensions["settings"].public_url).rstrip("/")
    return show_record(record, find_standing(session, actor, record), code, base)
