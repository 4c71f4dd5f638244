"""What was found in a row, as it is kept in JSON, and said again in whoever's language."""

from __future__ import annotations

from typing import Any

from service.errors import FieldError
from service.i18n import say
from service.schemas.fields import Coded
from service.schemas.imports.issues import MESSAGES, SHOWN, RowIssue

Kept = dict[str, Any]


def keep_issue(issue: RowIssue) -> Kept:
    """Keep what a reader or a mapping found: {field, code, message, fatal, values}."""
    return issue.as_dict()


def keep_error(error: FieldError) -> Kept:
    """Keep what a schema or an operation refused, with its text as it stands before translation."""
    words = error.message
    coded = isinstance(words, Coded)
    template = words.template if isinstance(words, Coded) else words
    values = {
        name: str(value)[:SHOWN]
        for name, value in (words.values if isinstance(words, Coded) else {}).items()
        if f"{{{name}}}" in template
    }
    return {
        "field": error.field or "row",
        "code": error.code,
        "message": template.format(**values) if coded else template,
        "fatal": True,
        "values": values,
        "template": template,
    }


def find_issue(kept: Kept) -> RowIssue:
    """Make again the issue that `keep_issue` kept."""
    return RowIssue(kept["field"], kept["code"], kept["fatal"], kept["values"])


def say_issue(kept: Kept, language: str) -> Kept:
    """Give {field, code, message, fatal} in the reader's language."""
    if "template" in kept:
        template = kept["template"]  # by a name of its own: extraction would take the key for a text
        words = say(language, template)
        message = words.format(**kept["values"]) if kept["values"] else words
    elif kept["code"] in MESSAGES:
        message = find_issue(kept).message_in(language)
    else:
        message = kept["message"]
    return {"field": kept["field"], "code": kept["code"], "message": message, "fatal": kept["fatal"]}
