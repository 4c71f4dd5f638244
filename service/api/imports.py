"""Imports over HTTP: a centre's system brings a file, and sees what became of each row."""

from __future__ import annotations

import uuid
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from models import Import
from models.imports import ImportKind
from service.access.actors import Actor
from service.api.door import door
from service.api.parsing import ApiBlueprint
from service.errors import NotAllowed
from service.operations.imports import NewImport, start_import
from service.queries.imports import get_import, list_import_rows, list_imports
from service.schemas.import_runs import (
    ImportList,
    ImportNew,
    ImportRowList,
    ImportShown,
    RowsAsked,
    choose_mapping,
    show_import,
    show_row,
)
from service.schemas.imports.reading import LIMITS
from service.schemas.lists import PageAsked

blueprint = ApiBlueprint(
    "imports", __name__, url_prefix="/v1/imports", description="Files that centres bring"
)

# The file, and room for what stands around it.
LARGEST_BODY = LIMITS.size + 1_000_000


@blueprint.route("", methods=["POST"])
@door("imports.start", writes=True, needs_key=True, largest=LARGEST_BODY)
@blueprint.etag
@blueprint.arguments(ImportNew, location="files")
@blueprint.response(202, ImportShown)
def start_import_(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Bring a file; its rows are looked at afterwards, and `GET /v1/imports/{id}` tells how far that is."""
    if actor.centre_id is None:
        raise NotAllowed
    file, mapping = body.pop("file"), choose_mapping(body.pop("mapping"), body["kind"])
    kind = ImportKind(body.pop("kind"))
    new = NewImport(kind, file.content, file.name, mapping, **body)
    return _shown(start_import(session, actor, actor.centre_id, new, at=session.info["at"]))


@blueprint.route("", methods=["GET"])
@door("imports.list")
@blueprint.arguments(PageAsked, location="query")
@blueprint.response(200, ImportList)
def list_imports_(session: Session, actor: Actor, page: dict[str, Any]) -> dict[str, Any]:
    """List one's centre's imports, newest first."""
    found = list_imports(session, actor, **page)
    return {
        "items": [show_import(one, g.language) for one in found.items],
        "next_cursor": found.next_cursor,
    }


@blueprint.route("/<uuid:import_id>", methods=["GET"])
@door("imports.read")
@blueprint.etag
@blueprint.response(200, ImportShown)
def get_import_(session: Session, actor: Actor, import_id: uuid.UUID) -> dict[str, Any]:
    """Show how far an import is."""
    return _shown(get_import(session, actor, import_id))


@blueprint.route("/<uuid:import_id>/rows", methods=["GET"])
@door("imports.read")
@blueprint.arguments(RowsAsked, location="query")
@blueprint.response(200, ImportRowList)
def list_rows_(session: Session, actor: Actor, asked: dict[str, Any], import_id: uuid.UUID) -> dict[str, Any]:
    """List the rows of an import as found, and what became of each."""
    found = list_import_rows(session, actor, import_id, **asked)
    return {"items": [show_row(one, g.language) for one in found.items], "next_cursor": found.next_cursor}


def _shown(row: Import) -> dict[str, Any]:
    blueprint.set_etag([str(row.id), row.version, g.language])
    return show_import(row, g.language)
