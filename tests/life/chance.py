"""Chance that is the same on either database: ids and labels come of the history, not of the machine."""

from __future__ import annotations

import hashlib
import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace


class Chance:
    """Bytes drawn from a seed; the same seed gives the same ones, in the same order."""

    def __init__(self, seed: object) -> None:
        self._seed, self._drawn = str(seed), 0

    def urandom(self, length: int) -> bytes:
        """Give so many bytes, as `os.urandom` would."""
        self._drawn += 1
        return hashlib.shake_128(f"{self._seed}:{self._drawn}".encode()).digest(length)

    @contextmanager
    def instead(self) -> Iterator[None]:
        """Let all that is drawn meanwhile, ids and secrets, be drawn from here."""
        kept, state = (uuid.os, random._urandom), random.getstate()  # type: ignore[attr-defined]
        random.seed(self._seed)  # boundaries in mail
        uuid.os = SimpleNamespace(urandom=self.urandom)  # type: ignore[attr-defined]
        random._urandom = self.urandom  # type: ignore[attr-defined]
        try:
            yield
        finally:
            uuid.os, random._urandom = kept  # type: ignore[attr-defined]
            random.setstate(state)


assert uuid.os is os  # type: ignore[attr-defined]  # uuid4 draws from it
