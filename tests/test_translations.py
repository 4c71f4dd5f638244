"""Every text that a person reads is there in every language, whole, with the same values in it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from service.i18n import LANGUAGES, say, say_count

ROOT = Path(__file__).resolve().parent.parent
# As `make messages` says it: the text stands after the language.
KEYWORDS = {**DEFAULT_KEYWORDS, "say": (2,), "say_count": (2, 3)}
TRANSLATED = [one for one in LANGUAGES if one != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!\{)\{\w+\}")
FOREIGN_LETTERS = {"uk": "ыэъё", "ru": "іїєґ"}


@cache
def texts_of_the_code() -> dict[str, tuple[str, ...]]:
    """Extract every text, with its forms, from code and pages; by its first form."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    found = extract_from_dir(ROOT / "service", method_map=methods, keywords=KEYWORDS)
    return {
        forms[0]: forms
        for _, _, message, _, _ in found
        if (forms := message if isinstance(message, tuple) else (message,))
    }


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "service" / "translations" / language / "LC_MESSAGES" / "halfway.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_texts_of_code_pages_and_errors_are_all_found():
    for text in ("Not found", "This is needed.", "Proposals for you", "near you: %(distance)s"):
        assert text in texts_of_the_code()
    assert texts_of_the_code()["%(count)s place left"] == ("%(count)s place left", "%(count)s places left")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language):
    """Run `make messages`, and fill in what is empty, when this fails."""
    known = catalogue(language)
    missing = [
        text
        for text, forms in texts_of_the_code().items()
        if (message := known.get(text)) is None
        or not all(forms_of(message))
        or message.fuzzy
        or (len(forms) > 1 and len(forms_of(message)) != known.num_plurals)
    ]

    assert not missing


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_holds_the_same_values(language):
    other = [
        (message.id, form)
        for message in catalogue(language)
        if message.id
        for form in forms_of(message)
        if set(PLACEHOLDER.findall(form)) != set(PLACEHOLDER.findall(str(message.id)))
    ]

    assert not other


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_letter_of_the_other_language_has_slipped_in(language):
    letters = set(FOREIGN_LETTERS[language])

    assert not [
        form
        for message in catalogue(language)
        for form in forms_of(message)
        if message.id and letters & set(form.lower())
    ]


def test_what_counts_has_three_forms_in_ukrainian_and_russian():
    said = [say_count("uk", "%(count)s place left", "%(count)s places left", one) for one in (1, 2, 5, 21)]

    assert len({re.sub(r"\d+", "", one) for one in said}) == 3
    assert re.sub(r"\d+", "", said[0]) == re.sub(r"\d+", "", said[3])


def test_a_language_without_a_catalogue_reads_the_english_text():
    assert say("en", "Not found") == "Not found"
    assert say("uk", "Not found") == "Не знайдено"
    assert say("uk", "nobody has ever translated this") == "nobody has ever translated this"


def test_a_number_in_a_counted_text_of_a_template_is_filled_in():
    # Within a trans block Jinja fills in {{ count }} only, and shows %(count)s as it stands.
    wrong = [
        f"{path.name}: {found}"
        for path in (ROOT / "service").rglob("*.html")
        for found in re.findall(r"{% trans .*?{% endtrans %}", path.read_text(encoding="utf-8"), re.DOTALL)
        if "%(" in found
    ]
    assert wrong == []
