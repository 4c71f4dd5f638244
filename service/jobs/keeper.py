"""`python -m service.jobs.keeper COUNT PARENT`: keeps workers running until the process PARENT is gone.

It starts them, starts anew what dies, and ends them when it ends. It imports nothing of the database, so
that it stays small and has nothing of its own to die of.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time

from service.jobs.stop import Stop

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.5
# One that dies at once, over and over, is not started more often than this.
AGAIN_SECONDS = 5.0
STOP_SECONDS = 15.0


def start(module: str, *words: object) -> subprocess.Popen[bytes]:
    """Start a module of ours as a child of this process; it watches over its parent by itself."""
    command = [sys.executable, "-P", "-m", module, *map(str, words), str(os.getpid())]
    return subprocess.Popen(command)  # noqa: S603 the command is our own


def end(*processes: subprocess.Popen[bytes]) -> None:
    """Ask processes to stop, and wait; one that does not is killed, and its lease will lapse."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def keep(count: int, stop: Stop) -> None:
    """Keep that many workers running until told to stop; return when all have ended."""
    workers = [start("service.jobs") for _ in range(count)]
    started = [time.monotonic()] * count
    while not stop():
        for number, worker in enumerate(workers):
            if worker.poll() is not None and time.monotonic() - started[number] > AGAIN_SECONDS:
                log.error("a worker ended with %s and is started anew", worker.returncode)
                workers[number], started[number] = start("service.jobs"), time.monotonic()
        time.sleep(LOOK_SECONDS)
    end(*workers)


if __name__ == "__main__":
    stop = Stop(int(sys.argv[2]))
    stop.listen()
    keep(int(sys.argv[1]), stop)
