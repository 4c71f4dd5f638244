"""Words in the reader's language: catalogues, and names and numbers as each language writes them."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("en", "uk", "ru")
DEFAULT = "en"
CATALOGUES = Path(__file__).parent / "translations"


@cache
def catalogue(language: str) -> NullTranslations:
    """Read one language's texts, once; the texts in the code are the English ones."""
    path = CATALOGUES / language / "LC_MESSAGES" / "halfway.po"
    if language not in LANGUAGES or not path.exists():
        return NullTranslations()
    # Compiled in memory: no build step to forget, and the catalogue in use is the one we read.
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def say(language: str, text: str, **values: object) -> str:
    """Put one text into the reader's language, with its values in their places."""
    translated = catalogue(language).ugettext(text)
    return translated % values if values else translated


def say_count(language: str, one: str, many: str, count: int, **values: object) -> str:
    """Put a text that counts into the reader's language; uk and ru have three plural forms."""
    translated = catalogue(language).ungettext(one, many, count)
    return translated % {"count": count, **values}


def choose_language(*wanted: str | None) -> str:
    """Take the first language that the service speaks; an Accept-Language header will do."""
    for wish in wanted:
        for part in (wish or "").split(","):
            code = part.split(";")[0].strip().split("-")[0].lower()
            if code in LANGUAGES:
                return code
    return DEFAULT
