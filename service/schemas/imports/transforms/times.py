"""Days and times: formats that the mapping names, ISO always, in the zone of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from service.schemas.imports.transforms.cells import folded

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from service.schemas.imports.transforms.cells import Cells, Note

# What a format may hold; %B and %b are English month names, for the service never sets a locale.
DIRECTIVES = frozenset("dmYyBbHMSpI")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
FIRST_YEAR, LAST_YEAR = 1900, 2199
END_OF_DAY = time(23, 59, 59)


def format_is_known(form: str) -> bool:
    """Say whether a format holds only what can be read here."""
    directives = re.findall(r"%(.?)", form)
    return bool(directives) and all(directive in DIRECTIVES for directive in directives if directive != "%")


Format = Annotated[str, format_is_known]


@dataclass(frozen=True, kw_only=True)
class Time:
    """A moment, as an aware datetime in the file's zone.

    A day without a time is its start, or with `day = "end"` its last second. Where a cell holds two dates,
    `range_mark` stands between them, and `part` says which is meant. What begins with one of `open_ended`
    is taken for no date, with a warning; anything else that cannot be read is an error.
    """

    columns: tuple[str, ...]
    formats: tuple[Format, ...] = ()
    day: Literal["start", "end"] = "start"
    range_mark: str = ""
    part: Literal["first", "last"] = "first"
    open_ended: tuple[str, ...] = ()
    shapes: ClassVar[frozenset[str]] = frozenset({"time"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> datetime | None:
        """Give the moment."""
        text = cells.text(self.columns, note)
        if text is None:
            return None
        if any(folded(text).startswith(folded(start)) for start in self.open_ended):
            note("open_ended", fatal=False, value=text)
            return None
        pieces = text.split(self.range_mark) if self.range_mark else [text]
        found = read_moment(pieces[0 if self.part == "first" else -1], self.formats)
        if found is None or not is_sensible(found):
            note("not_a_date", value=text)
            return None
        return self._placed(found, cells.zone)

    def _placed(self, found: date | datetime, zone: ZoneInfo) -> datetime:
        if isinstance(found, datetime):
            return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)
        return datetime.combine(found, END_OF_DAY if self.day == "end" else time.min, zone)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the calendar without a time, such as a birth date."""

    columns: tuple[str, ...]
    formats: tuple[Format, ...] = ()
    shapes: ClassVar[frozenset[str]] = frozenset({"day"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> date | None:
        """Give the day."""
        text = cells.text(self.columns, note)
        if text is None:
            return None
        found = read_moment(text, self.formats)
        if found is None or isinstance(found, datetime) or not is_sensible(found):
            note("not_a_date", value=text)
            return None
        return found


def is_sensible(found: date) -> bool:
    """Say whether the year can be meant: a misread one is far off, and the ends of the calendar are traps."""
    return FIRST_YEAR <= found.year <= LAST_YEAR


def read_moment(text: str, formats: tuple[str, ...]) -> date | datetime | None:
    """Read a day or a moment in ISO form or one of the formats; None where it is neither."""
    text = " ".join(text.split())
    try:
        if ISO_DAY.fullmatch(text):
            return date.fromisoformat(text)
        if ISO_TIME.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        return None
    for form in formats:
        try:
            # The zone comes from the mapping; without %z there is none in the text.
            found = datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
        return found if "%H" in form or "%I" in form else found.date()
    return None
