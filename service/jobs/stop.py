"""How a worker learns that it has to stop: by a signal, or because whoever started it is gone."""

from __future__ import annotations

import os
import signal
from types import FrameType


class Stop:
    """Called, it says whether to stop; asked once, it stays so."""

    def __init__(self, parent: int | None = None) -> None:
        self._asked = False
        self._parent = parent

    def __call__(self) -> bool:
        """Say whether to stop before the next piece of work."""
        return self._asked or (self._parent is not None and os.getppid() != self._parent)

    def ask(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Ask; only a flag is set, since a signal may come at any moment."""
        self._asked = True

    def listen(self) -> None:
        """Take SIGTERM, and Ctrl-C, as the wish to stop."""
        signal.signal(signal.SIGTERM, self.ask)
        signal.signal(signal.SIGINT, self.ask)
