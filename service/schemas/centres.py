"""Centres as an operator describes them."""

from __future__ import annotations

from service.i18n import DEFAULT, LANGUAGES
from service.schemas.fields import OneOf, Schema, Text
from service.schemas.need_fields import TimeZone


class CentreNew(Schema):
    """What is said about a new centre."""

    name = Text(least=1, most=200, required=True)
    timezone = TimeZone(required=True)
    language = OneOf(LANGUAGES, load_default=DEFAULT)
