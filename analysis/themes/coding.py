"""Code texts to a codebook: prototypes from definitions and seeds, moved by labels, spread over
neighbours; abstains rather than guesses.

A code's prototype is the mean of what describes it, plus the texts that people gave it (each
label counts once, the description twice). The nearest seeds and labels vote beside it. What
neighbouring texts are coded is then spread over the graph of nearest texts, the labelled ones
held fast (Zhou et al. 2004), the less the further the neighbours are: so a comment is coded much
the same alone as in company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.themes.codebook import OTHER, Code, Codebook
from analysis.themes.embedding import Embedder, WordLlamaEmbedder
from analysis.themes.features import Features, key
from analysis.themes.graph import nearest, top
from analysis.themes.language import detect
from analysis.themes.segments import segment_all, split
from analysis.themes.tone import is_praise
from analysis.themes.words import content_words

FloatArray = NDArray[np.float32]
Probabilities = NDArray[np.float64]

# Chosen on the development half of the open sets (docs/themes.md).
SHARPNESS = 20.0
SPREAD = 0.7
TOLD = 5  # nearest seeds and labels that vote
MANY_TOLD = 5.0  # seeds and labels a code from which their votes count half
CLOSE_TOLD = 0.25  # the same for these votes
CLOSE = 0.5  # mean cosine from which neighbours are trusted fully
ROUNDS = 6
NEIGHBOURS = 10
DESCRIPTION_WEIGHT = 2.0
EXCLUDES_WEIGHT = 0.2
ANCHORS = 3000
WHOLE_SHARE = 0.5
ABSTAIN_BELOW = 0.08  # cosine to the nearest prototype under which nothing in the frame fits


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
        units = sorted({s.text for s in segment_all(texts)})
        spoken = {"en"} | {language for u in units if (language := detect(u))}
        near = [p for c in self.codebook.codes for p in described(c, spoken)]
        self.features_ = Features(self.embedder).fit([*units, *(t for t, _ in pairs)], near)
        self._make_prototypes(pairs)
        self._spread(thin(sorted({t for t in texts if split(t)}), ANCHORS), pairs)
        return self

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest code of each text, "other" when nothing fits or it is praise."""
        best = np.argmax(np.round(self.predict_proba(texts), 6), axis=1)
        return [self.codes_[i] for i in best]

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
        if not segments:
            return np.zeros((0, len(self.codes_)))
        rows = self.features_.transform(segments)
        own, best = self._own(rows)
        k = min(NEIGHBOURS, len(self._anchor_rows))
        for start in range(0, len(rows) if k else 0, 1024):
            block = slice(start, start + 1024)
            similar = np.round(rows[block] @ self._anchor_rows.T, 4)
            at, weight = top(similar, k)
            own[block] = _mixed(own[block], self._anchor_proba, at, weight)
        return self._abstain(own, best, segments)

    def reason(self, text: str, count: int = 3) -> CodedReason:
        """Why `predict` gives this text its code: the nearest described phrases of that code."""
        code = self.predict([text])[0]
        phrases = (
            described(self.codebook[code]) if code in self.codebook.code_names else []
        ) + self._labelled.get(code, [])
        similar = self.features_.transform(phrases) @ self.features_.transform([text])[0]
        ranked = sorted(zip(similar.tolist(), phrases, strict=True), key=lambda x: (-x[0], x[1]))
        nearby = tuple((p, round(float(s), 3)) for s, p in ranked[:count])
        return CodedReason(code, nearby, self.codebook.friction_only and is_praise(text))

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

    def _make_prototypes(self, pairs: list[tuple[str, str]]) -> None:
        """One prototype per code and language it is described in; labels join all of a code's."""
        self._given = dict(pairs)
        self._labelled: dict[str, list[str]] = {}
        for text, code in pairs:
            self._labelled.setdefault(code, []).append(text)
        rows: list[FloatArray] = []
        owners: list[int] = []
        for position, name in enumerate(self.codes_):
            known = name in self.codebook.code_names
            described_by = self._descriptions(self.codebook[name]) if known else []
            labelled = self._labelled.get(name, [])
            told = self.features_.transform(labelled).sum(axis=0) if labelled else 0.0
            if labelled and not described_by:
                described_by = [np.zeros(self.features_.dimension, dtype=np.float32)]
            for row in described_by:
                rows.append(_unit(row + told))
                owners.append(position)
        self._remember_told()
        self._prototypes = np.stack(rows)
        self._owners = np.asarray(owners)

    def _remember_told(self) -> None:
        """Seeds and labelled texts, whose codes are known for sure; a label overrules a seed."""
        told = {seed: c.code for c in self.codebook.codes for seed in c.examples()} | self._given
        self._told_rows = self.features_.transform(sorted(told))
        per_code = len(told) / max(1, len(set(told.values())))
        self._told_trust = per_code / (per_code + MANY_TOLD)
        self._told_proba = np.zeros((len(told), len(self.codes_)))
        for i, text in enumerate(sorted(told)):
            self._told_proba[i, self.codes_.index(told[text])] = 1.0

    def _descriptions(self, code: Code) -> list[FloatArray]:
        """Summed rows of what describes a code, one per language, English first.

        A seed weighs as much as a label; name, definition and what belongs weigh two together.
        """
        out = []
        for language in ["en", *sorted(set(code.seeds) - {"en"})]:
            seeds = list(code.seeds.get(language, ()))
            total = self.features_.transform(seeds).sum(axis=0)
            if language == "en" and code.code != OTHER:  # "anything else" describes nothing
                parts = [p for p in ((code.name,), (code.definition,), code.includes) if any(p)]
                means = [_unit(self.features_.transform(list(p)).mean(axis=0)) for p in parts]
                total = total + DESCRIPTION_WEIGHT * _unit(np.sum(means, axis=0))
            if language == "en" and code.excludes:
                apart = self.features_.transform(list(code.excludes)).mean(axis=0)
                total = _unit(total) - EXCLUDES_WEIGHT * _unit(apart)
                total = total * (DESCRIPTION_WEIGHT + len(seeds) / 2)
            if np.any(total):
                out.append(total)
        return out

    def _spread(self, units: list[str], pairs: list[tuple[str, str]]) -> None:
        """Propagate codes over the texts of `fit`; labelled texts keep theirs."""
        texts = sorted({*units, *(t for t, _ in pairs)})
        self._anchor_rows = self.features_.transform(texts)
        own, _ = self._own(self._anchor_rows)
        at = {t: i for i, t in enumerate(texts)}
        held = np.array([at[t] for t, _ in pairs], dtype=np.int64)
        right = np.zeros((len(held), len(self.codes_)))
        right[np.arange(len(held)), [self.codes_.index(c) for _, c in pairs]] = 1.0
        own[held] = right
        near, weight = nearest(self._anchor_rows, NEIGHBOURS)
        current = own
        for _ in range(ROUNDS if near.shape[1] else 0):
            current = _mixed(own, current, near, weight)
            current[held] = right
        self._anchor_proba = current

    def _own(self, rows: FloatArray) -> tuple[Probabilities, Probabilities]:
        """Probabilities from prototypes and told texts (n, codes), and the best cosine (n,)."""
        similar = np.full((len(rows), len(self.codes_)), -1.0)
        scores = np.round(rows @ self._prototypes.T, 4).astype(np.float64)
        for column, owner in enumerate(self._owners):
            similar[:, owner] = np.maximum(similar[:, owner], scores[:, column])
        best = similar.max(axis=1, initial=-1.0)
        raised = np.exp(SHARPNESS * (similar - best[:, None]))
        raised[similar <= -1.0] = 0.0
        proba = raised / raised.sum(axis=1, keepdims=True)
        if len(self._told_rows):
            at, weight = top(np.round(rows @ self._told_rows.T, 4), TOLD)
            votes = _mixed(proba, self._told_proba, at, weight, CLOSE_TOLD)
            proba = (1 - self._told_trust) * proba + self._told_trust * votes
        return proba, best

    def _abstain(
        self, proba: Probabilities, best: Probabilities, segments: Sequence[str]
    ) -> Probabilities:
        """Move the weight of what nothing fits or says nothing, and of praise, to "other".

        A frame without a code "other" is taken for complete: then only what is unlike all counts.
        """
        nothing = best < (ABSTAIN_BELOW if OTHER in self.codebook.code_names else 0.0)
        if OTHER in self.codebook.code_names:
            nothing |= np.array([not content_words(s) for s in segments], dtype=bool)
        if self.codebook.friction_only:
            nothing |= np.array([is_praise(s) for s in segments], dtype=bool)
        out = proba.copy()
        out[nothing] = 0.0
        out[nothing, self.codes_.index(OTHER)] = 1.0
        return out


def described(code: Code, languages: set[str] | None = None) -> list[str]:
    """Everything that describes a code in words, of the given languages (all by default)."""
    seeds = [
        p for k in sorted(code.seeds) if not languages or k in languages for p in code.seeds[k]
    ]
    return [p for p in (code.name, code.definition, *code.includes, *seeds) if p]


def thin(texts: list[str], most: int) -> list[str]:
    """At most `most` of the texts, the same ones whatever their order; sorted."""
    if len(texts) <= most:
        return sorted(texts)
    return sorted(sorted(texts, key=lambda t: (key(t), t))[:most])


def _mixed(
    own: Probabilities,
    current: Probabilities,
    near: NDArray[np.int64],
    weight: FloatArray,
    close: float = CLOSE,
) -> Probabilities:
    near_enough = np.maximum(weight, 1e-6).astype(np.float64)
    # Far neighbours say little: a comment's code is its own rather than its company's.
    trust = SPREAD * np.minimum(1.0, near_enough.mean(axis=1, keepdims=True) / close)
    share = near_enough / near_enough.sum(axis=1, keepdims=True)
    around = np.zeros_like(own)
    for j in range(near.shape[1]):
        around += share[:, j : j + 1] * current[near[:, j]]
    return np.asarray((1 - trust) * own + trust * around)


def _unit(row: NDArray[np.float64] | FloatArray) -> FloatArray:
    length = float(np.sqrt((row.astype(np.float64) ** 2).sum()))
    return np.asarray(row / max(length, 1e-9), dtype=np.float32)
