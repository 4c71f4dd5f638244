"""How an import went, for whoever ran it: counts, reasons of refusals with their rows, warnings counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models import Import
from models.imports import RowStatus
from service.access.actors import Actor
from service.queries.imports import list_issues
from service.schemas.import_issues import say_issue

COUNTS = ("read", "added", "updated", "unchanged", "refused")
ROWS_NAMED = 8


@dataclass(frozen=True, slots=True)
class Report:
    """A finished import, why rows of it were refused, and how many rows carry which warning."""

    done: Import
    errors: list[dict[str, Any]]
    warnings: Counter[str]


def gather(session: Session, actor: Actor, done: Import) -> Report:
    """Go through the rows of an import that there is something to say of."""
    errors, warnings = [], Counter[str]()
    for number, status, issues in list_issues(session, actor, done.id):
        said = [say_issue(one, actor.language) for one in issues]
        errors += [
            {"row": number, **{name: one[name] for name in ("field", "code", "message")}}
            for one in said
            if one["fatal"]
        ]
        if status is not RowStatus.REFUSED:
            warnings.update({one["code"] for one in said})
    return Report(done, errors, warnings)


def as_json(report: Report) -> dict[str, Any]:
    """Give {read, added, updated, unchanged, refused, errors: [{row, field, code, message}], …}."""
    return {
        **{name: getattr(report.done, name) for name in COUNTS},
        "errors": report.errors,
        "warnings": dict(sorted(report.warnings.items())),
        "notices": [
            {name: one[name] for name in ("field", "code", "message")} for one in report.done.notices
        ],
        "shift_weeks": report.done.options["shift_weeks"],
    }


def as_words(report: Report, centre: str) -> str:
    """Write it for a person; rows that were refused for the same reason stand together."""
    done, weeks = report.done, report.done.options["shift_weeks"]
    lines = [f"{done.filename} → {centre}"]
    lines += [one["message"] for one in done.notices]
    if weeks:
        lines.append(f"All dates were moved by {weeks} weeks: they are not those of the file.")
    lines.append(", ".join(f"{name} {getattr(done, name)}" for name in COUNTS))
    if report.errors:
        lines += ["", "Refused:", *_reasons(report.errors)]
    if report.warnings:
        lines += ["", "Taken, with a warning:"]
        lines += [f"  {code}: {_rows(count)}" for code, count in sorted(report.warnings.items())]
    return "\n".join(lines)


def _reasons(errors: list[dict[str, Any]]) -> list[str]:
    together: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for one in errors:
        together[one["field"], one["code"]].append(one)
    lines = []
    for (field, code), those in sorted(together.items(), key=lambda item: -len(item[1])):
        named = ", ".join(str(one["row"]) for one in those[:ROWS_NAMED])
        more = ", …" if len(those) > ROWS_NAMED else ""
        lines += [
            f"  {field} {code}: {_rows(len(those))} ({named}{more})",
            f"    row {those[0]['row']}: {those[0]['message']}",
        ]
    return lines


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"
