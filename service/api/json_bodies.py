"""JSON as it is read and written: strict on the way in, fast on the way out."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import orjson
from flask.json.provider import JSONProvider

DEEPEST = 32
LARGEST = 2**63 - 1


class NotStrict(ValueError):
    """JSON that could mean two things, or that a database could not keep."""


class StrictJson(JSONProvider):
    """Refuses duplicate keys, depth, NUL, lone surrogates and numbers out of range."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Write with orjson."""
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read strictly; NotStrict or ValueError says what is wrong."""
        try:
            found = json.loads(s, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_whole)
        except RecursionError:
            raise NotStrict("too deep") from None
        _check(found, 0)
        return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotStrict("a key stands twice")
    return made


def _refuse(constant: str) -> NoReturn:
    raise NotStrict(constant)


def _whole(text: str) -> int:
    # Longer than any number of ours, and slow to read: refused by its length alone.
    if len(text) > 20 or abs(number := int(text)) > LARGEST:  # noqa: PLR2004 digits of 2^63, and a sign
        raise NotStrict("a number is too large")
    return number


def _check(found: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise NotStrict("too deep")
    if isinstance(found, str):
        if "\0" in found or any("\ud800" <= sign <= "\udfff" for sign in found):
            raise NotStrict("text with NUL or half a character")
    elif isinstance(found, float):
        if found in (float("inf"), float("-inf")):
            raise NotStrict("a number is too large")
    elif isinstance(found, dict):
        for key, value in found.items():
            _check(key, depth + 1)
            _check(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            _check(value, depth + 1)
