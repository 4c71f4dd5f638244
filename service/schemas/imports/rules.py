"""The rules a mapping is made of, for fields and for the id: how they are built, and how they read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from service.errors import FieldError
from service.schemas.imports.issues import RowIssue, mapping_error, row_issue
from service.schemas.imports.options import build
from service.schemas.imports.transforms.cells import folded
from service.schemas.imports.transforms.lists import Choice, Codes, Flags
from service.schemas.imports.transforms.numbers import Integer, Number
from service.schemas.imports.transforms.pairs import Levels, Registrations
from service.schemas.imports.transforms.places import Location
from service.schemas.imports.transforms.texts import Constant, Html, Joined, Text
from service.schemas.imports.transforms.times import Day, Time
from service.schemas.imports.transforms.websites import Host, Website

if TYPE_CHECKING:
    from service.schemas.imports.transforms.cells import Cells, Transform

WAYS: dict[str, type[Any]] = {
    "text": Text,
    "html": Html,
    "joined": Joined,
    "constant": Constant,
    "website": Website,
    "host": Host,
    "integer": Integer,
    "number": Number,
    "time": Time,
    "day": Day,
    "location": Location,
    "choice": Choice,
    "codes": Codes,
    "flags": Flags,
    "levels": Levels,
    "registrations": Registrations,
}
WhenEmpty = Literal["leave", "warn", "refuse"]
LONGEST_ID = 200


@dataclass(frozen=True)
class FieldRule:
    """How one field is read, and what it means that nothing is there."""

    name: str
    transform: Transform
    when_empty: WhenEmpty = "leave"
    default: Any = None

    def read(self, cells: Cells, issues: list[RowIssue]) -> object:
        """Give the field's value, its default or None; what is wrong is added to the issues."""
        before = len(issues)
        value = self.transform.read(cells, partial(_note, issues, self.name))
        if value is not None or any(issue.fatal for issue in issues[before:]):
            return value
        if self.default is not None:
            return self.default
        if self.when_empty == "refuse":
            issues.append(row_issue(self.name, "required"))
        elif self.when_empty == "warn" and len(issues) == before:
            issues.append(row_issue(self.name, "nothing_given", fatal=False))
        return None


@dataclass(frozen=True)
class IdRule:
    """What a row is known by again: one column as it stands, or several together.

    Several are folded (case, spaces), joined and hashed: the first 32 hex digits of SHA-256. The columns
    must be ones that do not change when the row does. A single id beyond 200 characters is hashed too.
    The prefix keeps the rows of a source that only counts them apart from those of another.
    """

    columns: Annotated[tuple[str, ...], bool]
    prefix: str = ""

    def read(self, cells: Cells, issues: list[RowIssue]) -> str | None:
        """Give the id; a row without any of its columns is refused."""
        note = partial(_note, issues, "external_id")
        texts = [(cells.text((column,), note) or "").strip() for column in self.columns]
        if not any(texts):
            note("no_external_id", columns=", ".join(self.columns))
            return None
        if len(texts) == 1 and len(self.prefix) + len(texts[0]) <= LONGEST_ID:
            return self.prefix + texts[0]
        joined = "\x1f".join(folded(text) for text in texts)
        return self.prefix + hashlib.sha256(joined.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class RuleHead:
    """What a field's table says besides the options of its way."""

    way: str = "text"
    when_empty: WhenEmpty = "leave"
    default: Any = None


def build_rule(name: str, shape: str, plain: object, path: str, errors: list[FieldError]) -> FieldRule | None:
    """Make a field's rule of its table `{as = "text", column = "title"}`; mistakes are added to `errors`."""
    if not isinstance(plain, dict):
        errors.append(mapping_error(path, "wrong_type", expected="a table"))
        return None
    options = {"way" if key == "as" else key: value for key, value in plain.items()}
    own = {key: options.pop(key) for key in ("way", "when_empty", "default") if key in options}
    head = build(RuleHead, own, path, errors)
    if head is None:
        return None
    if head.way not in WAYS:
        errors.append(mapping_error(f"{path}.as", "unknown_way", name=head.way, known=", ".join(WAYS)))
        return None
    if not WAYS[head.way].shapes & {shape, "any"}:
        errors.append(mapping_error(f"{path}.as", "wrong_shape", way=head.way))
    transform = build(WAYS[head.way], options, path, errors)
    return None if transform is None else FieldRule(name, transform, head.when_empty, head.default)


def _note(issues: list[RowIssue], field: str, code: str, *, fatal: bool = True, **values: object) -> None:
    issues.append(row_issue(field, code, fatal=fatal, **values))
