"""Rows of JSON Lines files: one object per line, read as strictly as the API reads its bodies."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from service.schemas.imports.issues import RowIssue, row_issue

DEEPEST = 32
LARGEST = 2**63
LONGEST_NUMBER = 400
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class _RefusedError(ValueError):
    """A line that is JSON for some, but not for us."""

    def __init__(self, code: str, key: str = "") -> None:
        super().__init__(code)
        self.issue = row_issue("row", code, key=key)


def read_object(line: str) -> dict[str, Any] | RowIssue:
    """Read one line: its object with nested values kept, or what is wrong with it."""
    value = read_value(line)
    return value if isinstance(value, (dict, RowIssue)) else row_issue("row", "not_an_object")


def read_value(text: str) -> object:
    """Read JSON strictly: the value, or what is wrong with it.

    Refused are nesting deeper than 32, keys given twice, NUL, lone surrogates, NaN, Infinity and integers
    beyond 64 bits.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
        _check(value, 0)
    except RecursionError:
        return row_issue("row", "too_deep")
    except _RefusedError as refused:
        return refused.issue
    except ValueError:
        return row_issue("row", "bad_json")
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RefusedError("duplicate_key", key=key)
            seen.add(key)
    return result


def _integer(text: str) -> int:
    # The length first: turning a million digits into a number takes its time.
    if len(text) > LONGEST_NUMBER or not -LARGEST <= int(text) < LARGEST:
        raise _RefusedError("bad_json")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _RefusedError("bad_json")
    return number


def _constant(_: str) -> float:
    raise _RefusedError("bad_json")


def _check(value: object, depth: int) -> None:
    if depth > DEEPEST:
        raise _RefusedError("too_deep")
    if isinstance(value, str) and UNSTORABLE.search(value):
        raise _RefusedError("nul" if "\0" in value else "bad_json")
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key, depth)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
