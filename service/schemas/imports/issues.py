"""What can be said about a file or a row of it: stable codes, each with its words.

* Invalid (service.errors)
  + FileUnreadable   the file as a whole cannot be taken; nothing of it is

A row is never refused by an exception: what is wrong with it is a list of `RowIssue`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.errors import N_, FieldError, Invalid
from service.i18n import DEFAULT, say

if TYPE_CHECKING:
    from collections.abc import Mapping

# A value is shown as found, but not at any length.
SHOWN = 60

# docs/imports.md lists these; a test compares the two.
FILE_MESSAGES: dict[str, str] = {
    "not_a_file": N_("There is no such file, or it cannot be opened."),
    "empty_file": N_("The file is empty."),
    "not_a_table": N_("This is neither CSV nor JSON Lines nor XLSX."),
    "old_spreadsheet": N_(
        "This is an old or locked Excel file. Please save it as XLSX without a password, or as CSV."
    ),
    "broken_spreadsheet": N_("The spreadsheet cannot be read: it is damaged or holds no sheet."),
    "json_not_lines": N_(
        "JSON is read as JSON Lines: one object on each line, without brackets around them."
    ),
    "too_large": N_("The file is too large: at most %(most)s bytes."),
    "too_large_unpacked": N_("Unpacked, the spreadsheet is too large: at most %(most)s bytes."),
    "too_many_rows": N_("The file has too many rows: at most %(most)s."),
    "too_many_columns": N_("The file has too many columns: at most %(most)s."),
    "bad_encoding": N_("The text cannot be read from line %(line)s on. Please save the file as UTF-8."),
    "header_missing": N_("The first row should name the columns; it is empty."),
    "duplicate_columns": N_("Two columns have the same name: %(columns)s."),
    "unclosed_quote": N_("The quote that is opened in the row at line %(line)s is never closed."),
    "cell_too_long": N_(
        "A cell in the row at line %(line)s is too long; perhaps a quote before it is not closed."
    ),
    "encoding_guessed": N_("The file is not UTF-8; it was read as %(encoding)s. Please look at the letters."),
    "name_differs": N_("The name says %(name)s, but the file holds %(format)s; it was read as that."),
    "other_sheets": N_("Only the first sheet was read; left out: %(sheets)s."),
    "unnamed_columns": N_("Columns without a name were called %(columns)s."),
    "columns_missing": N_("The file lacks columns that the mapping needs: %(columns)s."),
    "columns_unknown": N_("The mapping does not know these columns: %(columns)s."),
    "columns_absent": N_("The mapping could also use these columns: %(columns)s."),
}

ROW_MESSAGES: dict[str, str] = {
    "too_few_cells": N_("The row has %(found)s cells, the header %(expected)s."),
    "too_many_cells": N_("The row has %(found)s cells, the header %(expected)s."),
    "broken_quotes": N_("The quotes do not match, from line %(line)s to line %(last)s."),
    "nul": N_("The row holds a NUL character."),
    "cell_error": N_("The spreadsheet shows an error in this cell: %(value)s."),
    "bad_json": N_("The line is not valid JSON."),
    "not_an_object": N_("The line is not a JSON object."),
    "duplicate_key": N_("The object has the key “%(key)s” twice."),
    "too_deep": N_("The object is nested too deep."),
    "unknown_column": N_("The mapping does not know the column “%(column)s”."),
    "required": N_("Nothing is given here, and it is needed."),
    "nothing_given": N_("Nothing is given here."),
    "sentinel": N_("“%(value)s” in column %(column)s stands for “not known”; it is not a number."),
    "sentinel_defaulted": N_(
        "“%(value)s” in column %(column)s stands for “not known”; %(default)s was taken instead."
    ),
    "not_text": N_("Text is expected in column %(column)s."),
    "not_an_integer": N_("“%(value)s” is not a whole number."),
    "not_a_number": N_("“%(value)s” is not a number."),
    "out_of_range": N_("“%(value)s” is out of range: %(least)s to %(most)s."),
    "not_a_date": N_("“%(value)s” cannot be read as a date."),
    "open_ended": N_("“%(value)s” is no date; it was taken as open-ended."),
    "not_a_timezone": N_("“%(value)s” is not an IANA time zone."),
    "ends_before_start": N_("It ends before it starts."),
    "unknown_choice": N_("“%(value)s” is not in the mapping's table."),
    "not_coordinates": N_("“%(value)s” are not coordinates."),
    "no_coordinates": N_("No coordinates are given, so distances cannot be told."),
    "approximate_location": N_("No coordinates are given; those of “%(place)s” were taken."),
    "far_from_place": N_(
        "The coordinates are %(km)s km away from “%(place)s”; perhaps another place of that name."
    ),
    "cut_text": N_("The text is cut off at its end."),
    "control_characters": N_("Characters that cannot be shown were left out."),
    "not_a_website": N_("“%(value)s” is not a website; it was left out."),
    "not_a_registration": N_("“%(value)s” is not a registration: registrar:number is expected."),
    "no_external_id": N_("The row has nothing to know it by again: %(columns)s."),
    "repeated_external_id": N_("Row %(row)s has the same id “%(value)s” and other content."),
    "repeated_row": N_("This is the same as row %(row)s."),
    "looks_repeated": N_("Row %(row)s looks like the same under another id."),
    "dates_passed": N_("The dates have passed: nobody is asked any more."),
    "not_published": N_("The centre has suspended the organisation, so the need was not published."),
}

MAPPING_MESSAGES: dict[str, str] = {
    "unknown_mapping": N_("There is no mapping “%(name)s” for %(kind)s."),
    "not_a_mapping": N_("This cannot be read as a mapping: %(reason)s."),
    "wrong_kind": N_("The mapping is for %(found)s, not for %(wanted)s."),
    "unknown_option": N_("There is no such option here; there are: %(known)s."),
    "unknown_target": N_("There is no such field to fill; there are: %(known)s."),
    "unknown_way": N_("There is no way “%(name)s” to read a field; there are: %(known)s."),
    "wrong_shape": N_("“%(way)s” does not give what this field takes."),
    "option_missing": N_("This is needed."),
    "wrong_type": N_("Something else is expected here: %(expected)s."),
    "not_one_of": N_("One of these is expected: %(known)s."),
    "bad_value": N_("“%(value)s” cannot be used here."),
}

MESSAGES = {**FILE_MESSAGES, **ROW_MESSAGES, **MAPPING_MESSAGES}


@dataclass(frozen=True)
class RowIssue:
    """One thing found in a file or a row.

    `field` is ours (`places`), or `file` or `row` where no field is at fault; a fatal issue refuses the row.
    """

    field: str
    code: str
    fatal: bool = True
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """Say it in English."""
        return self.message_in(DEFAULT)

    def message_in(self, language: str) -> str:
        """Say it in a reader's language."""
        return say(language, MESSAGES[self.code], **self.values)

    def as_dict(self) -> dict[str, Any]:
        """Give {field, code, message, fatal, values}, to be kept as JSON."""
        return {
            "field": self.field,
            "code": self.code,
            "message": self.message,
            "fatal": self.fatal,
            "values": dict(self.values),
        }


def row_issue(field_name: str, code: str, *, fatal: bool = True, **values: object) -> RowIssue:
    """Make an issue; values are shown as text, cut where they are long."""
    shown = {key: str(value) for key, value in values.items()}
    cut = {key: text if len(text) <= SHOWN else text[: SHOWN - 1] + "…" for key, text in shown.items()}
    return RowIssue(field_name, code, fatal, cut)


def mapping_error(field_name: str, code: str, **values: object) -> FieldError:
    """Say what is wrong with one option of a mapping; `field_name` is its dotted path."""
    return FieldError(field_name, code, say(DEFAULT, MAPPING_MESSAGES[code], **values))


class FileUnreadable(Invalid):
    """The file as a whole cannot be taken: `reason` is a code of FILE_MESSAGES, `detail` its words."""

    def __init__(self, reason: str, **values: object) -> None:
        """Take the code and what its message names."""
        issue = row_issue("file", reason, fatal=True, **values)
        super().__init__(FieldError("file", reason, issue.message))
        self.reason = reason
        self.detail = issue.message
