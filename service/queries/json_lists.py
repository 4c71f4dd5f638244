"""Asking whether a JSON list holds a code, in the words of either database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class list_holds(FunctionElement[bool]):  # noqa: N801 it is written like a function of SQL
    """Say whether the JSON list of a column holds a code."""

    type = Boolean()
    inherit_cache = True
    name = "list_holds"


@compiles(list_holds, "sqlite")
def _in_sqlite(element: list_holds, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, code = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE json_each.value = {code})"  # noqa: S608 the code is a bound value


@compiles(list_holds, "postgresql")
def _in_postgresql(element: list_holds, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, code = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"{column} @> jsonb_build_array({code})"


def holds_any(column: Any, codes: Iterable[str]) -> ColumnElement[bool]:
    """Make the condition that a JSON list holds at least one of these codes; there must be some."""
    return or_(*(list_holds(column, literal(code, String)) for code in codes))
