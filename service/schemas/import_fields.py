"""The fields of a mapped row, checked by the very schemas that check what the API is sent."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import ValidationError

from models.imports import ImportKind
from service.errors import FieldError, Invalid
from service.schemas.errors import field_errors
from service.schemas.fields import Schema
from service.schemas.imports.mapping import MappedRow
from service.schemas.needs import NeedNew
from service.schemas.organisations import OrganisationNew
from service.schemas.volunteers import VolunteerNew


@cache
def _schema(kind: ImportKind) -> Schema:
    if kind is ImportKind.NEEDS:
        return NeedNew(exclude=("organisation_id",))
    return OrganisationNew(exclude=("centre",)) if kind is ImportKind.ORGANISATIONS else VolunteerNew()


def check_fields(kind: ImportKind, row: MappedRow) -> dict[str, Any]:
    """Give a row's fields as an operation takes them, its external id among them; or Invalid."""
    return _load(_schema(kind), {**row.json_fields(), "external_id": row.external_id})


def check_named(named: dict[str, str]) -> dict[str, Any]:
    """Give the fields of an organisation that a row of needs names; or Invalid, under `organisation.…`."""
    try:
        return _load(_schema(ImportKind.ORGANISATIONS), named)
    except Invalid as wrong:
        errors = (FieldError(f"organisation.{one.field}", one.code, one.message) for one in wrong.errors)
        raise Invalid(*errors) from None


def _load(schema: Schema, plain: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(plain)
    except ValidationError as error:
        raise Invalid(*field_errors(error.messages)) from None
    return loaded
