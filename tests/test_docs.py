"""The documentation says what there is: each event, scope, error code, reason and decision."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from matching.reasons import REASON_CODES
from models import Base
from models.notices import NoticeKind
from service.access.policy import SCOPES
from service.errors import CODES
from service.operations.events import EVENTS
from service.operations.notices import TELLERS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def rows_of(page: str) -> set[str]:
    """Read the first cells of the tables of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))


@pytest.mark.parametrize(
    ("page", "names"), [("events.md", EVENTS), ("errors.md", CODES), ("api.md", SCOPES)], ids=str
)
def test_a_page_names_everything_there_is_and_nothing_else(page, names):
    assert rows_of(page) == set(names)


def test_every_event_is_told_to_somebody_or_it_is_said_why_not():
    # Proposals are told by the list (operations/notices.py tell_proposals).
    told, untold = set(TELLERS) | {"proposal.proposed"}, rows_of("notices.md") & set(EVENTS)

    assert told | untold == set(EVENTS)
    assert told & untold == set()


def test_every_kind_of_notice_is_explained():
    assert set(NoticeKind) <= rows_of("notices.md")
    assert rows_of("notices.md") <= set(NoticeKind) | set(EVENTS)


def test_every_reason_is_explained():
    text = (DOCS / "matching.md").read_text(encoding="utf-8")

    assert [code for code in REASON_CODES if f"`{code}`" not in text] == []


def test_no_page_leads_nowhere():
    lost = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]

    assert lost == []


def test_decisions_are_numbered_once_and_say_what_else_was_considered():
    pages = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]

    assert len(numbers) == len(set(numbers))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]} "), page.name
        assert "onsidered" in text, page.name


def test_every_column_says_how_personal_it_is():
    untagged = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.info.get("pii") not in ("none", "low", "contact", "sensitive")
    ]

    assert untagged == []


def test_every_recorded_event_is_a_known_one():
    """Names that stand in the code as they are; those put together are refused at run time."""
    written = {
        argument.value
        for path in (ROOT / "service").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "record_event"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }

    assert written
    assert written <= set(EVENTS)
