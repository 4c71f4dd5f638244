"""Reads what a command was given: by the API's own schemas, and names into the rows they mean."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from models import Centre, Organisation
from service.access.actors import WORKER
from service.errors import FieldError, Invalid
from service.operations.accounts import choose_centre
from service.queries.organisations import find_organisation_by_name, get_organisation
from service.schemas.errors import field_errors
from service.schemas.fields import Schema


def read(schema: type[Schema], **given: Any) -> dict[str, Any]:
    """Read a command's options by a schema; Invalid names those that cannot be taken."""
    try:
        loaded: dict[str, Any] = schema().load({name: one for name, one in given.items() if one is not None})
    except ValidationError as error:
        raise Invalid(*field_errors(error.messages)) from None
    return loaded


def the_centre(session: Session, name_or_id: str | None) -> Centre:
    """Find the centre that is meant: the one named, or the only one."""
    centre = choose_centre(session, WORKER, name_or_id)
    if centre is None:
        raise Invalid(
            FieldError("centre", "required", "There is not just one centre: name it with --centre.")
        )
    return centre


def the_organisation(session: Session, name_or_id: str, centre: str | None) -> Organisation:
    """Find an organisation by its id, or by its name within the centre that is meant."""
    try:
        return get_organisation(session, WORKER, uuid.UUID(name_or_id))
    except ValueError:
        where = the_centre(session, centre)
    found = find_organisation_by_name(session, WORKER, where.id, name_or_id)
    if found is None:
        message = f"{where.name} has no organisation called {name_or_id!r}."
        raise Invalid(FieldError("organisation", "unknown", message))
    return found
