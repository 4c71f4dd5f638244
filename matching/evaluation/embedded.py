"""Texts embedded once in a run, a few at a time, with a word on how far it is."""

from __future__ import annotations

import time
from collections.abc import Sequence

from matching.embedding import embed, is_installed, written
from matching.evaluation.trials import Progress
from matching.vectors import Text

_AT_ONCE = 40


def embedded(name: str, texts: Sequence[Text], say: Progress) -> list[Text]:
    """Give the texts with their vectors, or as they came where the library is not installed.

    The same words are embedded once. `name` says whose texts they are.
    """
    if not is_installed():
        return list(texts)
    known: dict[str, bytes] = {}
    asked = list({written(text): text for text in texts}.items())
    began = time.monotonic()
    for first in range(0, len(asked), _AT_ONCE):
        some = asked[first : first + _AT_ONCE]
        known |= zip((key for key, _ in some), embed([text for _, text in some]), strict=True)
        so_far, seconds = first + len(some), time.monotonic() - began
        say(
            f"{name}: {so_far} of {len(asked)} texts embedded, {so_far / max(seconds, 1e-9):.1f} a second ..."
        )
    return [text._replace(vector=known[written(text)]) for text in texts]
