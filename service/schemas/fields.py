"""Fields with strict ranges, whose errors carry a stable code and words that can be translated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import marshmallow
from marshmallow import RAISE, ValidationError, fields, validate

from models import vocabularies
from service.errors import N_

WHOLE = re.compile(r"-?[0-9]{1,18}")
DECIMAL = re.compile(r"-?[0-9]{1,20}([.][0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")


class Coded(str):
    """An error message that remembers its code, its template and its values.

    marshmallow formats messages with `str.format`; the template is kept, so that the words can be
    put into the reader's language afterwards.
    """

    __slots__ = ("code", "template", "values")
    code: str
    template: str
    values: dict[str, Any]

    def __new__(cls, code: str, template: str, values: dict[str, Any] | None = None) -> Self:
        """Make the English message."""
        made = super().__new__(cls, template.format(**values) if values else template)
        made.code, made.template, made.values = code, template, values or {}
        return made

    def __getnewargs__(self) -> tuple[str, str, dict[str, Any]]:  # type: ignore[override]
        """Let schemas be copied with their messages."""
        return self.code, self.template, self.values

    def format(self, *_args: object, **values: object) -> Coded:
        """Keep code and template while marshmallow fills the values in."""
        return Coded(self.code, self.template, values)


REQUIRED = Coded("required", N_("This is needed."))
INVALID = Coded("invalid", N_("This cannot be read."))
MESSAGES = {
    "required": REQUIRED,
    "null": Coded("null", N_("This cannot be empty.")),
    "invalid": INVALID,
    "validator_failed": INVALID,
    "invalid_utf8": INVALID,
    "too_large": Coded("out_of_range", N_("This number is too large.")),
    "special": Coded("out_of_range", N_("This must be an ordinary number.")),
    "invalid_uuid": INVALID,
    "invalid_awareness": Coded("no_zone", N_("This time needs a zone, such as Z or +02:00.")),
    "format": INVALID,
    "type": Coded("invalid", N_("This must be an object.")),
    "unknown": Coded("unknown_field", N_("There is no such field.")),
}


class Schema(marshmallow.Schema):
    """The parent of all schemas: a field that nobody knows is refused."""

    class Meta:
        """Options for all."""

        unknown = RAISE

    error_messages = {"unknown": MESSAGES["unknown"], "type": MESSAGES["type"]}  # noqa: RUF012 marshmallow reads it so


class Worded:
    """Gives a field our messages."""

    default_error_messages: Any = MESSAGES


class Text(Worded, fields.String):
    """Text of a limited length; where it must not be empty, blanks alone do not count."""

    def __init__(self, *, most: int, least: int = 0, **kwargs: Any) -> None:
        """Take the fewest and the most characters."""
        too_long = Coded("too_long", N_("At most {max} characters are possible."))
        kwargs["validate"] = [_no_nul, validate.Length(max=most, error=too_long)]
        if least:
            kwargs["validate"].insert(0, _not_blank)
            kwargs.setdefault("metadata", {}).setdefault("pattern", r"\S")
            kwargs["metadata"]["minLength"] = least
        super().__init__(**kwargs)


def _no_nul(text: str) -> None:
    # JSON with one is refused as a whole; an address or a form can bring one too, and PostgreSQL keeps none.
    if "\0" in text:
        raise ValidationError(INVALID)


def _not_blank(text: str) -> None:
    if not text.strip():
        raise ValidationError(MESSAGES["null"])


class Whole(Worded, fields.Integer):
    """A whole number in a range; 1.9 and "1" are none."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        """Take the bounds, both included."""
        super().__init__(strict=True, validate=_between(least, most), **kwargs)

    def _validated(self, value: Any) -> int:
        # In an address every number is text; there `from_text` is set.
        if isinstance(value, str) and self.metadata.get("from_text") and WHOLE.fullmatch(value):
            value = int(value)
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Number(Worded, fields.Float):
    """A number in a range, with a fraction."""

    def __init__(self, *, least: float, most: float, **kwargs: Any) -> None:
        """Take the bounds, both included."""
        super().__init__(validate=_between(least, most), **kwargs)

    def _validated(self, value: Any) -> float:
        if isinstance(value, str) and not (self.metadata.get("from_text") and DECIMAL.fullmatch(value)):
            raise self.make_error("invalid", input=value)
        if isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


def _between(least: float, most: float) -> validate.Range:
    message = Coded("out_of_range", N_("This must be from {min} to {max}."))
    return validate.Range(least, most, error=message)


class Flag(Worded, fields.Boolean):
    """True or false, and nothing that merely looks like it."""

    truthy = {True}  # noqa: RUF012 marshmallow reads it so
    falsy = {False}  # noqa: RUF012

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if self.metadata.get("from_text") and value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Moment(Worded, fields.AwareDateTime):
    """An RFC 3339 time with its zone; given back in UTC with a Z."""

    def __init__(self, **kwargs: Any) -> None:
        """Take times whose year no database stumbles over."""
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= moment.year <= 2200:  # noqa: PLR2004
            raise self.make_error("invalid", input=value)
        return moment.astimezone(UTC)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(Worded, fields.Date):
    """A calendar date."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= day.year <= 2200:  # noqa: PLR2004
            raise self.make_error("invalid", input=value)
        return day


class Id(Worded, fields.UUID):
    """A UUID."""


class Email(Worded, fields.Email):
    """A mail address."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a mail header can carry."""
        super().__init__(**kwargs)
        # marshmallow's own check, with our words for its refusal.
        self.validators = [validate.Email(error=INVALID)]
        self.validators.append(
            validate.Length(max=254, error=Coded("too_long", N_("This address is too long.")))
        )


class WebAddress(Worded, fields.String):
    """An http or https address."""

    def __init__(self, **kwargs: Any) -> None:
        """Refuse what a page could not link to safely."""
        super().__init__(validate=_is_web_address, **kwargs)


def _is_web_address(text: str) -> None:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and len(text) <= 500  # noqa: PLR2004
    except ValueError:
        fine = False
    if not fine or any(sign.isspace() or not sign.isprintable() for sign in text):
        raise ValidationError(Coded("invalid", N_("This must be an http or https address.")))


class OneOf(Worded, fields.String):
    """One code out of a closed list."""

    def __init__(self, codes: Iterable[str], **kwargs: Any) -> None:
        """Take the codes that exist."""
        message = Coded("unknown_code", N_("“{input}” is not one of the codes."))
        super().__init__(validate=validate.OneOf(sorted(codes), error=message), **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else str(value)


def vocabulary(name: str, **kwargs: Any) -> OneOf:
    """Make the field of one code of a vocabulary."""
    return OneOf(vocabularies.codes(name), **kwargs)


class Several(Worded, fields.List[Any]):
    """A list of at most so many."""

    def __init__(self, inner: fields.Field[Any], *, most: int, **kwargs: Any) -> None:
        """Take what one of them is, and how many there can be."""
        message = Coded("too_many", N_("At most {max} are possible."))
        super().__init__(inner, validate=validate.Length(max=most, error=message), **kwargs)


def codes(name: str, **kwargs: Any) -> Several:
    """Make the field of a list of codes of a vocabulary."""
    return Several(vocabulary(name), most=100, **kwargs)


class Part(Worded, fields.Nested):
    """An object within an object."""


class LocationSchema(Schema):
    """A place: WGS 84 decimal degrees, and its name for people."""

    latitude = Number(least=-90, most=90, required=True)
    longitude = Number(least=-180, most=180, required=True)
    place = Text(most=300, allow_none=True)
