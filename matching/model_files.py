"""A model as bytes, and back: arrays without code (.npz, allow_pickle=False) and a manifest in plain JSON.

What is read back is checked before it is used: the manifest's form, the arrays' checksum and size, and that
the parts fit together and are numbers (`Model`). Whatever is wrong is a `BrokenModel` with a plain reason.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from matching.arrays import Array
from matching.lookups import Lookups
from matching.model import Model, rule_model

SCHEMA = 1
#: No model comes near it; a file that says more of itself is not one of ours.
MOST_BYTES = 20_000_000


class BrokenModel(Exception):
    """A stored model that cannot be used, with the reason."""


def to_bytes(model: Model) -> bytes:
    """Write a model's arrays."""
    lookups, pairs = model.lookups, sorted(model.lookups.pairs)
    arrays = {
        "weight": lookups.weight,
        "neutral": lookups.neutral,
        "base": np.array([lookups.base]),
        "positions": model.positions,
        "edges": _joined(lookups.edges),
        "edge_counts": np.array([len(one) for one in lookups.edges], np.int64),
        "singles": _joined(lookups.singles),
        "pair_features": np.array(pairs, np.int64).reshape(-1, 2),
        "pairs": _joined([lookups.pairs[pair].ravel() for pair in pairs]),
    }
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def manifest_of(model: Model, arrays: bytes, **more: Any) -> dict[str, Any]:
    """Say what the arrays are: {schema, version, names, sha256} and what else is worth knowing."""
    return {
        "schema": SCHEMA,
        "version": model.version,
        "names": list(model.names),
        "sha256": hashlib.sha256(arrays).hexdigest(),
        **more,
    }


def from_bytes(arrays: bytes, manifest: Mapping[str, Any]) -> Model:
    """Read a model back; raises BrokenModel with the reason."""
    names = _read_manifest(manifest)
    if hashlib.sha256(arrays).hexdigest() != manifest["sha256"]:
        raise BrokenModel("its arrays are not those of its manifest")
    try:
        return _for_these_features(_put_together(manifest["version"], names, _read_arrays(arrays)))
    except BrokenModel:
        raise
    except Exception as error:  # noqa: BLE001 whatever a strange file makes a library raise
        raise BrokenModel(f"its arrays cannot be read: {type(error).__name__}") from None


def _read_arrays(arrays: bytes) -> dict[str, Array]:
    with zipfile.ZipFile(io.BytesIO(arrays)) as file:
        if sum(one.file_size for one in file.infolist()) > MOST_BYTES:
            raise BrokenModel("its arrays are too large")
    with np.load(io.BytesIO(arrays), allow_pickle=False) as found:
        return {name: found[name] for name in found.files}


def _read_manifest(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    if not isinstance(manifest, Mapping) or manifest.get("schema") != SCHEMA:
        raise BrokenModel("its manifest is of another form")
    names, version = manifest.get("names"), manifest.get("version")
    if not isinstance(version, str) or not isinstance(manifest.get("sha256"), str):
        raise BrokenModel("its manifest names no version or checksum")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise BrokenModel("its manifest names no features")
    if len(set(names)) < len(names):
        raise BrokenModel("its manifest names a feature twice")
    return tuple(names)


def _put_together(version: str, names: tuple[str, ...], parts: Mapping[str, Array]) -> Model:
    floats = ("weight", "neutral", "base", "positions", "edges", "singles", "pairs")
    if any(parts[name].dtype != np.float64 for name in floats):
        raise BrokenModel("its arrays hold other things than numbers")
    counts = parts["edge_counts"].tolist()
    edges = _parted(parts["edges"], counts)
    singles = _parted(parts["singles"], [count + 2 for count in counts])
    features = [(int(a), int(b)) for a, b in parts["pair_features"].tolist()]
    shapes = [(counts[a] + 2, counts[b] + 2) for a, b in features]
    tables = _parted(parts["pairs"], [rows * columns for rows, columns in shapes])
    pairs = {pair: table.reshape(shape) for pair, table, shape in zip(features, tables, shapes, strict=True)}
    base = float(parts["base"].item())
    try:
        lookups = Lookups(parts["weight"], parts["neutral"], base, tuple(edges), tuple(singles), pairs)
        return Model(version, names, lookups, parts["positions"])
    except ValueError as wrong:
        raise BrokenModel(str(wrong)) from None


def _for_these_features(model: Model) -> Model:
    """Bring a model to the features measured now: a new one counts as in the rules, a lost one breaks it."""
    rules = rule_model()
    if model.names == rules.names:
        return model
    lost = set(model.names) - set(rules.names)
    if lost:
        raise BrokenModel(f"it reads what is not measured any more: {', '.join(sorted(lost))}")
    at = {name: number for number, name in enumerate(model.names)}
    place = {number: rules.names.index(name) for name, number in at.items()}
    old, new = model.lookups, rules.lookups
    weight, neutral, edges, singles = (
        [mine[at[name]] if name in at else theirs[number] for number, name in enumerate(rules.names)]
        for mine, theirs in (
            (old.weight, new.weight), (old.neutral, new.neutral),
            (old.edges, new.edges), (old.singles, new.singles),
        )
    )  # fmt: skip
    pairs = {}
    for (a, b), table in old.pairs.items():
        one, other = place[a], place[b]
        pairs[min(one, other), max(one, other)] = table if one < other else table.T
    lookups = Lookups(np.array(weight), np.array(neutral), old.base, tuple(edges), tuple(singles), pairs)
    return Model(model.version, rules.names, lookups, model.positions)


def _joined(parts: Any) -> Array:
    return np.concatenate([np.zeros(0), *parts])


def _parted(joined: Array, counts: list[int]) -> list[Array]:
    if joined.ndim != 1 or any(count < 0 for count in counts) or sum(counts) != len(joined):
        raise BrokenModel("its arrays do not fit each other")
    return list(np.split(joined, np.cumsum(counts)[:-1])) if counts else []
