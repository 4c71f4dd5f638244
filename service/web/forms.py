"""Forms: what was posted, read by the API's own schemas; what was typed, for showing it again."""

from __future__ import annotations

from typing import Any

from flask import g, request
from marshmallow import ValidationError

from service.errors import CODES, Invalid
from service.i18n import say
from service.schemas.errors import field_errors, words_of
from service.schemas.fields import Schema


def read_form(schema: type[Schema], body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Read the posted form, or a body made of it, by a schema; Invalid names what is wrong.

    A field that was left empty counts as one that was not sent.
    """
    asked = schema()
    if body is None:
        body = {name: text for name in asked.fields if (text := posted(name)) is not None}
    try:
        loaded: dict[str, Any] = asked.load(body)
    except ValidationError as error:
        raise Invalid(*field_errors(error.messages)) from None
    return loaded


def posted(name: str) -> str | None:
    """Give a posted field without blanks around it; None where it was left empty.

    Browsers send line ends as CR LF; they are kept as LF.
    """
    text = request.form.get(name, "")
    if not name.endswith("password"):
        text = text.strip().replace("\r\n", "\n").replace("\0", "")
    return text or None


def chosen_shifts() -> dict[str, Any]:
    """Give the shifts that were ticked, and whether an overlap is meant."""
    confirmed = {"confirm_overlap": True} if posted("confirm_overlap") else {}
    return {"shift_ids": request.form.getlist("shift_ids"), **confirmed}


class Refused:
    """What the last step was refused, as a page shows it; false where nothing was."""

    def __init__(self) -> None:
        """Put the refusal of this request, if there is one, into the reader's language."""
        refusal, language = g.get("refusal"), g.language
        found = getattr(refusal, "errors", ())
        self.fields = {one.field: words_of(one.message, language) for one in found}
        self.messages = [words_of(one.message, language) for one in found]
        self.code = refusal.code if refusal else ""
        self.message = say(language, CODES[refusal.code][1]) if refusal else ""
        self.ids = {str(one) for one in g.get("refused_ids", {}).values()}

    def __bool__(self) -> bool:
        """Say whether anything was refused."""
        return bool(self.message)

    def concerns(self, form_id: object = None) -> bool:
        """Say whether the refused form was this one of many on a page, or the page's only one."""
        return bool(self) and (form_id is None or str(form_id) in self.ids)

    def error(self, name: str, form_id: object = None) -> str:
        """Say what is wrong with a field of that form, or with a part of it."""
        if not self.concerns(form_id):
            return ""
        parts = (words for at, words in self.fields.items() if at.startswith(f"{name}."))
        return self.fields.get(name) or next(parts, "")

    def typed(self, name: str, kept: object = None, form_id: object = None) -> object:
        """Give what was typed into a field that was refused, else what is kept."""
        return request.form.get(name, "") if self.concerns(form_id) else kept

    def ticked(self, name: str, value: str, kept: object = ()) -> bool:
        """Say whether a box was ticked, in what was refused or in what is kept."""
        there: Any = request.form.getlist(name) if self else kept
        return value in (there or ())
