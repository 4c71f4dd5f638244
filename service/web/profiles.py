"""A volunteer's profile as a form has it: boxes, lines and numbers become the API's own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, request

from models import Volunteer
from models.vocabularies import Entry, entries, label, slot_codes
from service.errors import N_
from service.i18n import LANGUAGES
from service.web.forms import Refused, posted

# The groups of the skill list, in the order in which they are shown.
SKILL_GROUPS = {
    "care": N_("Care and company"),
    "children": N_("Children and young people"),
    "teaching": N_("Teaching and learning"),
    "languages": N_("Languages and texts"),
    "health": N_("Health and listening"),
    "food": N_("Food"),
    "events": N_("Events"),
    "organising": N_("Organising"),
    "office": N_("Office"),
    "advice": N_("Advice and law"),
    "digital": N_("Computers"),
    "media": N_("Media and design"),
    "arts_and_sport": N_("Arts and sport"),
    "heritage": N_("History and heritage"),
    "nature": N_("Nature and gardens"),
    "animals": N_("Animals"),
    "repair": N_("Building and repair"),
    "logistics": N_("Driving and moving"),
    "safety": N_("Safety and rescue"),
}
SPARE_ROWS = 2
FEWEST_ROWS = 3


def profile_posted() -> dict[str, Any]:
    """Put the posted form into the shape of VolunteerChanged."""
    form = request.form
    spoken = zip(form.getlist("language"), form.getlist("language_level"), strict=False)
    return {
        "name": posted("name") or "",
        "interests": posted("interests") or "",
        "causes": form.getlist("causes"),
        "skills": [_levelled(*value.partition(":")[::2]) for value in form.getlist("skills")],
        "languages": [_levelled(code, level) for code, level in spoken if code],
        "availability": form.getlist("availability"),
        "location": _location(),
        "radius_km": _number("radius_km") or "",
        "location_types": form.getlist("location_types"),
        "birth_date": posted("birth_date"),
    }


def _levelled(code: str, level: str) -> dict[str, str | None]:
    return {"code": code, "level": level or None}


def _location() -> dict[str, Any] | None:
    typed = {name: _number(name) for name in ("latitude", "longitude")}
    found = {name: value for name, value in typed.items() if value is not None}
    if place := posted("place"):
        found["place"] = place
    return found or None


def _number(name: str) -> float | str | None:
    # What is no number stays as it was typed: the schema says so beside its field.
    text = posted(name)
    try:
        return None if text is None else float(text.replace(",", "."))
    except ValueError:
        return text


def profile_kept(volunteer: Volunteer, refused: Refused) -> dict[str, Any]:
    """Give what the boxes and rows of the form show: what was just typed, or what is kept."""
    had = {one["code"]: one["level"] or "" for one in volunteer.skills}
    kept = [(one["code"], one["level"] or "") for one in volunteer.languages]
    if refused:
        form = request.form
        kept = list(zip(form.getlist("language"), form.getlist("language_level"), strict=False))
        kept = [one for one in kept if one[0]]
    rows = max(len(kept) + SPARE_ROWS, FEWEST_ROWS)
    return {
        "causes": volunteer.causes,
        "narrower": _narrower(),
        "skills": {code: f"{code}:{level}" if level else code for code, level in had.items()},
        "skill_groups": _skill_groups(),
        "languages": [*kept, *[("", "")] * (rows - len(kept))],
        "every_language": _every_language(),
        "availability": slot_codes(volunteer.slots),
    }


def _skill_groups() -> Sequence[tuple[str, list[str]]]:
    every = entries("skills")
    return [
        (words, [one.code for one in every if one.extras["group"] == group])
        for group, words in SKILL_GROUPS.items()
    ]


def _every_language() -> list[tuple[str, str]]:
    """Give all languages by name, those that the service itself speaks first."""
    named = [(one.code, label("languages", one.code, g.language)) for one in entries("languages")]
    return sorted(named, key=lambda one: (one[0] not in LANGUAGES, one[1].casefold()))


def _narrower() -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {"": []}
    for one in entries("causes"):
        found.setdefault(one.extras.get("broader", ""), []).append(one)
    return found
