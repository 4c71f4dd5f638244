"""`python -m service.jobs [PARENT]`: one worker, until stopped or until the process PARENT is gone."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from service.config import read_settings
from service.db import make_engine, make_sessions
from service.jobs.mail import make_sender
from service.jobs.nightly import order_night
from service.jobs.runner import work
from service.jobs.stop import Stop
from service.jobs.texts import order_texts
from service.jobs.tools import Tools
from service.queries.openings import share_open_needs


def main(parent: int | None = None) -> None:
    """Run jobs with the settings of the environment."""
    stop = Stop(parent)
    stop.listen()
    settings = read_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    engine = make_engine(settings.database_url, pool_size=1, statement_seconds=60)
    if settings.index_folder:
        share_open_needs(engine, Path(settings.index_folder))
    tools = Tools(make_sessions(engine, settings), settings, make_sender(settings.mail_url))
    work(tools, stop, first=_begin)
    engine.dispose()


def _begin(tools: Tools) -> None:
    """Order what is due whether or not anybody asks for it."""
    order_night(tools)
    order_texts(tools)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
