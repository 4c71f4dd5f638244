"""Writes models/vocabularies/languages.json: ISO 639-1 codes with the names that CLDR gives them.

Run it after Babel brings a newer CLDR: `python scripts/make_language_labels.py`, and read the difference
before you commit. Names keep the case that CLDR gives them: "Ukrainian", but "українська" and "украинский",
as those languages write them.
"""

import json
import re
from pathlib import Path

from babel import Locale

TARGET = Path(__file__).parent.parent / "models" / "vocabularies" / "languages.json"
READERS = ("en", "uk", "ru")


def names_in(reader: str) -> dict[str, str]:
    """The names of all languages with a two-letter code, by that code, in the reader's language."""
    every = Locale.parse(reader).languages
    return {str(code): str(name) for code, name in every.items() if re.fullmatch("[a-z]{2}", str(code))}


def main() -> None:
    """Takes every code that has a name in all three languages, and writes one entry a line."""
    names = {reader: names_in(reader) for reader in READERS}
    codes = sorted(set.intersection(*(set(known) for known in names.values())))
    entries = [{"code": one, "labels": {reader: names[reader][one] for reader in READERS}} for one in codes]
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
