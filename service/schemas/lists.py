"""Lists as they look outside: items, and where the next page begins."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from service.schemas.fields import Part, Schema, Several, Text, Whole

PER_PAGE = 20
MOST_PER_PAGE = 100


class PageAsked(Schema):
    """How a caller pages through a list."""

    limit = Whole(least=1, most=MOST_PER_PAGE, load_default=PER_PAGE, metadata={"from_text": True})
    cursor = Text(most=1000, metadata={"description": "The `next_cursor` of the page before"})


def list_of(name: str, item: type[Schema]) -> type[Schema]:
    """Make the schema of a page of things."""
    parts: dict[str, fields.Field[Any]] = {
        "items": Several(Part(item), most=MOST_PER_PAGE, required=True),
        "next_cursor": Text(most=1000, allow_none=True, required=True),
    }
    return type(name, (Schema,), {"__doc__": f"A page of {item.__name__}.", **parts})
