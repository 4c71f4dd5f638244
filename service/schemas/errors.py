"""A schema's errors taken apart: one entry for each field, with its dotted name and stable code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from service.errors import FieldError
from service.i18n import say
from service.schemas.fields import Coded

# The first step of a message only says where it stood: in the body, the address, the form.
LOCATIONS = ("json", "query", "form", "files", "headers", "json_or_form")


def field_errors(messages: Any) -> tuple[FieldError, ...]:
    """Flatten marshmallow's nested messages."""
    if isinstance(messages, dict):
        nested = [messages.pop(one) for one in LOCATIONS if one in messages]
        return tuple(one for part in (*nested, messages) for one in _walk(part, ()))
    return tuple(_walk(messages, ()))


def _walk(messages: Any, path: tuple[str, ...]) -> Iterator[FieldError]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _walk(inner, path if key == "_schema" else (*path, str(key)))
    elif isinstance(messages, list):
        for one in messages:
            yield from _walk(one, path)
    else:
        yield FieldError(".".join(path), getattr(messages, "code", "invalid"), messages)


def words_of(message: str, language: str) -> str:
    """Put a field's message into the reader's language, with its values in their places."""
    if isinstance(message, Coded):
        return say(language, message.template).format(**message.values)
    return say(language, message)
