"""From plain values (TOML, JSON) to the frozen options of a mapping, with every mistake named by its path."""

from __future__ import annotations

import dataclasses
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from service.schemas.imports.issues import mapping_error
from service.schemas.imports.transforms.places import Spot

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.errors import FieldError

Made = TypeVar("Made")
EXPECTED: dict[object, str] = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}


def build(kind: type[Made], value: object, path: str, errors: list[FieldError]) -> Made | None:
    """Make a dataclass of its options; mistakes are added to `errors`, and None stands for what has one."""
    if kind is Spot and isinstance(value, list):
        value = dict(zip(("latitude", "longitude", "place"), value, strict=False))
    if not isinstance(value, dict):
        errors.append(mapping_error(path, "wrong_type", expected="a table"))
        return None
    given = dict(value)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if "columns" in fields and "column" in given:
        given["columns"] = given.pop("column")
    before = len(errors)
    for name in sorted(given.keys() - fields.keys()):
        known = ", ".join(sorted(fields))
        errors.append(mapping_error(_under(path, name), "unknown_option", known=known))
    for name, field in fields.items():
        if name not in given and _is_needed(field):
            errors.append(mapping_error(_under(path, name), "option_missing"))
    hints = get_type_hints(kind, include_extras=True)
    made = {
        name: convert(hints[name], given[name], _under(path, name), errors)
        for name in fields
        if name in given
    }
    return kind(**made) if len(errors) == before else None


def convert(hint: object, value: object, path: str, errors: list[FieldError]) -> object:
    """Turn a plain value into what the option's type says; a single text will do for a list of texts."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return convert(next(one for one in inner if one is not NoneType), value, path, errors)
    if origin is not None:
        return BY_ORIGIN[origin](inner, value, path, errors)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return build(hint, value, path, errors)
    return value if hint is Any else _plain(hint, value, path, errors)


def _plain(hint: object, value: object, path: str, errors: list[FieldError]) -> object:
    if hint is float and type(value) is int:
        return float(value)
    # By type and not isinstance: true is an int to Python, but not to a person.
    return value if type(value) is hint else _wrong(path, EXPECTED[hint], errors)


def _literal(inner: tuple[object, ...], value: object, path: str, errors: list[FieldError]) -> object:
    if value not in inner:
        errors.append(mapping_error(path, "not_one_of", known=", ".join(map(str, inner))))
    return value


def _tuple(inner: tuple[Any, ...], value: object, path: str, errors: list[FieldError]) -> object:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return _wrong(path, "a list", errors)
    return tuple(convert(inner[0], one, f"{path}.{place}", errors) for place, one in enumerate(value))


def _table(inner: tuple[Any, ...], value: object, path: str, errors: list[FieldError]) -> object:
    if not isinstance(value, dict):
        return _wrong(path, "a table", errors)
    return {str(key): convert(inner[1], one, f"{path}.{key}", errors) for key, one in value.items()}


def _annotated(inner: tuple[Any, ...], value: object, path: str, errors: list[FieldError]) -> object:
    made = convert(inner[0], value, path, errors)
    if made is not None and not inner[1](made):
        errors.append(mapping_error(path, "bad_value", value=value))
    return made


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _wrong(path: str, expected: str, errors: list[FieldError]) -> object:
    errors.append(mapping_error(path, "wrong_type", expected=expected))
    return None


# What a hint is, without its brackets, and how a value is turned into it.
BY_ORIGIN: dict[object, Callable[[tuple[Any, ...], object, str, list[FieldError]], object]] = {
    Annotated: _annotated,
    Literal: _literal,
    tuple: _tuple,
    dict: _table,
}
