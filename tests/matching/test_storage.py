"""An index in files: the same index, whatever was changed before and after; and nothing else than itself."""

from __future__ import annotations

import json
import os
import pickle
import zlib
from pathlib import Path

import numpy as np
import pytest

from matching.index import Index
from matching.made_up import AT, openings, people
from matching.ranking import rank
from matching.storage import MANIFEST, Unusable, read, write

NEEDS = list(openings(400, seed=31))
PEOPLE = list(people(12, seed=31))


def stored(folder: Path, index: Index) -> Path:
    folder.mkdir()
    write(folder, index.store())
    return folder


def lists(index: Index):
    return [rank(person, index, at=AT) for person in PEOPLE], index.search("children їжа", limit=30)


def test_an_index_in_files_gives_the_same_lists_and_is_changed_as_any_other(tmp_path):
    first = Index.over(read(stored(tmp_path / "first", Index.build(NEEDS[:300]))))
    assert lists(first) == lists(Index.build(NEEDS[:300]))

    for need in NEEDS[250:]:
        first.put(need)
    for need in NEEDS[:40]:
        first.remove(need.id)
    first.set_places(NEEDS[100].id, 0)
    fresh = Index.build(NEEDS[40:])
    fresh.set_places(NEEDS[100].id, 0)
    assert lists(first) == lists(fresh)

    second = Index.over(read(stored(tmp_path / "second", first)))
    assert second.is_arranged
    assert lists(second) == lists(fresh)


def test_changes_stay_with_whoever_made_them(tmp_path):
    folder = stored(tmp_path / "one", Index.build(NEEDS))
    changing, reading = Index.over(read(folder)), Index.over(read(folder))
    before = lists(reading)
    for need in NEEDS[:200]:
        changing.remove(need.id)

    assert len(changing) == 200
    assert lists(reading) == before
    assert lists(Index.over(read(folder))) == before, "the files are as they were"


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def with_other_version(folder: Path) -> None:
    text = (folder / MANIFEST).read_text().partition("\n")[2].removesuffix("\n")
    text = json.dumps(json.loads(text) | {"version": "another"})
    (folder / MANIFEST).write_text(f"{zlib.crc32(text.encode()):08x}\n{text}\n")


def with_pickle(folder: Path) -> None:
    path = folder / "rows.places.npy"
    path.unlink()
    path.write_bytes(pickle.dumps(np.zeros(3)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / MANIFEST).unlink(),
        lambda folder: (folder / MANIFEST).write_text(""),
        lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe"),
        lambda folder: (folder / MANIFEST).write_text("00000000\n{}\n"),
        lambda folder: flip(folder / MANIFEST, 200),
        lambda folder: (folder / "rows.places.npy").unlink(),
        lambda folder: os.truncate(folder / "texts.ids.npy", 200),
        lambda folder: (folder / "texts.ids.npy").write_bytes(b""),
        lambda folder: flip(folder / "postings.holders.npy", 1000),
        lambda folder: flip(folder / "rows.x.npy", 7),
        with_other_version,
        with_pickle,
    ],
)
def test_what_is_damaged_or_of_another_version_is_unusable_and_no_other_error(tmp_path, damage):
    folder = stored(tmp_path / "one", Index.build(NEEDS[:50]))
    read(folder)
    damage(folder)

    with pytest.raises(Unusable):
        read(folder)


def test_nothing_at_all_is_unusable(tmp_path):
    with pytest.raises(Unusable):
        read(tmp_path / "nowhere")


def test_a_full_disk_is_an_error_of_the_writer_and_leaves_nothing_to_read(tmp_path, monkeypatch):
    index, folder = Index.build(NEEDS[:50]), tmp_path / "one"
    folder.mkdir()

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matching.storage.os.fsync", full)
    with pytest.raises(OSError, match="space"):
        write(folder, index.store())
    with pytest.raises(Unusable):
        read(folder)


def test_only_their_owner_can_read_the_files(tmp_path):
    folder = stored(tmp_path / "one", Index.build(NEEDS[:5]))

    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
