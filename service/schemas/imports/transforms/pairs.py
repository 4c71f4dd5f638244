"""Lists of pairs: codes with their levels, and registrations with their registrars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from service.schemas.imports.transforms.cells import folded
from service.schemas.imports.transforms.lists import items_of, not_a_code

if TYPE_CHECKING:
    from service.schemas.imports.transforms.cells import Cells, Note


@dataclass(frozen=True, kw_only=True)
class Levels:
    """[{code, level?}] from `uk:C2|en:B1`, or from a JSON list of codes or such objects."""

    columns: tuple[str, ...]
    separator: str = "|"
    shapes: ClassVar[frozenset[str]] = frozenset({"levels"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> list[dict[str, str]] | None:
        """Give the codes with their levels."""
        found = cells.first(self.columns)
        items = items_of(found[1], self.separator) if found else []
        return [level for item in items for level in self._level(item, note)] or None

    def _level(self, item: object, note: Note) -> Iterable[dict[str, str]]:
        if isinstance(item, dict) and item and all(isinstance(value, str) for value in item.values()):
            return (item,)
        if not isinstance(item, str):
            return not_a_code(item, note)
        code, _, level = (part.strip() for part in item.partition(":"))
        return ({"code": code, "level": level} if level else {"code": code},)


@dataclass(frozen=True, kw_only=True)
class Registrations:
    """[{registrar, number}]: the number in `number`, the registrar constant or by `table` from a column.

    With `column` alone: `registrar:number|…`, or a JSON list of such objects.
    """

    number: str = ""
    registrar: str = ""
    registrar_column: str = ""
    table: dict[str, str] = field(default_factory=dict)
    column: str = ""
    separator: str = "|"
    shapes: ClassVar[frozenset[str]] = frozenset({"registrations"})

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return tuple(name for name in (self.number, self.registrar_column, self.column) if name)

    def read(self, cells: Cells, note: Note) -> list[dict[str, Any]] | None:
        """Give the registrations."""
        if self.column:
            found = cells.first((self.column,))
            items = items_of(found[1], self.separator) if found else []
            return [one for item in items for one in _registration(item, note)] or None
        number = cells.text((self.number,), note)
        if number is None:
            return None
        registrar = self.registrar
        if self.registrar_column:
            said = cells.text((self.registrar_column,), note) or ""
            registrar = {folded(key): name for key, name in self.table.items()}.get(folded(said), "")
            if not registrar:
                note("unknown_choice", fatal=False, value=said)
                return None
        return [{"registrar": registrar, "number": number.strip()}]


def _registration(item: object, note: Note) -> Iterable[dict[str, Any]]:
    if isinstance(item, dict):
        return (item,)
    registrar, _, number = str(item).rpartition(":")
    if registrar.strip() and number.strip():
        return ({"registrar": registrar.strip(), "number": number.strip()},)
    note("not_a_registration", value=item)
    return ()
