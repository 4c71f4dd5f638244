"""Two web workers share nothing but the database: what one has written, the other says at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import children_of
from tests.whole.served import add_account, all_of, import_over_http, post, proposals_of, sign_up

pytestmark = pytest.mark.slow


def web_workers() -> list[int]:
    """Find the web workers of the service that this test has started."""
    words = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children_of(os.getpid())}
    _master, *workers = sorted(pid for pid, line in words.items() if b"wsgi:app" in line)
    return workers


@contextmanager
def only(worker: int, workers: list[int]) -> Iterator[None]:
    """Let the others stand still, so that this one answers."""
    others = [pid for pid in workers if pid != worker]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            os.kill(pid, signal.SIGCONT)


def test_an_acceptance_through_one_worker_is_seen_through_the_other_at_once(served, command, tmp_path):
    scopes = ("--scope", "imports:write", "--scope", "needs:read", "--scope", "needs:write")
    token = command("token", "issue", "--centre", "Harbour Centre", *scopes)
    with served(token) as system:
        import_over_http(system)
        drafts = [one for one in all_of(system, "/v1/needs") if one["status"] == "draft"]
        for need in drafts:
            post(system, f"/v1/needs/{need['id']}/publish")
    command("organisation", "verify", "Green Corner")
    me, me_id = sign_up(served, tmp_path, "Nancy", ["Environment"], "trees")
    chosen = proposals_of(me, me_id)[0]
    mine = me.headers["Authorization"].removeprefix("Bearer ")
    theirs = add_account(command, "coordinator", "--organisation", chosen["organisation"]["id"])
    me.close()
    first, second = workers = web_workers()

    with only(first, workers), served(mine) as me:
        assert post(me, f"/v1/proposals/{chosen['id']}/accept")["status"] == "accepted"
    with only(second, workers), served(mine) as me, served(theirs) as coordinator:
        assert me.get(f"/v1/proposals/{chosen['id']}").json()["status"] == "accepted"
        assert chosen["id"] not in {one["id"] for one in proposals_of(me, me_id)}
        left = coordinator.get(f"/v1/needs/{chosen['need']['id']}").json()["places_left"]
        assert left == chosen["need"]["places_left"] - 1
        (placement,) = coordinator.get(f"/v1/needs/{chosen['need']['id']}/placements").json()["items"]
        post(coordinator, f"/v1/placements/{placement['id']}/confirm")
    with only(first, workers), served(mine) as me:
        (placement,) = me.get(f"/v1/volunteers/{me_id}/placements").json()["items"]
        assert placement["status"] == "confirmed"
