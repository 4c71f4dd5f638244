"""A record as PDF: in the reader's language, its letters embedded, so that every machine shows the same.

The library that writes it is asked for here and only when somebody wants a PDF: no worker starts with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from service.i18n import say
from service.schemas.dates import say_day, say_duration

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "DejaVu"
GREY = 90
WIDTHS = (48, 54, 42, 26)  # millimetres


def write_record_pdf(shown: Mapping[str, Any], language: str) -> bytes:
    """Write a record as `show_record` gives it."""
    from fpdf import FPDF  # noqa: PLC0415 see above

    pdf = FPDF(format="A4")
    pdf.set_creation_date(shown["issued_at"])
    pdf.set_lang(language)
    pdf.set_margin(20)
    fonts = files("service.schemas") / "fonts"
    for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(FONT, style, str(fonts / name))
    title = say(language, "Record of volunteering")
    pdf.set_title(f"{title}: {shown['name']}")
    pdf.add_page()
    _line(pdf, title, size=20, style="B")
    _line(pdf, shown["name"], size=15)
    pdf.ln(4)
    _entries(pdf, shown, language)
    pdf.ln(6)
    total = say_duration(language, shown["minutes"])
    _line(pdf, say(language, "Together: %(time)s", time=total), size=13, style="B")
    pdf.ln(2)
    _line(pdf, say(language, "Every hour was confirmed by the organisation to which it was given."), size=10)
    issued = say_day(language, shown["issued_at"])
    _line(pdf, say(language, "Issued on %(day)s by Halfway.", day=issued), size=10)
    _check(pdf, shown, language)
    return bytes(pdf.output())


def _entries(pdf: FPDF, shown: Mapping[str, Any], language: str) -> None:
    heads = (
        say(language, "Organisation"),
        say(language, "Task"),
        say(language, "When"),
        say(language, "Hours"),
    )
    pdf.set_font(FONT, size=10)
    pdf.set_draw_color(200)
    align = ("LEFT", "LEFT", "LEFT", "RIGHT")
    with pdf.table(
        col_widths=WIDTHS, text_align=align, borders_layout="HORIZONTAL_LINES", line_height=5, padding=1.2
    ) as table:
        for cells in (heads, *(_cells(one, language) for one in shown["entries"])):
            row = table.row()
            for cell in cells:
                row.cell(cell)


def _cells(one: Mapping[str, Any], language: str) -> tuple[str, str, str, str]:
    days = dict.fromkeys(say_day(language, day) for day in (one["first_day"], one["last_day"]))
    return one["organisation"], one["need"], " – ".join(days), say_duration(language, one["minutes"])


def _check(pdf: FPDF, shown: Mapping[str, Any], language: str) -> None:
    if not shown["url"]:
        return
    pdf.ln(6)
    _line(pdf, say(language, "Whether it still stands is said here:"), size=10)
    _line(pdf, shown["url"], size=10, link=shown["url"])
    _line(pdf, say(language, "Code: %(code)s", code=shown["code"]), size=10)


def _line(pdf: FPDF, text: str, *, size: float, style: str = "", link: str = "") -> None:
    pdf.set_font(FONT, style, size)
    pdf.set_text_color(0 if style or size > 10 else GREY)  # noqa: PLR2004 small print is grey
    pdf.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT", link=link, align="LEFT")
    pdf.set_text_color(0)
