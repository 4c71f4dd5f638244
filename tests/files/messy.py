"""`messy_needs.csv`: needs as people type them, every kind of dirt in it, in columns of the `nyc` mapping.

It has a byte order mark, Windows line ends, a cell of several lines, a blank row, a NUL and a bell. Brought
in with `--verify --publish`, its needs without dates and that of 2099 are open, and that of 2011 is closed.
"""

from pathlib import Path

MESSY = Path(__file__).parent / "messy_needs.csv"
ADDED, OPEN, ORGANISATIONS = 16, 15, 3
# Row 21 says the same as row 2.
UNCHANGED = 1
# By row: the field at fault, and the code that says why.
REFUSED = {
    11: ("places", "sentinel"),
    12: ("places", "sentinel"),
    13: ("places", "not_an_integer"),
    14: ("places", "out_of_range"),
    16: ("starts_at", "not_a_date"),
    17: ("ends_at", "ends_before_start"),
    22: ("external_id", "repeated_external_id"),
    24: ("title", "required"),
    25: ("organisation.name", "required"),
    26: ("external_id", "no_external_id"),
    27: ("row", "too_few_cells"),
    28: ("row", "too_many_cells"),
    29: ("row", "broken_quotes"),
    30: ("row", "nul"),
    32: ("title", "too_long"),
}
WARNED = {
    7: {"approximate_location"},
    8: {"approximate_location"},
    9: {"no_coordinates"},
    10: {"not_coordinates", "no_coordinates"},
    18: {"dates_passed"},
    19: {"cut_text"},
    20: {"unknown_choice"},
    21: {"repeated_row"},
    23: {"looks_repeated"},
    31: {"control_characters"},
}
READ = ADDED + UNCHANGED + len(REFUSED)
