"""How gunicorn serves Halfway: `gunicorn -c python:service.serving wsgi:app`, as `halfway serve` does.

Every name here that gunicorn knows is one of its settings.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any

from flask import Flask
from sqlalchemy import Engine

from service.access.actors import ANYONE
from service.config import read_settings
from service.db import unit_of_work
from service.jobs import keeper
from service.jobs.mail import make_sender
from service.queries.advice import read_volunteers
from service.queries.openings import list_open_needs, renew_open_needs

_settings = read_settings()
make_sender(_settings.mail_url)  # better no service than one whose mail leads nowhere
_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host

# Many workers score side by side; with threads of its own for arithmetic, each would fight for the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

bind = [f"{_host}:{_settings.port}"]
workers = _settings.workers or len(os.sched_getaffinity(0))
# The application is made once, before the workers part: they share that memory, and that of the index of
# open needs with the job workers too (service/queries/index_files.py).
preload_app = True
worker_class = "gthread"
threads = 4
# Longer than any answer should take, shorter than a machine that stops waits for its services.
graceful_timeout = 20
keepalive = 5
# Nobody manages gunicorn over a socket here: one door less.
control_socket_disable = True
# A worker shows by touching a file that it lives; on a slow disk the touch itself would stop it.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 the file's name is random
proc_name = "halfway"

_keepers: list[subprocess.Popen[bytes]] = []


def when_ready(server: Any) -> None:
    """Take up the index of open needs, which the first time takes a while, and start the job workers."""
    _read_open_needs(server.app.wsgi())
    if _settings.embedded_jobs:
        _keepers.append(keeper.start("service.jobs.keeper", _settings.embedded_jobs))


def on_exit(_server: object) -> None:
    """Stop the job workers; were gunicorn killed, they would notice it by themselves."""
    keeper.end(*_keepers)


def _read_open_needs(app: Flask) -> None:
    sessions = app.extensions.get("sessions")
    if sessions is None:
        return  # the bare application that `halfway bench` compares with
    with unit_of_work(sessions, readonly=True) as session:
        list_open_needs(session, ANYONE, at=session.info["at"])
        # The workers share these by being forked from here, as long as no profile changes.
        read_volunteers(session, ANYONE, secret=str(app.secret_key), at=session.info["at"])
        engine, at = session.get_bind(), session.info["at"]
    renew_open_needs(engine, at=at)
    # Workers must not share a connection: each would hear the other's answers.
    if isinstance(engine, Engine):
        engine.dispose()
