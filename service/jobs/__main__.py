"""`python -m service.jobs [PARENT]`: one worker, until stopped or until the process PARENT is gone.

Where a broker is set it runs no job itself: it hands to the broker what is due.
"""

from __future__ import annotations

import logging
import sys

from service.config import read_settings
from service.jobs.nightly import order_night
from service.jobs.relay import relay
from service.jobs.runner import work
from service.jobs.stop import Stop
from service.jobs.texts import order_texts
from service.jobs.tools import Tools, open_tools


def main(parent: int | None = None) -> None:
    """Run jobs with the settings of the environment."""
    stop = Stop(parent)
    stop.listen()
    settings = read_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    tools = open_tools(settings)
    if settings.broker_url:
        relay(tools, stop, first=_begin)
    else:
        work(tools, stop, first=_begin)
    tools.sessions.kw["bind"].dispose()


def _begin(tools: Tools) -> None:
    """Order what is due whether or not anybody asks for it."""
    order_night(tools)
    order_texts(tools)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
