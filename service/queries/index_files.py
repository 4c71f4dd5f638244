"""The folder in which a machine's processes share the index of open needs: one generation after another.

`current` names the folder of the newest generation. One process at a time, by a lock of the operating
system, writes a new one beside it and then changes that name: whoever is killed meanwhile leaves the old one
in place. What is here can always be made anew from the database, so whatever cannot be read is not there.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from matching.index import Index
from matching.storage import Unusable, read, sync_folder, write, write_text

log = logging.getLogger(__name__)

_CURRENT, _LOCK, _UNFINISHED = "current", "lock", "unfinished-"
# A writer may take a generation away between our looking up its name and our mapping it.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Generation:
    """An index laid over files, the name of its folder, and when the database was read for it."""

    name: str
    index: Index
    looked_at: datetime


class IndexFiles:
    """The generations of one database's index."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        """Keep them in a folder of their own in the folder of all; nothing is made before one is written."""
        url = engine.url.render_as_string(hide_password=True)
        self._folder = folder.absolute() / hashlib.sha256(url.encode()).hexdigest()[:16]

    def newest(self) -> str | None:
        """Name the newest generation; None where there is none."""
        try:
            return (self._folder / _CURRENT).read_text(encoding="ascii").strip() or None
        except (OSError, ValueError):
            return None

    def read(self, *, checked: bool = True) -> Generation | None:
        """Map the newest generation; None where there is none that can be used.

        A process that has one already need not check the next: it was written a moment ago.
        """
        for _ in range(_TRIES):
            name = self.newest()
            if name is None or Path(name).name != name:
                return None
            try:
                parts = read(self._folder / name, checked=checked)
                return Generation(name, Index.over(parts), datetime.fromisoformat(parts.facts["looked_at"]))
            except (Unusable, KeyError, ValueError) as why:
                if self.newest() == name:
                    log.warning("the stored index is not used, and will be made anew: %s", why)
                    return None
        return None

    def write(self, index: Index, looked_at: datetime) -> bool:
        """Write a new generation; False where another process is at it, or the folder cannot be written."""
        try:
            with self._alone() as mine:
                if mine:
                    self._write(index, looked_at)
                return mine
        except OSError as error:
            log.warning("the index cannot be stored: %s", error)
            return False

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(self._folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(number)

    def _write(self, index: Index, looked_at: datetime) -> None:
        name, before = uuid.uuid4().hex, self.newest()
        self._sweep(before)  # first what killed writers left: it may be the room we need
        unfinished = self._folder / f"{_UNFINISHED}{name}"
        unfinished.mkdir(mode=0o700)
        with index.lock:
            parts = index.store()
            parts.facts["looked_at"] = looked_at.isoformat()
            write(unfinished, parts)
        unfinished.rename(self._folder / name)
        pointer = self._folder / f"{_UNFINISHED}{_CURRENT}"
        pointer.unlink(missing_ok=True)
        write_text(pointer, name)
        pointer.replace(self._folder / _CURRENT)
        sync_folder(self._folder)
        # Whoever has the former one mapped keeps it; whoever is just opening it looks again.
        self._sweep(name)

    def _sweep(self, kept: str | None) -> None:
        for path in self._folder.iterdir():
            if path.is_dir() and path.name != kept:
                shutil.rmtree(path, ignore_errors=True)
