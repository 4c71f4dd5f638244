"""Vocabularies as they look outside."""

from __future__ import annotations

from typing import Any

from models.vocabularies import Entry
from service.schemas.fields import Part, Schema, Several, Text, Whole

MOST_ENTRIES = 1000


class Labels(Schema):
    """The words for a code in each language of the service."""

    en = Text(most=200, required=True)
    uk = Text(most=200, required=True)
    ru = Text(most=200, required=True)


class EntryShown(Schema):
    """A code with its words; what else there is depends on the vocabulary."""

    code = Text(most=100, required=True)
    labels = Part(Labels, required=True)
    broader = Text(most=100, metadata={"description": "The cause that this one is a part of"})
    icnptso = Text(most=10, metadata={"description": "The section of the UN's ICNP/TSO"})
    sdg = Several(Whole(least=1, most=17), most=17, metadata={"description": "UN goals it serves"})
    group = Text(most=100, metadata={"description": "The kind of skill it is"})
    esco = Text(most=500, metadata={"description": "The same skill in ESCO"})
    index = Whole(least=0, most=20, metadata={"description": "The slot's place in the week, from Monday"})


class Vocabulary(Schema):
    """A whole vocabulary, in one page."""

    items = Several(Part(EntryShown), most=MOST_ENTRIES, required=True)
    next_cursor = Text(most=1000, allow_none=True, required=True)


def show_entry(entry: Entry) -> dict[str, Any]:
    """Show one code of a vocabulary."""
    return {"code": entry.code, "labels": dict(entry.labels), **entry.extras}
