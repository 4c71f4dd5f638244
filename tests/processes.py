"""Processes that tests start: forked from one that has imported everything, so they are there at once."""

from __future__ import annotations

import multiprocessing

multiprocessing.set_forkserver_preload(
    [
        "service.app",
        "service.jobs.registry",
        "sqlalchemy.dialects.postgresql.psycopg",
        "tests.making",
    ]
)
FORKED = multiprocessing.get_context("forkserver")
