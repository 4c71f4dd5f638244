"""Long computing beside the worker's own thread, which renews the lease meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Thread

from service.jobs.tools import Tools

# Well below a job's lease.
PART_SECONDS = 15.0


class Beside:
    """A step of the night that computes in a thread of its own; each part waits for it a while.

    A worker that stops or dies takes the thread with it, and the next worker begins anew. The work opens
    its own transactions; what it does must do no harm when it is done twice.
    """

    def __init__(
        self, work: Callable[[Tools, datetime], None], *, part_seconds: float = PART_SECONDS
    ) -> None:
        self._work = work
        self._part_seconds = part_seconds
        self._thread: Thread | None = None
        self._error: BaseException | None = None

    def __call__(self, tools: Tools, at: datetime) -> bool:
        """Begin, or wait on; say whether it is still at work, and raise what it raised."""
        if self._thread is None:
            self._error = None
            self._thread = Thread(target=self._run, args=(tools, at), daemon=True)
            self._thread.start()
        self._thread.join(self._part_seconds)
        if self._thread.is_alive():
            return True
        self._thread = None
        if self._error is not None:
            raise self._error
        return False

    def _run(self, tools: Tools, at: datetime) -> None:
        try:
            self._work(tools, at)
        except BaseException as error:  # noqa: BLE001 handed over to the worker's own thread
            self._error = error
