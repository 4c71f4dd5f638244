"""In which language a text is written, as far as its letters tell."""

from __future__ import annotations

import re

_UKRAINIAN, _RUSSIAN = re.compile("[іїєґІЇЄҐ]"), re.compile("[ыэъёЫЭЪЁ]")
_CYRILLIC, _LATIN = re.compile("[А-Яа-яІЇЄҐіїєґЁё]"), re.compile("[A-Za-z]")
_IN_CYRILLIC = ("uk", "ru", "be", "bg", "kk", "ky", "mk", "mn", "sr", "tg")


def language_of(text: str, said: str = "") -> str:
    """Give the code of a text's language: what was said of it, unless its letters say otherwise.

    A volunteer who reads the service in Russian may write their interests in Ukrainian. Cyrillic letters
    that both languages have leave what was said, or else mean Ukrainian; Latin ones mean English where a
    language of other letters was said.
    """
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if cyrillic > latin:
        if said in {"", "uk", "ru"}:
            ukrainian, russian = len(_UKRAINIAN.findall(text)), len(_RUSSIAN.findall(text))
            if ukrainian != russian:
                return "uk" if ukrainian > russian else "ru"
        return said if said in _IN_CYRILLIC else "uk"
    return "en" if latin and (not said or said in _IN_CYRILLIC) else said
