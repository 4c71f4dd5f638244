"""The index in files: shared by processes, second to the database, whole whatever befalls its writer."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from models import Need
from models.needs import NeedStatus
from service.access.actors import ANYONE
from service.db import make_engine, make_sessions, now, unit_of_work
from service.queries import openings
from service.queries.openings import LONG_LOOK_EVERY, list_open_needs, renew_open_needs, share_open_needs
from tests.making import make_need, make_organisation, time_of

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """What one process of the service has: an engine of its own, and the folder that all share."""

    def __init__(self, url, folder):
        self.engine = make_engine(url)
        self.sessions = make_sessions(self.engine)
        share_open_needs(self.engine, folder)

    def look(self, after=timedelta(0)):
        with unit_of_work(self.sessions, readonly=True) as session:
            return list_open_needs(session, ANYONE, at=time_of(session) + after)

    def renew(self):
        return renew_open_needs(self.engine, at=now())

    @property
    def kept(self):
        return openings._KEPT[self.engine]


@pytest.fixture
def start(committed_database_url, tmp_path):
    begun = []

    def start(folder=tmp_path / "index"):
        begun.append(Process(committed_database_url, folder))
        return begun[-1]

    yield start
    for one in begun:
        one.engine.dispose()


@pytest.fixture
def built(monkeypatch):
    """Count how often all needs are read."""
    reads, real = [], openings._read_all

    def read(session):
        reads.append(1)
        return real(session)

    monkeypatch.setattr(openings, "_read_all", read)
    return reads


def add_needs(process, count):
    with unit_of_work(process.sessions) as session:
        organisation = make_organisation(session)
        return [make_need(session, organisation, title=f"Walk dog {number}").id for number in range(count)]


def generations(folder):
    return [path for path in folder.glob("*/*") if path.is_dir()]


def test_a_second_process_lays_its_index_over_the_files_of_the_first(start, built):
    first = start()
    needs = add_needs(first, 20)
    assert set(first.look().need_ids()) == set(needs)
    assert first.renew()
    assert not first.renew(), "nothing has changed since"

    second = start()
    assert set(second.look().need_ids()) == set(needs)
    assert built == [1]
    assert second.kept.generation == first.kept.generation


def test_what_changed_after_the_files_were_written_is_known_to_all(start, built):
    first = start()
    kept, closing = add_needs(first, 2)
    first.look()
    first.renew()
    with unit_of_work(first.sessions) as session:
        session.get_one(Need, closing).close(time_of(session))
    later = add_needs(first, 1)
    second = start()

    assert set(second.look().need_ids()) == set(first.look().need_ids()) == {kept, *later}
    assert built == [1]


def test_all_go_over_to_files_that_another_process_has_written(start, monkeypatch):
    monkeypatch.setattr(openings, "_RENEW_AT_LEAST", 5)
    first, second = start(), start()
    add_needs(first, 3)
    first.look()
    first.renew()
    before = second.look()
    needs = add_needs(first, 10)
    first.look()
    assert first.renew()

    after = second.look()
    assert after is not before
    assert set(needs) <= set(after.need_ids())
    assert after.changed == 0
    assert second.kept.generation == first.kept.generation
    assert not second.renew()


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: next(folder.glob("*/*/rows.places.npy")).write_bytes(b"\x93NUMPY rubbish"),
        lambda folder: next(folder.glob("*/*/manifest.json")).write_text("{}"),
        lambda folder: next(folder.glob("*/current")).write_text("../../etc"),
        lambda folder: next(folder.glob("*/current")).write_bytes(b"\xff\x00"),
        lambda folder: next(folder.glob("*/current")).write_text("gone"),
        shutil.rmtree,
    ],
)
def test_files_that_are_damaged_or_gone_are_made_anew_from_the_database(start, built, tmp_path, damage):
    first = start()
    needs = add_needs(first, 5)
    first.look()
    first.renew()
    damage(tmp_path / "index")

    second = start()
    assert set(second.look().need_ids()) == set(needs)
    assert built == [1, 1]
    assert second.renew()
    assert set(start().look().need_ids()) == set(needs)
    assert built == [1, 1]
    assert len(generations(tmp_path / "index")) == 1


def test_a_folder_that_cannot_be_written_leaves_each_process_with_its_own_index(start, tmp_path):
    (tmp_path / "file").write_text("no folder")
    process = start(tmp_path / "file")
    needs = add_needs(process, 3)

    assert set(process.look().need_ids()) == set(needs)
    assert not process.renew()
    assert set(process.look().need_ids()) == set(needs)


def test_the_database_is_right_where_it_was_brought_back_to_an_earlier_state(start, built):
    """Rows that changed without a word: what a restored backup looks like to the files."""
    first = start()
    needs = add_needs(first, 6)
    first.look()
    first.renew()
    with unit_of_work(first.sessions) as session:
        long_ago = now() - timedelta(days=9)
        quietly = {"updated_at": long_ago, "version": 7}
        session.execute(update(Need).where(Need.id == needs[0]).values(status=NeedStatus.CLOSED, **quietly))
        session.execute(update(Need).where(Need.id == needs[1]).values(title="Sing songs", **quietly))

    second = start()
    index = second.look()
    assert set(index.need_ids()) == set(needs[1:])
    assert [one for one, _ in index.search("songs", limit=5)] == [needs[1]]
    assert built == [1]


def test_what_a_process_knew_it_still_knows_after_going_over_to_older_files(start, monkeypatch):
    """Files are as old as their writer's last look; whoever takes them goes far enough back."""
    monkeypatch.setattr(openings, "_RENEW_AT_LEAST", 0)
    first, second = start(), start()
    add_needs(first, 3)
    first.look()
    first.renew()
    second.look()
    add_needs(first, 3)
    first.look()
    with unit_of_work(second.sessions, at=now() - timedelta(minutes=3)) as session:
        slow = make_need(session).id
    assert slow in second.look(LONG_LOOK_EVERY)
    assert first.renew()

    assert slow in second.look()
    assert second.kept.generation == first.kept.generation


def test_an_old_generation_stays_with_whoever_uses_it(start, monkeypatch):
    monkeypatch.setattr(openings, "_RENEW_AT_LEAST", 0)
    first, second = start(), start()
    needs = add_needs(first, 4)
    first.look()
    first.renew()
    held = second.look()
    for _ in range(3):
        add_needs(first, 2)
        first.look()
        assert first.renew()

    assert set(held.need_ids()) == set(needs)
    assert len(held.search("dog", limit=10)) == 4


WRITER = """
import os, sys, time
from pathlib import Path
from service.access.actors import ANYONE
from service.db import make_engine, make_sessions, now, unit_of_work
from service.queries import openings
from matching import storage
url, folder, ready = sys.argv[1:4]
engine = make_engine(url)
openings.share_open_needs(engine, Path(folder))
with unit_of_work(make_sessions(engine), readonly=True) as session:
    openings.list_open_needs(session, ANYONE, at=session.info["at"])
real = storage.os.fsync
def slow(number):
    real(number)
    slow.calls += 1
    if slow.calls == int(sys.argv[4]):
        Path(ready).touch()
        time.sleep(60)
slow.calls = 0
storage.os.fsync = slow
openings._RENEW_AT_LEAST = openings._RENEW_PART = 0
print(openings.renew_open_needs(engine, at=now()))
"""


@pytest.mark.parametrize("files", [3, 40])
def test_a_writer_killed_in_the_middle_leaves_the_old_generation(
    start, built, committed_database_url, tmp_path, files
):
    folder, ready = tmp_path / "index", tmp_path / "ready"
    first = start()
    needs = add_needs(first, 8)
    first.look()
    first.renew()
    needs += add_needs(first, 2)
    words = [sys.executable, "-c", WRITER, committed_database_url, str(folder), str(ready), str(files)]
    writer = subprocess.Popen(words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    until = time.monotonic() + 60
    while not ready.exists():
        assert writer.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    assert not first.renew(), "the other one holds the lock, and little has changed"
    assert set(first.look().need_ids()) == set(needs), "readers go on"
    writer.send_signal(signal.SIGKILL)
    writer.wait()

    second = start()
    assert set(second.look().need_ids()) == set(needs)
    assert built == [1]
    second.kept.generation = None
    assert second.renew(), "the lock went with its holder"
    assert len(generations(folder)) == 1, "what it left is swept away"
