"""`python -m service.cli.benchmarks.ranker FOLDER WAY`: a process that ranks from a stored index, and waits.

It says how many seconds it took to take the index up, when it has ranked for some; it ends with its input.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import numpy as np

from matching.index import Index
from matching.made_up import AT, people
from matching.ranking import rank
from matching.storage import read

PEOPLE = 50


def main(folder: str, way: str) -> None:
    """Rank, say it, and wait."""
    began = perf_counter()
    index = Index()
    if way != "bare":
        parts = read(Path(folder))
        if way == "copied":
            parts.arrays = {name: np.array(array) for name, array in parts.arrays.items()}
        index = Index.over(parts)
    seconds = perf_counter() - began
    for person in people(PEOPLE, seed=1):
        rank(person, index, at=AT)
    sys.stdout.write(f"{seconds}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:3])
