"""The mappings that come with the service, and how any mapping is found: by name, by file, as data."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from service.errors import Invalid
from service.schemas.imports.building import build_mapping
from service.schemas.imports.issues import mapping_error
from service.schemas.imports.mapping import Mapping

# A file that says what a mapping is stays far below this.
LARGEST = 1_000_000


@dataclass(frozen=True)
class MappingEntry:
    """A shipped mapping, as lists show it: `about` says what file it is for."""

    name: str
    kind: str
    title: str
    about: str


def list_mappings() -> list[MappingEntry]:
    """List the shipped mappings by name."""
    return [MappingEntry(one.name, one.kind, one.head.title, one.head.about) for one in _shipped()]


def load_mapping(source: str | Path | dict[str, Any], kind: str | None = None) -> Mapping:
    """Load a mapping and check it. Raises Invalid, every mistake by its dotted path.

    A str is the name or alias of a shipped one and never a path, so that it can come from outside; a Path is
    a TOML or JSON file; a dict is a mapping itself. Where one name serves several kinds (`halfway`), `kind`
    chooses; where it is given, the mapping must be of that kind.
    """
    if isinstance(source, str):
        return _named(source, kind)
    mapping = build_mapping(_read(source) if isinstance(source, Path) else source)
    if kind is not None and mapping.kind != kind:
        raise Invalid(mapping_error("kind", "wrong_kind", found=mapping.kind, wanted=kind))
    return mapping


def _named(name: str, kind: str | None) -> Mapping:
    wanted = name.strip().lower().replace("-", "_")
    found = [one for one in _shipped() if wanted in {one.name, *one.head.aliases}]
    fitting = [one for one in found if kind in {None, one.kind}]
    if len(fitting) != 1:
        raise Invalid(mapping_error("mapping", "unknown_mapping", name=name, kind=kind or "—"))
    return fitting[0]


@cache
def _shipped() -> tuple[Mapping, ...]:
    folder = files("service.schemas.imports") / "mappings"
    texts = (one.read_text(encoding="utf-8") for one in folder.iterdir() if one.name.endswith(".toml"))
    return tuple(sorted((build_mapping(tomllib.loads(text)) for text in texts), key=lambda one: one.name))


def _read(path: Path) -> object:
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid(mapping_error("mapping", "not_a_mapping", reason=f"over {LARGEST} bytes"))
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(mapping_error("mapping", "not_a_mapping", reason=error)) from error
