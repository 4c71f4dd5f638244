"""How much memory several processes take together that rank from one index: its files shared, or copied."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from matching.index import Index
from matching.storage import write

WORKERS = 4


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of all workers together (PSS: what several share counts once), after some rankings each.

    `start_seconds` is the median time to take up the files, checksums and all. `copied_mb`
    is for workers that read the files into memory of their own; `bare_mb` for such that have no needs at all.
    """

    needs: int
    workers: int
    files_mb: float
    shared_mb: float
    copied_mb: float | None
    bare_mb: float
    start_seconds: float


def measure_memory(index: Index, *, copied: bool, workers: int = WORKERS) -> Memory:
    """Store the index, and let workers rank from it."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder, index.store())
        size = sum(path.stat().st_size for path in folder.iterdir())
        shared, seconds = _run(folder, "shared", workers)
        own = _run(folder, "copied", workers)[0] if copied else None
        bare, _ = _run(folder, "bare", workers)
    return Memory(len(index), workers, size / 1e6, shared, own, bare, seconds)


def _run(folder: Path, way: str, workers: int) -> tuple[float, float]:
    """Give the megabytes of the workers, all of them alive, and the median of their seconds to start."""
    words = [sys.executable, "-P", "-m", "service.cli.benchmarks.ranker", str(folder), way]
    begun = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 our own words
        for _ in range(workers)
    ]
    try:
        seconds = sorted(json.loads(cast("IO[str]", one.stdout).readline()) for one in begun)
        return sum(proportional_mb(one.pid) for one in begun), seconds[workers // 2]
    finally:
        for one in begun:
            one.communicate()


def proportional_mb(pid: int) -> float:
    """Read how many megabytes a process has, pages that several share counted in parts (PSS); Linux."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes * 1024 / 1e6
