"""One month's texts as the engine sees them: canonical, embedded, coded, toned."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.themes.codebook import OTHER, Codebook
from analysis.themes.coding import CodebookCoder
from analysis.themes.corpus import Corpus
from analysis.themes.embedding import Embedder
from analysis.themes.features import Features
from analysis.themes.tone import is_praise, tone

FloatArray = NDArray[np.float32]
Floats = NDArray[np.float64]
IntArray = NDArray[np.int64]

CAUSE_SHARE = 0.1  # weight of the coded cause beside meaning when themes are sought


@dataclass
class Month:
    """Everything known of one month's texts; rows of arrays follow `unique`.

    texts: as given (n). place: (n,) index into unique, −1 for a text without words.
    unique: distinct texts, sorted. quiet: the same without placeholders and ignored words.
    rows: (u, d) a text's vector, the mean of its segments'. unit_rows: (s, d) follow
    corpus.units. codes: (u, codes) probabilities or None. ids: (u,) theme ids. moved: (u,)
    whether a person put the text there.
    """

    texts: list[str]
    place: IntArray
    unique: list[str]
    quiet: list[str]
    corpus: Corpus
    rows: FloatArray
    unit_rows: FloatArray
    codes: Floats | None
    code_names: tuple[str, ...]
    ids: IntArray
    moved: NDArray[np.bool_]

    def counts(self) -> IntArray:
        """(u,) how often each distinct text was given."""
        return np.bincount(self.place[self.place >= 0], minlength=len(self.unique))

    def causes(self) -> list[str | None]:
        """Likeliest code per given text; "other" without words; None without a codebook."""
        if self.codes is None:
            return [None] * len(self.texts)
        best = np.argmax(np.round(self.codes, 6), axis=1)
        return [OTHER if p < 0 else self.code_names[best[p]] for p in self.place]

    def tones(self) -> list[float | None]:
        """Tone per given text."""
        of_unique = [tone(t) for t in self.unique]
        return [None if p < 0 else of_unique[p] for p in self.place]

    def framed_rows(self, codebook: Codebook | None) -> FloatArray:
        """Rows with the codes' probabilities beside the meaning, to seek themes inside causes."""
        if self.codes is None or codebook is None:
            return self.rows
        praise = np.zeros((len(self.corpus.units), 1))
        if codebook.friction_only:
            praise[:, 0] = [is_praise(u) for u in self.corpus.units]
        frame = unit(np.hstack([self.codes, 2 * self.corpus.pool(praise)]))
        meaning = self.rows * np.float32(np.sqrt(1 - CAUSE_SHARE))
        return np.hstack([meaning, frame * np.float32(np.sqrt(CAUSE_SHARE))])


def read_month(
    texts: Sequence[str],
    features: Features | None,
    codebook: Codebook | None,
    embedder: Embedder,
    recoded: Sequence[tuple[str, str]] = (),
    ignore: Sequence[str] = (),
) -> tuple[Month, Features]:
    """Read texts with known features, or learn them from these texts.

    recoded: (text, code) pairs that people gave.
    """
    given = list(texts)
    unique = sorted({t for t in given if has_words(t)})
    at = {t: i for i, t in enumerate(unique)}
    place = np.array([at.get(t, -1) for t in given], dtype=np.int64)
    silence = _silencer(ignore)
    quiet = [silence(t) for t in unique]
    corpus = Corpus.of(quiet)
    features = features or Features(embedder).fit(corpus.units)
    unit_rows = features.transform(corpus.units)
    codes, names = _coded(quiet, codebook, embedder, [(silence(t), c) for t, c in recoded])
    month = Month(
        texts=given,
        place=place,
        unique=unique,
        quiet=quiet,
        corpus=corpus,
        rows=unit(corpus.pool(unit_rows)),
        unit_rows=unit_rows,
        codes=codes,
        code_names=names,
        ids=np.full(len(unique), -1, dtype=np.int64),
        moved=np.zeros(len(unique), dtype=bool),
    )
    return month, features


def row_of(text: str, features: Features, ignore: Sequence[str] = ()) -> FloatArray:
    """(d,) vector of one text as months see it; zeros for a text without words."""
    corpus = Corpus.of([_silencer(ignore)(text)])
    rows = unit(corpus.pool(features.transform(corpus.units)))
    return np.asarray(rows[0], dtype=np.float32)


def _coded(
    texts: list[str],
    codebook: Codebook | None,
    embedder: Embedder,
    told: Sequence[tuple[str, str]],
) -> tuple[Floats | None, tuple[str, ...]]:
    """Probabilities of the codes per text and the codes; None without a codebook or texts."""
    if codebook is None or not texts:
        return None, ()
    coder = CodebookCoder(codebook, embedder)
    known = [(t, c) for t, c in told if c in coder.codes_]
    labels = [*([None] * len(texts)), *(c for _, c in known)]
    coder.fit([*texts, *(t for t, _ in known)], labels)
    return coder.predict_proba(texts), coder.codes_


def _silencer(words: Sequence[str]) -> Callable[[str], str]:
    """Takes the placeholders of the redaction, and the given words, out of a text."""
    shown = sorted({w for w in words if w.strip()}, key=lambda w: (-len(w), w))
    names = "|".join(rf"\b{re.escape(w)}\b" for w in shown)
    pattern = re.compile(rf"\[[^\]\n]{{1,12}}\]{'|' + names if names else ''}", re.IGNORECASE)

    def silence(text: str) -> str:
        left = pattern.sub(" ", text)
        return left if has_words(left) else text  # a text of nothing else keeps what it has

    return silence


def has_words(text: str) -> bool:
    """Whether a text has a letter or digit in any script."""
    return any(c.isalnum() for c in text)


def unit(rows: Floats | FloatArray) -> FloatArray:
    """Rows at unit length, rounded to five digits; zero rows stay zero."""
    lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.asarray(np.round(rows / np.maximum(lengths, 1e-9), 5), dtype=np.float32)
