"""One generation of an index as plain arrays in a folder, which all processes of a machine map and share.

Each array is one `.npy` file, mapped privately: pages that nobody changes exist once in memory, and whoever
changes one gets a page of their own. The manifest is written last. It names the version of what it was made
by, and each file with its size and CRC-32; whatever does not agree is `Unusable`. Nothing read here can
execute anything: arrays of numbers (`allow_pickle=False`) and JSON.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from matching.arrays import Array

MANIFEST = "manifest.json"
#: An array that grows is written with this part of itself, and so many rows, of room for more.
_ROOM_PART, _ROOM_AT_LEAST = 1 / 8, 256


class Unusable(Exception):
    """A stored generation that is absent, damaged, or of another version: make it anew."""


@dataclass
class Parts:
    """What an index is made of: arrays by name, the names of those that grow, and plain facts."""

    arrays: dict[str, Array] = field(default_factory=dict)
    growing: set[str] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)

    def grow(self, **arrays: Array) -> None:
        """Add arrays that are stored with room for more rows."""
        self.arrays |= arrays
        self.growing |= arrays.keys()


@lru_cache(maxsize=1)
def version() -> str:
    """Name what gives stored numbers their meaning: this package's own files, NumPy, the order of bytes."""
    here = Path(__file__).parent
    files = sorted([*here.glob("*.py"), *(here / "lexicon").iterdir()])
    digest = hashlib.sha256(f"{np.__version__} {np.little_endian}".encode())
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def write(folder: Path, parts: Parts) -> None:
    """Write all parts into an empty folder, and have them on the disk before returning; OSError."""
    described = {}
    for name, array in parts.arrays.items():
        room = max(_ROOM_AT_LEAST, int(len(array) * _ROOM_PART)) if name in parts.growing else 0
        described[name] = _write_array(folder / f"{name}.npy", array, room)
    manifest = {"version": version(), "arrays": described, "facts": parts.facts}
    text = json.dumps(manifest, ensure_ascii=False)
    write_text(folder / MANIFEST, f"{zlib.crc32(text.encode()):08x}\n{text}\n")
    sync_folder(folder)


def _write_array(path: Path, array: Array, room: int) -> dict[str, Any]:
    array = np.ascontiguousarray(array)
    shape = (len(array) + room, *array.shape[1:])
    with _made(path) as file:
        header = {"descr": np.lib.format.dtype_to_descr(array.dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        begins = file.tell()
        array.tofile(file)
        # Written out, not left as a hole: a full disk is found here, not when a page is touched.
        np.zeros((room, *array.shape[1:]), array.dtype).tofile(file)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    return {"bytes": size, "crc32": _crc(path), "shape": list(shape), "dtype": array.dtype.str, "at": begins}


def _made(path: Path) -> BinaryIO:
    """Open a new file that nobody else may read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "wb")


def write_text(path: Path, text: str) -> None:
    """Write a new file and have it on the disk."""
    with _made(path) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have on the disk which files a folder holds."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _crc(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return zlib.crc32(content)


def read(folder: Path, *, checked: bool = True) -> Parts:
    """Map the parts in a folder, as they were written, grown by their room; else `Unusable`.

    Unchecked, what lies in the files is believed to be what was written: for one who knows that another
    process of this machine has just written them. All else is looked at in any case.
    """
    try:
        return _read(folder, checked=checked)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{folder.name}: {type(error).__name__}: {error}"
        raise Unusable(message) from error


def _read(folder: Path, *, checked: bool) -> Parts:
    check, _, text = (folder / MANIFEST).read_text(encoding="utf-8").partition("\n")
    text = text.removesuffix("\n")
    if int(check, 16) != zlib.crc32(text.encode()):
        raise Unusable(f"{folder.name}: the manifest is damaged")
    manifest = json.loads(text)
    if manifest["version"] != version():
        raise Unusable(f"{folder.name}: it was made by another version")
    files = {name: (folder / f"{name}.npy", said) for name, said in manifest["arrays"].items()}
    arrays = {name: _map(path, said, checked=checked) for name, (path, said) in files.items()}
    return Parts(arrays, set(), manifest["facts"])


def _map(path: Path, said: dict[str, Any], *, checked: bool) -> Array:
    if path.stat().st_size != said["bytes"] or (checked and _crc(path) != said["crc32"]):
        raise Unusable(f"{path.parent.name}: {path.name} is damaged")
    # "c": read from the file, which nobody ever writes to again; changes are this process's own
    mapped = np.load(path, mmap_mode="c", allow_pickle=False)
    if list(mapped.shape) != said["shape"] or mapped.dtype.str != said["dtype"]:
        raise Unusable(f"{path.parent.name}: {path.name} is of another kind")
    plain: Array = mapped.view(np.ndarray)
    return plain
