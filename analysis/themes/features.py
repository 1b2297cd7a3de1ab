"""Vectors of texts: dense meaning beside exact words, in one matrix.

The first 256 numbers are the embedder's vector minus the corpus mean (what all comments share
says nothing); the second 256 a random projection of tf-idf word stems and pairs, so that "PO",
"rebate" or a part number count although no embedder knows them. Cosine of two rows is then
(1 − share)·meaning + share·words.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.themes.arrays import pack, unpack
from analysis.themes.embedding import Embedder
from analysis.themes.language import detect
from analysis.themes.lexicon import everyday_sentences, languages
from analysis.themes.words import content_words, stem

FloatArray = NDArray[np.float32]
_WORD_DIMENSIONS = 256
PRIOR_TEXTS = 1000.0  # different texts after which a set's own mean counts half
FOREIGN_PRIOR = 50.0  # the same for languages that the prior does not speak
_LOOKED_AT = 2000
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_ALIKE = 0.9  # cosine from which two texts are not different


class Features:
    """Turns texts into unit rows; learns corpus mean and word frequencies once.

    share: weight of the words in [0, 1]. Chosen on the development half of the open sets.
    """

    def __init__(self, embedder: Embedder, share: float = 0.2) -> None:
        self.embedder = embedder
        self.share = share
        self.mean_: FloatArray = np.zeros(embedder.dimension, dtype=np.float32)
        self.count_ = 0
        self.frequency_: dict[int, int] = {}

    @property
    def dimension(self) -> int:
        """Length of each row."""
        return self.embedder.dimension + _WORD_DIMENSIONS

    def fit(self, texts: Sequence[str], prior: Sequence[str] = ()) -> Features:
        """Learn mean and document frequencies from texts (the order does not matter).

        prior: what describes the frame. It and everyday sentences stand for the general mean, to
        which the mean of a small or repetitive set is shrunk: the weight of the set is its number
        of *different* texts against PRIOR_TEXTS.
        """
        unique = sorted(set(texts))
        dense = self.embedder.embed(sorted({_plain(t) for t in unique})).astype(np.float64)
        self.mean_ = self._shrunk_mean(unique, dense, prior)
        counts: Counter[int] = Counter()
        for text in sorted({*unique, *prior}):
            counts.update({key(w) for w in terms(text)})
        self.count_ = len({*unique, *prior})
        self.frequency_ = {k: c for k, c in sorted(counts.items()) if c > 1}
        return self

    def transform(self, texts: Sequence[str]) -> FloatArray:
        """Rows (n, dimension) float32, unit length or zero for a text without words."""
        dense = self.embedder.embed([_plain(t) for t in texts])
        silent = ~dense.any(axis=1)
        dense = _unit(dense - self.mean_)
        dense[silent] = 0.0
        words = _unit(np.stack([self._words(t) for t in texts])) if len(texts) else dense
        if not len(texts):
            return np.zeros((0, self.dimension), dtype=np.float32)
        joined = np.hstack(
            [dense * np.float32(np.sqrt(1 - self.share)), words * np.float32(np.sqrt(self.share))]
        )
        # Rounding makes rows equal across machines whose sums differ in the last bit.
        return np.asarray(np.round(joined, 5), dtype=np.float32)

    def _shrunk_mean(
        self, unique: list[str], dense: NDArray[np.float64], prior: Sequence[str]
    ) -> FloatArray:
        step = max(1, len(unique) // _LOOKED_AT)
        spoken = [language for u in unique[::step] if (language := detect(u))]
        sentences = sorted({*everyday_sentences(set(spoken)), *prior})
        middle = self.embedder.embed(sentences).mean(axis=0, dtype=np.float64)
        if unique:
            known = float(np.mean([s in languages() for s in spoken])) if spoken else 1.0
            weight = PRIOR_TEXTS * known + FOREIGN_PRIOR * (1 - known)
            own = different(dense)
            middle = (weight * middle + own * dense.mean(axis=0)) / (weight + own)
        return np.asarray(np.round(middle, 6), dtype=np.float32)

    def _words(self, text: str) -> FloatArray:
        row = np.zeros(_WORD_DIMENSIONS, dtype=np.float32)
        for term, times in sorted(Counter(terms(text)).items()):
            frequency = self.frequency_.get(key(term), 0)
            if frequency:  # a word met once links nothing
                idf = np.log((self.count_ + 1) / (frequency + 1))
                row += np.float32((1 + np.log(times)) * idf) * _signs(term)
        return row

    def state(self) -> dict[str, Any]:
        """JSON-able form; words only as 32-bit hashes."""
        return {
            "embedder": self.embedder.name,
            "share": self.share,
            "mean": pack(self.mean_),
            "count": self.count_,
            "frequency": [[k, c] for k, c in self.frequency_.items()],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any], embedder: Embedder) -> Features:
        """The features that `state` came from. Raises ValueError for another embedder's."""
        if state["embedder"] != embedder.name:
            raise ValueError(
                f"This model was made with the embedder {state['embedder']}, "
                f"not {embedder.name}; fit it anew."
            )
        features = cls(embedder, float(state["share"]))
        features.mean_ = unpack(state["mean"]).astype(np.float32)
        features.count_ = int(state["count"])
        features.frequency_ = {int(k): int(c) for k, c in state["frequency"]}
        return features


def different(rows: NDArray[np.float64]) -> float:
    """How many different texts the unit rows (n, d) are: near-duplicates count once together."""
    rows = rows[rows.any(axis=1)]
    some = rows[:: max(1, len(rows) // _LOOKED_AT)]  # callers sort: an even sample
    if not len(some):
        return 0.0
    alike = (np.round(some @ some.T, 4) >= _ALIKE).sum(axis=1)
    return float((1.0 / alike).sum() * len(rows) / len(some))


def terms(text: str) -> list[str]:
    """Stems and neighbouring pairs of stems; pairs of characters where words are not spaced."""
    stems = [stem(w) for w in content_words(text)]
    out = stems + [f"{a} {b}" for a, b in pairwise(stems)]
    for word in stems:
        if len(word) > 4 and any(
            "\u0e00" <= c <= "\u0e7f" or "\u3040" <= c <= "\u9fff" for c in word
        ):
            out.extend(a + b for a, b in pairwise(word))
    return out


@lru_cache(maxsize=200_000)
def key(term: str) -> int:
    """A 32-bit name for a term that is the same in every process."""
    return zlib.crc32(term.encode())


@lru_cache(maxsize=20_000)
def _signs(term: str) -> FloatArray:
    digest = hashlib.blake2b(term.encode(), digest_size=_WORD_DIMENSIONS // 8).digest()
    bits = np.unpackbits(np.frombuffer(digest, dtype=np.uint8))
    return bits.astype(np.float32) * 2 - 1


def _plain(text: str) -> str:
    """A figure is a figure: "25 weeks" means what "3 weeks" means."""
    return _FIGURES.sub("0", text)


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.sqrt((rows.astype(np.float64) ** 2).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
