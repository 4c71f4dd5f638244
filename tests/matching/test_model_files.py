"""A model as bytes: the same after reading, and nothing broken, foreign or hostile is let in."""

from __future__ import annotations

import hashlib
import io
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.features import FEATURES
from matching.lookups import Lookups
from matching.model import Model, rule_model
from matching.model_files import BrokenModel, from_bytes, manifest_of, to_bytes


def some_model(names=FEATURES, seed=0):
    generator = np.random.default_rng(seed)
    counts = generator.integers(0, 5, size=len(names))
    edges = tuple(np.sort(generator.random(count)) for count in counts)
    pairs = {(0, 1): generator.normal(size=(counts[0] + 2, counts[1] + 2))}
    return Model(
        "learned-1",
        tuple(names),
        Lookups(
            generator.random(len(names)),
            generator.random(len(names)),
            -2.5,
            edges,
            tuple(generator.normal(size=count + 2) for count in counts),
            pairs,
        ),
        np.array([0.0, -0.5]),
    )


def written(model):
    arrays = to_bytes(model)
    return arrays, manifest_of(model, arrays)


def rows(seed=1):
    generator = np.random.default_rng(seed)
    values = generator.random((50, len(FEATURES)))
    return np.where(generator.random(values.shape) < 0.2, np.nan, values)


@pytest.mark.parametrize("model", [rule_model(), some_model()], ids=["rules", "tables"])
def test_what_is_read_is_what_was_written(model):
    read = from_bytes(*written(model))

    assert (read.version, read.names) == (model.version, model.names)
    assert np.array_equal(read.lookups.scores(rows()), model.lookups.scores(rows()))
    assert np.array_equal(read.positions, model.positions)


@given(st.data())
def test_any_change_of_a_byte_is_noticed(data):
    arrays, manifest = written(some_model())
    at = data.draw(st.integers(0, len(arrays) - 1))
    changed = bytearray(arrays)
    changed[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(BrokenModel, match="manifest"):
        from_bytes(bytes(changed), manifest)
    with pytest.raises(BrokenModel):
        from_bytes(arrays[:at], manifest)


@given(st.binary(max_size=300))
def test_any_bytes_with_their_own_checksum_are_refused_with_a_reason(arrays):
    manifest = {**written(some_model())[1], "sha256": hashlib.sha256(arrays).hexdigest()}

    with pytest.raises(BrokenModel, match="arrays"):
        from_bytes(arrays, manifest)


class Harm:
    """Unpickled, it fails the test."""

    def __reduce__(self):
        return (pytest.fail, ("a model was executed",))


@pytest.mark.parametrize("arrays", [pickle.dumps(Harm()), None], ids=["pickle", "pickle in npz"])
def test_code_in_a_model_is_never_run(arrays):
    if arrays is None:
        file = io.BytesIO()
        np.savez(file, weight=np.array([Harm()], dtype=object))
        arrays = file.getvalue()

    with pytest.raises(BrokenModel, match="cannot be read"):
        from_bytes(arrays, manifest_of(rule_model(), arrays))


def altered(**parts):
    """Give a model's file in which some arrays are others; its checksum is right."""
    file = io.BytesIO()
    with np.load(io.BytesIO(to_bytes(some_model()))) as found:
        kept = {name: found[name] for name in found.files}
    np.savez(file, **{**kept, **parts})
    return file.getvalue()


@pytest.mark.parametrize(
    "parts",
    [
        {"weight": np.ones(3)},
        {"weight": np.full(len(FEATURES), np.nan)},
        {"weight": np.ones(len(FEATURES), np.float32)},
        {"weight": np.full(len(FEATURES), "1.0")},
        {"base": np.array([np.inf])},
        {"base": np.array([1.0, 2.0])},
        {"positions": np.array([np.nan])},
        {"edge_counts": np.full(len(FEATURES), 9)},
        {"edge_counts": np.full(len(FEATURES), -1)},
        {"edges": np.zeros(0)},
        {"pair_features": np.array([[0, 99]])},
        {"pair_features": np.array([[1, 0]])},
        {"singles": np.zeros((2, 2))},
    ],
    ids=str,
)
def test_arrays_that_do_not_fit_or_are_no_numbers_are_refused(parts):
    arrays = altered(**parts)

    with pytest.raises(BrokenModel):
        from_bytes(arrays, manifest_of(some_model(), arrays))


def test_a_file_that_would_fill_the_memory_is_refused_unread():
    file = io.BytesIO()
    np.savez_compressed(file, weight=np.zeros(3_000_000))

    with pytest.raises(BrokenModel, match="too large"):
        from_bytes(file.getvalue(), manifest_of(rule_model(), file.getvalue()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema": 2}, {"schema": None}, {"version": 3}, {"names": None}, {"names": []}, {"names": [1, 2]},
        {"sha256": None}, {"sha256": "0" * 64}, {"names": ["text", "text"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_of_another_form_is_refused(wrong):
    arrays, manifest = written(some_model())

    with pytest.raises(BrokenModel, match="its"):
        from_bytes(arrays, {**manifest, **wrong})


def test_a_feature_that_is_new_counts_as_in_the_rules():
    """A model of an older version of the service, whose features stood in another order, too."""
    names = (FEATURES[4], FEATURES[2], FEATURES[7])
    old = some_model(names)
    read = from_bytes(*written(old))
    features = rows()
    known = features[:, [FEATURES.index(name) for name in names]]
    rest = features.copy()
    rest[:, [FEATURES.index(name) for name in names]] = np.nan

    assert read.names == FEATURES
    ours = old.lookups.scores(known) + rule_model().lookups.contributions(rest).sum(axis=1)
    assert read.lookups.scores(features) == pytest.approx(ours)


def test_a_feature_that_is_measured_no_more_breaks_a_model():
    with pytest.raises(BrokenModel, match="measured any more: popularity"):
        from_bytes(*written(some_model(("text", "popularity"))))
