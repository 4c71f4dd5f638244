"""Requests through gunicorn, each as a share of a bare Flask view measured in the same run."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from service.access.actors import WORKER
from service.cli.benchmarks.crowd import Crowd, gather_crowd
from service.cli.benchmarks.load import free_port, request, requests_per_second, served
from service.db import make_engine, make_sessions, unit_of_work
from service.operations.proposing import propose_for

ROUNDS, READS, ANSWERS = 5, 400, 160
BARE = "service.cli.benchmarks.bare:app"


@dataclass(frozen=True, slots=True)
class Served:
    """One kind of request on one database: the median of the rounds, and its share of the bare view."""

    database: str
    request: str
    per_second: float
    share: float
    lowest_share: float
    highest_share: float


def measure_requests(name: str, url: str, folder: Path) -> list[Served]:
    """Measure 20 proposals, 20 needs and an acceptance; rounds go round, so that all share the weather."""
    crowd = _gather(url)
    port, bare_port = free_port(), free_port()
    environment = {
        "HALFWAY_DATABASE_URL": url,
        "HALFWAY_SECRET_KEY_FILE": str(folder / "bench.key"),
        "HALFWAY_MAIL_URL": f"folder:{folder / 'mail'}",
    }
    with served(BARE, bare_port, environment), served("wsgi:app", port, environment):
        bare = [request("GET", "/")] * READS
        kinds = _kinds(crowd)
        per_second: dict[str, list[float]] = {kind: [] for kind in ("bare", *kinds)}
        for number in range(-1, ROUNDS):
            found = {"bare": requests_per_second(bare_port, bare)}
            found |= {kind: requests_per_second(port, make(number + 1)) for kind, make in kinds.items()}
            if number >= 0:  # the first round only warms up
                for kind, value in found.items():
                    per_second[kind].append(value)
    return [_summarise(name, kind, per_second) for kind in per_second]


def _gather(url: str) -> Crowd:
    engine = make_engine(url)
    with unit_of_work(make_sessions(engine)) as session:
        crowd = gather_crowd(session, (ROUNDS + 1) * ANSWERS, at=session.info["at"])
    # The ranking sees what has been committed.
    with unit_of_work(make_sessions(engine)) as session:
        propose_for(session, WORKER, crowd.listed[0], at=session.info["at"])
    engine.dispose()
    return crowd


def _kinds(crowd: Crowd) -> dict[str, Callable[[int], list[bytes]]]:
    volunteer_id, token = crowd.listed
    proposals = [request("GET", f"/v1/volunteers/{volunteer_id}/proposals?limit=20", token)] * READS
    needs = [request("GET", "/v1/needs?limit=20")] * READS

    def accept(number: int) -> list[bytes]:
        share = crowd.accepting[number * ANSWERS : (number + 1) * ANSWERS]
        return [
            request("POST", f"/v1/proposals/{one}/accept", theirs, uuid.uuid4().hex) for one, theirs in share
        ]

    return {
        "20 proposals": lambda _number: proposals,
        "20 needs": lambda _number: needs,
        "an acceptance": accept,
    }


def _summarise(name: str, kind: str, per_second: dict[str, list[float]]) -> Served:
    shares = [one / bare for one, bare in zip(per_second[kind], per_second["bare"], strict=True)]
    return Served(name, kind, median(per_second[kind]), median(shares), min(shares), max(shares))
