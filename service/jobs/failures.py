"""Naming what went wrong without its words, which may hold an address or a row."""

from __future__ import annotations

import traceback
from pathlib import Path

from service.errors import Refusal


def name_failure(error: BaseException) -> str:
    """Name a failure by its kind and place."""
    code = f" {error.code}" if isinstance(error, Refusal) else ""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{code}{place}"
