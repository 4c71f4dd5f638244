"""A mapping: data that says how a file's columns become our fields, and applied to a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from service.schemas.imports.issues import FileUnreadable, RowIssue, row_issue
from service.schemas.imports.rows import RawRow
from service.schemas.imports.rules import FieldRule, IdRule
from service.schemas.imports.transforms.cells import Cells, folded


def find_zone(name: object) -> ZoneInfo | None:
    """Give the IANA zone of that name, or None."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (KeyError, ValueError, OSError):
        # ZoneInfoNotFoundError is a KeyError; names that look like paths are the other two.
        return None


def _is_zone(name: str) -> bool:
    return find_zone(name) is not None


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a mapping says of its file as a whole; docs/imports.md explains each."""

    name: str = ""
    kind: Literal["needs", "organisations", "volunteers"]
    title: str = ""
    about: str = ""
    aliases: tuple[str, ...] = ()
    timezone: Annotated[str, _is_zone] = "UTC"
    timezone_column: str = ""
    empty: tuple[str, ...] = ()
    unknown_columns: Literal["ignore", "refuse"] = "ignore"
    alike_by: tuple[str, ...] = ()
    same_without: tuple[str, ...] = ()


@dataclass(frozen=True)
class MappedRow:
    """What a row became: our fields, the organisation it names, and all that was found on the way.

    Fields without a value are left out. Times are aware datetimes in the file's zone, a birth date is a date,
    all else is what JSON holds. A row with a fatal issue is refused, whatever its fields hold.
    """

    number: int
    external_id: str | None
    fields: dict[str, Any]
    organisation: dict[str, str] | None
    issues: list[RowIssue]

    @property
    def refused(self) -> bool:
        """Say whether the row cannot be taken."""
        return any(issue.fatal for issue in self.issues)

    def with_issue(self, issue: RowIssue) -> MappedRow:
        """Give the row with one more issue."""
        return replace(self, issues=[*self.issues, issue])

    def json_fields(self) -> dict[str, Any]:
        """Give the fields as a request's body would hold them: times and dates as ISO text."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.fields.items()
        }


@dataclass(frozen=True)
class Mapping:
    """From a file's columns to our fields. `plain` is the data it was made of, to be kept with an import."""

    plain: dict[str, Any]
    head: Head
    external_id: IdRule
    organisation: tuple[FieldRule, ...]
    fields: tuple[FieldRule, ...]

    @property
    def name(self) -> str:
        """Give the name it is chosen by."""
        return self.head.name

    @property
    def kind(self) -> str:
        """Say what its rows are: needs, organisations or volunteers."""
        return self.head.kind

    @cached_property
    def used_columns(self) -> frozenset[str]:
        """Name every column that the mapping looks at."""
        rules = (*self.fields, *self.organisation)
        used = {column for rule in rules for column in rule.transform.used_columns()}
        zone = {self.head.timezone_column} if self.head.timezone_column else set()
        return frozenset(" ".join(column.split()) for column in used | zone | set(self.external_id.columns))

    def check_columns(self, columns: tuple[str, ...]) -> tuple[RowIssue, ...]:
        """Compare a header with what the mapping needs, and tell what it could use besides.

        Raises FileUnreadable `columns_missing` where a field that must be given has none of its columns, and
        `columns_unknown` where the mapping refuses what it does not know. JSON Lines have no header: nothing.
        """
        if not columns:
            return ()
        here = set(columns)
        missing = [_either(group) for group in self._needed_columns() if not _any_here(group, here)]
        if missing:
            raise FileUnreadable("columns_missing", columns=", ".join(missing))
        if self.head.unknown_columns == "refuse":
            unknown = [column for column in columns if column not in self.used_columns]
            if unknown:
                raise FileUnreadable("columns_unknown", columns=", ".join(unknown))
            return ()
        absent = sorted(self.used_columns - here)
        if not absent:
            return ()
        return (row_issue("file", "columns_absent", fatal=False, columns=", ".join(absent)),)

    def apply(self, row: RawRow) -> MappedRow:
        """Map one row. It knows nothing of the other rows; repeated ids are found by `repeats.map_rows`."""
        issues = list(row.issues)
        if any(issue.fatal for issue in issues):
            return MappedRow(row.number, None, {}, None, issues)
        cells = Cells(row.cells, self._empty, self._zone(row, issues))
        issues.extend(self._unknown(row))
        external_id = self.external_id.read(cells, issues)
        read = ((rule.name, rule.read(cells, issues)) for rule in self.fields)
        fields = {name: value for name, value in read if value is not None}
        if self.kind == "needs":
            fields["timezone"] = str(cells.zone)
        organisation = self._organisation(cells, issues)
        issues.extend(_between_fields(fields))
        return MappedRow(row.number, external_id, fields, organisation, issues)

    @cached_property
    def _empty(self) -> frozenset[str]:
        return frozenset({"", *map(folded, self.head.empty)})

    @cached_property
    def _known_names(self) -> frozenset[str]:
        """Columns, and the objects of JSON Lines that hold them."""
        return self.used_columns | {column.split(".")[0] for column in self.used_columns}

    def _needed_columns(self) -> list[tuple[str, ...]]:
        """Groups of columns, one of each of which must be there."""
        rules = (*self.fields, *(rule for rule in self.organisation if rule.when_empty == "refuse"))
        needed = [rule.transform.used_columns() for rule in rules if rule.when_empty == "refuse"]
        return [group for group in needed if group] + [(column,) for column in self.external_id.columns]

    def _zone(self, row: RawRow, issues: list[RowIssue]) -> ZoneInfo:
        said = row.cells.get(self.head.timezone_column) if self.head.timezone_column else None
        if said in {None, ""}:
            return ZoneInfo(self.head.timezone)
        zone = find_zone(said)
        if zone is None:
            issues.append(row_issue("timezone", "not_a_timezone", value=said))
        return zone or ZoneInfo(self.head.timezone)

    def _unknown(self, row: RawRow) -> list[RowIssue]:
        if self.head.unknown_columns != "refuse":
            return []
        unknown = (name for name in row.cells if name not in self._known_names)
        return [row_issue(name, "unknown_column", column=name) for name in unknown]

    def _organisation(self, cells: Cells, issues: list[RowIssue]) -> dict[str, str] | None:
        if not self.organisation:
            return None
        found: list[RowIssue] = []
        read = {rule.name.split(".")[-1]: rule.read(cells, found) for rule in self.organisation}
        issues.extend(found)
        named = {name: str(value) for name, value in read.items() if value is not None}
        if not named and not any(issue.fatal for issue in found):
            issues.append(row_issue("organisation", "required"))
        return named or None


def _between_fields(fields: dict[str, Any]) -> list[RowIssue]:
    starts, ends = fields.get("starts_at"), fields.get("ends_at")
    if starts is not None and ends is not None and ends < starts:
        return [row_issue("ends_at", "ends_before_start")]
    return []


def _any_here(group: tuple[str, ...], here: set[str]) -> bool:
    # A dotted column is one within an object, which only JSON Lines have.
    return any(" ".join(column.split()) in here for column in group)


def _either(group: tuple[str, ...]) -> str:
    return " or ".join(f"“{column}”" for column in group)
