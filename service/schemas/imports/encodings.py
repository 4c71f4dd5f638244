"""Which letters a text file is written in: UTF-8, UTF-16, or windows-1251 where the letters say so."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from service.schemas.imports.issues import FileUnreadable, RowIssue, row_issue

if TYPE_CHECKING:
    from typing import BinaryIO

CHUNK = 1 << 20
SAMPLE = 1 << 12
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Latin text has a zero at every second byte in UTF-16; a third of them is more than chance.
UTF16_SHARE = 0.3
# Cyrillic words are runs of high bytes; in a Western encoding they stand alone between Latin letters.
RUN_SHARE = 0.8
RUN = re.compile(rb"[\xa8\xaa\xaf\xb2\xb3\xb8\xba\xbf\xc0-\xff\xa5\xb4]{2,}")
HIGH = re.compile(rb"[\x80-\xff]")
# And most letters of any text are small ones.
LOWER_SHARE = 0.5
LOWER = re.compile(rb"[\xe0-\xff\xb3\xb8\xba\xbf\xb4]")


def find_encoding(file: BinaryIO) -> tuple[str, tuple[RowIssue, ...]]:
    """Read the whole file once and say its codec, with a notice where it was guessed.

    Raises FileUnreadable `bad_encoding` with the line, so that no row is taken from a file that breaks off.
    """
    start = file.read(SAMPLE)
    file.seek(0)
    for bom, codec in BOMS.items():
        if start.startswith(bom):
            return _checked(file, codec), ()
    wide = _utf16_without_bom(start)
    if wide:
        return _checked(file, wide), ()
    try:
        return _checked(file, "utf-8"), ()
    except FileUnreadable:
        if not _looks_cyrillic(file):
            raise
    codec = _checked(file, "cp1251")
    return codec, (row_issue("file", "encoding_guessed", fatal=False, encoding="windows-1251"),)


def _checked(file: BinaryIO, codec: str) -> str:
    decoder = codecs.getincrementaldecoder(codec)()
    lines = 1
    file.seek(0)
    while True:
        chunk = file.read(CHUNK)
        try:
            lines += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeDecodeError as error:
            good = chunk[: error.start].count(b"\n") if codec.startswith("utf-8") else 0
            raise FileUnreadable("bad_encoding", line=lines + good) from error
        if not chunk:
            return codec


def _utf16_without_bom(start: bytes) -> str | None:
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = max(len(start) // 2, 1)
    if odd > UTF16_SHARE * half and not even:
        return "utf-16-le"
    if even > UTF16_SHARE * half and not odd:
        return "utf-16-be"
    return None


def _looks_cyrillic(file: BinaryIO) -> bool:
    file.seek(0)
    high = in_runs = lower = 0
    while chunk := file.read(CHUNK):
        high += len(HIGH.findall(chunk))
        in_runs += sum(len(run) for run in RUN.findall(chunk))
        lower += len(LOWER.findall(chunk))
    return in_runs >= RUN_SHARE * high and lower >= LOWER_SHARE * high
