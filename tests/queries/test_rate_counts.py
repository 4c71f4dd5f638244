"""Counts that all processes share: nothing is counted twice, over one another, or beyond its window."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from models import RateCount
from service.queries.rate_counts import CLEAR_EACH, LIMITS_FILE, open_counts

# A web worker of its own: it makes the application as gunicorn's workers do, and asks it so often.
WORKER = """
import json, sys
from service.app import create_app
client = create_app().test_client()
print("ready", flush=True)
sys.stdin.readline()
statuses = [client.get("/v1/vocabularies/causes").status_code for _ in range(45)]
guesses = [
    client.post("/v1/tokens", json={"email": "olena@example.org", "password": "x"},
                environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code
    for _ in range(4)
]
print(json.dumps([statuses, guesses]))
"""


class Clock:
    """Time that stands still until it is moved."""

    at = 1_800_000_000.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def counts(committed_database_url, clock):
    counts = open_counts(committed_database_url, clock)
    yield counts
    counts._engine.dispose()


@pytest.mark.slow
def test_two_workers_count_together(committed_database_url, tmp_path):
    """Two real processes let through what one would, neither more nor less; guesses, too."""
    environment = os.environ | {
        "HALFWAY_DATABASE_URL": committed_database_url,
        "HALFWAY_SECRET_KEY": "k" * 40,
        "HALFWAY_INDEX_FOLDER": "",
        "HALFWAY_TEXT": "plain",
        "HALFWAY_RATE_LIMITS": "1",
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env=environment,
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in workers:
        assert one.stdout.readline() == "ready\n"
    said = []
    for one in workers:
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in workers:
        out, _ = one.communicate(timeout=60)
        assert one.returncode == 0
        said.append(json.loads(out))
    reads = [status for statuses, _ in said for status in statuses]
    guesses = [status for _, statuses in said for status in statuses]
    assert (reads.count(200), reads.count(429)) == (60, 30)
    assert (guesses.count(401), guesses.count(429)) == (5, 3)


def test_many_at_once_are_counted_one_by_one(counts):
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: counts.incr("key", 60), range(200)))
    assert sorted(seen) == list(range(1, 201))
    assert counts.get("key") == 200


def test_a_window_begins_with_the_first_and_ends_by_itself(counts, clock):
    begun = clock.at
    assert [counts.incr("key", 60), counts.incr("key", 60)] == [1, 2]
    clock.at += 59
    assert counts.incr("key", 60) == 3
    assert counts.get_expiry("key") == begun + 60
    clock.at += 1
    assert counts.get("key") == 0
    assert counts.incr("key", 60) == 1
    assert counts.incr("key", 60, amount=-1) == 0
    assert counts.incr("other", 60) == 1
    counts.clear("other")
    assert counts.get("other") == 0
    assert counts.check()
    counts.reset()
    assert counts.get("key") == 0


def test_old_counts_are_cleared_away_and_name_nobody(counts, clock):
    counts.incr("olena@example.org/203.0.113.7", 60)
    clock.at += 61
    for _ in range(CLEAR_EACH):
        counts.incr("now", 60)
    with counts._engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(RateCount)) == 1
        assert "now" not in connection.scalar(select(RateCount.key_hash))


def test_on_sqlite_they_lie_beside_the_database_closed_to_others(counts, committed_database_url):
    if make_url(committed_database_url).get_backend_name() != "sqlite":
        pytest.skip("PostgreSQL keeps them in its table")
    path = Path(f"{make_url(committed_database_url).database}{LIMITS_FILE}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
