"""Code texts to a codebook; abstains rather than guesses; learns from labels.

What the frame says of each text (`frame.py`) is spread over the graph of nearest texts
(`spreading.py`), so that a comment is coded much the same alone as in company. A text may say
several codes: then each of its segments is asked too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.themes.codebook import OTHER, Codebook
from analysis.themes.embedding import Embedder, WordLlamaEmbedder
from analysis.themes.features import Features, key
from analysis.themes.frame import Frame, described
from analysis.themes.language import detect
from analysis.themes.segments import segment_all, split
from analysis.themes.spreading import seen_from, spread
from analysis.themes.tone import is_praise
from analysis.themes.words import content_words

FloatArray = NDArray[np.float32]
Probabilities = NDArray[np.float64]

# Chosen on the development half of the open sets (docs/themes.md).
ANCHORS = 3000
_BLOCK = 4096
WHOLE_SHARE = 0.5
SEVERAL_FROM = 0.25  # mean of the whole text's and its best segment's from which a code is said
ABSTAIN_BELOW = 0.05  # cosine to the nearest prototype under which nothing in the frame fits


@dataclass(frozen=True, slots=True)
class CodedReason:
    """Why a text got its code: nearest described phrases with their similarity, best first."""

    code: str
    nearest: tuple[tuple[str, float], ...]
    praise: bool


class CodebookCoder:
    """Assigns codes of a codebook; `fit` may be given labels (HR's corrections).

    codebook: the product's by default. embedder: the shipped one by default.
    """

    def __init__(self, codebook: Codebook | None = None, embedder: Embedder | None = None) -> None:
        self.codebook = codebook or Codebook.default()
        self.embedder: Embedder = embedder or WordLlamaEmbedder()
        names = list(self.codebook.code_names)
        self.codes_: tuple[str, ...] = tuple(names if OTHER in names else [*names, OTHER])

    def fit(
        self, texts: Sequence[str], labels: Sequence[str | None] | None = None
    ) -> CodebookCoder:
        """Learn the corpus, and the labels where given (a code of the codebook, or None).

        Raises ValueError when labels and texts differ in length or a label is not in the frame.
        """
        pairs = self._checked(list(texts), labels)
        self._given = dict(pairs)
        units = sorted({s.text for s in segment_all(texts)})
        spoken = {"en"} | {language for u in units if (language := detect(u))}
        near = [p for c in self.codebook.codes for p in described(c, spoken)]
        self.features_ = Features(self.embedder).fit([*units, *(t for t, _ in pairs)], near)
        self.frame_ = Frame(self.codebook, self.codes_, self.features_, pairs, spoken)
        self._spread(thin(sorted({t for t in texts if split(t)}), ANCHORS))
        return self

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest code of each text, "other" when nothing fits or it is praise."""
        best = np.argmax(np.round(self.predict_proba(texts), 6), axis=1)
        return [self.codes_[i] for i in best]

    def predict_several(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """All codes that each text says, likeliest first, at least one.

        A code is said if the mean of its probability in the whole text and in the segment that
        says it most reaches SEVERAL_FROM.
        """
        texts = list(texts)
        likely = self.predict_proba(texts)
        said = self.segment_proba(texts)
        best = np.zeros_like(said)
        segments = segment_all(texts)
        for segment, proba in zip(
            segments, self.segment_proba([s.text for s in segments]), strict=True
        ):
            best[segment.owner] = np.maximum(best[segment.owner], proba)
        first = np.argmax(np.round(likely, 6), axis=1)
        return [
            (self._given[text],) if text in self._given else self._said(row, int(at))
            for text, row, at in zip(texts, (said + best) / 2, first, strict=True)
        ]

    def predict_proba(self, texts: Sequence[str]) -> Probabilities:
        """(n, len(codes_)) in [0, 1], rows sum to 1; the codebook's order, "other" included.

        Half the whole text's, half the mean over its segments, weighted by their length. A text
        that was labelled has its label.
        """
        texts = list(texts)
        segments = segment_all(texts)
        out = np.zeros((len(texts), len(self.codes_)))
        unique = sorted({s.text for s in segments})
        of_segment = self.segment_proba(unique)
        at = {text: i for i, text in enumerate(unique)}
        for segment in segments:
            out[segment.owner] += segment.weight * of_segment[at[segment.text]]
        out[~out.any(axis=1), self.codes_.index(OTHER)] = 1.0
        if texts:
            out = WHOLE_SHARE * self.segment_proba(texts) + (1 - WHOLE_SHARE) * out
        for i, text in enumerate(texts):
            if text in self._given:
                out[i] = 0.0
                out[i, self.codes_.index(self._given[text])] = 1.0
        return out

    def segment_proba(self, segments: Sequence[str]) -> Probabilities:
        """As `predict_proba`, each text taken whole."""
        out = np.zeros((len(segments), len(self.codes_)))
        for start in range(0, len(segments), _BLOCK):  # all at once would cost memory
            some = segments[start : start + _BLOCK]
            out[start : start + _BLOCK] = self._block_proba(some)
        return out

    def _block_proba(self, segments: Sequence[str]) -> Probabilities:
        rows = self.features_.transform(segments)
        own, best = self.frame_.proba(rows)
        proba = seen_from(rows, own, self._anchor_rows, self._anchor_proba)
        return self._abstain(self.frame_.learned(rows, proba), rows, best, segments)

    def reason(self, text: str, count: int = 3) -> CodedReason:
        """Why `predict` gives this text its code: the nearest described phrases of that code."""
        code = self.predict([text])[0]
        phrases = (described(self.codebook[code]) if code in self.codebook.code_names else []) + [
            t for t, given in self.frame_.pairs if given == code
        ]
        similar = self.features_.transform(phrases) @ self.features_.transform([text])[0]
        ranked = sorted(zip(similar.tolist(), phrases, strict=True), key=lambda x: (-x[0], x[1]))
        nearby = tuple((p, round(float(s), 3)) for s, p in ranked[:count])
        return CodedReason(code, nearby, self.codebook.friction_only and is_praise(text))

    def _said(self, proba: Probabilities, first: int) -> tuple[str, ...]:
        """The likeliest code and the others from SEVERAL_FROM on; "other" only by itself."""
        order = np.argsort(-np.round(proba, 6), kind="stable").tolist()
        found = [first, *(i for i in order if i != first and proba[i] >= SEVERAL_FROM)]
        names = tuple(self.codes_[i] for i in found)
        return tuple(n for n in names if n != OTHER) or names[:1]

    def _checked(
        self, texts: list[str], labels: Sequence[str | None] | None
    ) -> list[tuple[str, str]]:
        given = [None] * len(texts) if labels is None else list(labels)
        if len(given) != len(texts):
            raise ValueError(f"{len(texts)} texts but {len(given)} labels.")
        unknown = sorted({x for x in given if x is not None and x not in self.codes_})
        if unknown:
            raise ValueError(f"Not in the codebook: {', '.join(unknown)}.")
        return sorted({(t, x) for t, x in zip(texts, given, strict=True) if x is not None})

    def _spread(self, texts: list[str]) -> None:
        """Propagate codes over the texts of `fit`; labelled texts keep theirs."""
        anchors = sorted({*texts, *self._given})
        self._anchor_rows = self.features_.transform(anchors)
        own, _ = self.frame_.proba(self._anchor_rows)
        held = np.array([i for i, t in enumerate(anchors) if t in self._given], dtype=np.int64)
        own[held] = 0.0
        own[held, [self.codes_.index(self._given[anchors[i]]) for i in held]] = 1.0
        self._anchor_proba = spread(self._anchor_rows, own, held)

    def _abstain(
        self,
        proba: Probabilities,
        rows: FloatArray,
        best: Probabilities,
        segments: Sequence[str],
    ) -> Probabilities:
        """Move the weight of what fits nothing or elsewhere, says nothing, or praises, to "other".

        A frame without a code "other" is taken for complete: then only what is unlike all counts.
        """
        nothing = best < (ABSTAIN_BELOW if OTHER in self.codebook.code_names else 0.0)
        if OTHER in self.codebook.code_names:
            nothing |= np.array([not content_words(s) for s in segments], dtype=bool)
            nothing |= self.frame_.is_elsewhere(rows, best)
        if self.codebook.friction_only:
            nothing |= np.array([is_praise(s) for s in segments], dtype=bool)
        out = proba.copy()
        out[nothing] = 0.0
        out[nothing, self.codes_.index(OTHER)] = 1.0
        return out


def thin(texts: list[str], most: int) -> list[str]:
    """At most `most` of the texts, the same ones whatever their order; sorted."""
    if len(texts) <= most:
        return sorted(texts)
    return sorted(sorted(texts, key=lambda t: (key(t), t))[:most])
