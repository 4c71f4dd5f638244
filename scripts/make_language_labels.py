"""Writes models/vocabularies/languages.json: ISO 639-1 codes with the names CLDR gives them, as Babel carries it.

Run it after Babel brings a newer CLDR: `python scripts/make_language_labels.py`, and read the difference before you commit.
Names keep the case that CLDR gives them: "Ukrainian", but "українська" and "украинский", as those languages write them.
"""

import json
from pathlib import Path

from babel import Locale

TARGET = Path(__file__).parent.parent / "models" / "vocabularies" / "languages.json"
READERS = ("en", "uk", "ru")


def main() -> None:
    """Takes every two-letter code that has a name in all three languages, and writes one entry a line."""
    names = {reader: Locale.parse(reader).languages for reader in READERS}
    codes = sorted(
        code for code in names["en"] if len(code) == 2 and all(code in known for known in names.values())
    )
    entries = [
        {"code": code, "labels": {reader: names[reader][code] for reader in READERS}} for code in codes
    ]
    lines = ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
