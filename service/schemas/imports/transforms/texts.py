"""Text as it is, out of HTML, put together from several columns, or constant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, ClassVar

from service.schemas.imports.transforms.cells import folded

if TYPE_CHECKING:
    from service.schemas.imports.transforms.cells import Cells, Note

TEXT = frozenset({"text", "choice"})
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATES = re.compile("[\ud800-\udfff]")
BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"})
HIDDEN = frozenset({"script", "style", "head", "template"})


@dataclass(frozen=True, kw_only=True)
class Text:
    """Text with spaces folded within its lines and stripped at its ends; the first of `columns` that has any.

    `one_line` joins its lines; `drop_start` leaves out a label in front (`Time: 2 h`); `until` keeps what
    stands before a mark; a text that ends in one of `cut_marks` is noted as cut.
    """

    columns: tuple[str, ...]
    one_line: bool = False
    drop_start: str = ""
    until: str = ""
    cut_marks: tuple[str, ...] = ()
    shapes: ClassVar[frozenset[str]] = TEXT

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return self.columns

    def read(self, cells: Cells, note: Note) -> str | None:
        """Give the text."""
        text = cells.text(self.columns, note)
        return None if text is None else self._tidied(text, note)

    def _tidied(self, text: str, note: Note) -> str | None:
        text = tidy(text, note, one_line=self.one_line)
        if self.drop_start and folded(text).startswith(folded(self.drop_start)):
            text = text[len(self.drop_start) :].strip()
        if self.until:
            text = text.split(self.until, 1)[0].strip()
        if self.cut_marks and text.endswith(self.cut_marks):
            note("cut_text", fatal=False)
        return text or None


@dataclass(frozen=True, kw_only=True)
class Html(Text):
    """As `text`, out of HTML: tags left out, blocks on lines of their own, `&amp;` and the like resolved."""

    def _tidied(self, text: str, note: Note) -> str | None:
        parser = _Words()
        parser.feed(text)
        parser.close()
        return super()._tidied("".join(parser.words), note)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a joined text: a column, and a word to put before it."""

    column: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Several columns in one text, those that have something; each after its label, `between` them."""

    parts: tuple[Part, ...]
    between: str = "\n"
    shapes: ClassVar[frozenset[str]] = TEXT

    def used_columns(self) -> tuple[str, ...]:
        """Name the columns it looks at."""
        return tuple(part.column for part in self.parts)

    def read(self, cells: Cells, note: Note) -> str | None:
        """Give the parts that there are, joined."""
        found = ((part.label, cells.text((part.column,), note)) for part in self.parts)
        texts = [f"{label} {tidy(text, note)}".strip() for label, text in found if text]
        return self.between.join(texts) or None


@dataclass(frozen=True, kw_only=True)
class Constant:
    """The same in every row, because the file as a whole says so."""

    value: Any
    shapes: ClassVar[frozenset[str]] = frozenset({"any"})

    def used_columns(self) -> tuple[str, ...]:
        """Look at no column."""
        return ()

    def read(self, _cells: Cells, _note: Note) -> object:
        """Give the value."""
        return self.value


def tidy(text: str, note: Note, *, one_line: bool = False) -> str:
    """Fold spaces, strip ends, leave out what cannot be shown; more than one empty line becomes one."""
    shown = SURROGATES.sub("", CONTROLS.sub("", text))
    if shown != text:
        note("control_characters", fatal=False)
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    if one_line:
        return " ".join(line for line in lines if line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at a block; hear nothing within scripts and styles."""
        self._hidden += tag in HIDDEN
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End what began."""
        self._hidden -= tag in HIDDEN and self._hidden > 0
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._hidden:
            self.words.append(data)
