"""The line before SQLite's one writer: who came first begins first, over all threads and processes.

SQLite keeps no line of its own. Whoever finds the database locked sleeps for up to 100 ms and looks
again; whoever comes in between goes first. A thread that writes, commits and at once begins anew can so
keep others out for longer than any timeout: three writers that hold the lock for 20 ms each and begin
again waited a median of 0 ms, and at most 5 s, when they were refused.

So each takes a number before it begins: a byte of a file beside the database, locked by the kernel, and
waits until no smaller number is held. The kernel lets go of the number of one that has died. Nothing but
the order hangs on the file: SQLite's own lock keeps writers apart, with or without it.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOK_SECONDS = 0.001
# How C's `struct flock` lies in memory: kind of lock, whence, start, length, process.
_FLOCK = "hhqqi4x"
_COUNTER = 8


@contextmanager
def take_turn(path: str, *, until: float) -> Iterator[None]:
    """Stand in line at the file until it is one's turn, or the clock (`time.monotonic`) says `until`.

    Whoever has waited that long goes on without a turn, and is refused by the database if it is busy.
    """
    # Opened anew each time: the kernel tells the owners of these locks apart by how they opened the file.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        mine = _take_number(file)
        while _is_held_before(file, mine) and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        yield
    finally:
        os.close(file)


def _take_number(file: int) -> int:
    """Take the next number and hold it: a lock on the byte that far behind the counter."""
    fcntl.fcntl(file, fcntl.F_OFD_SETLKW, _lock(fcntl.F_WRLCK, 0, _COUNTER))
    number = int.from_bytes(os.pread(file, _COUNTER, 0), "little") + 1
    os.pwrite(file, number.to_bytes(_COUNTER, "little"), 0)
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, _lock(fcntl.F_WRLCK, _COUNTER + number, 1))
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, _lock(fcntl.F_UNLCK, 0, _COUNTER))
    return number


def _is_held_before(file: int, number: int) -> bool:
    if number == 1:
        return False
    answer = fcntl.fcntl(file, fcntl.F_OFD_GETLK, _lock(fcntl.F_WRLCK, _COUNTER + 1, number - 1))
    return bool(struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK)


def _lock(kind: int, start: int, length: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, start, length, 0)
