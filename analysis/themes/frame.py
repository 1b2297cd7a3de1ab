"""What is known of a frame before any neighbour is asked: prototypes, told texts, a regression.

A code's prototype is the mean of what describes it, plus the texts that people gave it (each
label counts once, the description twice). The nearest seeds and labels vote beside it. As labels
accumulate, a logistic regression on them takes over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.themes.codebook import OTHER, Code, Codebook
from analysis.themes.features import Features
from analysis.themes.graph import top
from analysis.themes.lexicon import elsewhere
from analysis.themes.spreading import mixed

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

FloatArray = NDArray[np.float32]
Probabilities = NDArray[np.float64]

# Chosen on the development half of the open sets (docs/themes.md).
SHARPNESS = 20.0
TOLD = 5  # nearest seeds and labels that vote
MANY_TOLD = 5.0  # seeds and labels a code from which their votes count half
NEAREST_TOLD = 3.0  # power of the cosine that weighs them
CLOSE_TOLD = 0.25  # mean cosine from which these votes are trusted fully
MANY_LABELS = 10.0  # labels a code from which a regression on them counts half
RIDGE = 0.1  # on the squared weights of that regression, against the sum of the texts' losses
TOLERANCE = 1e-6  # of its gradient: probabilities are then sure to three digits
DESCRIPTION_WEIGHT = 2.0
EXCLUDES_WEIGHT = 0.2
CLOSEST = 2  # sentences of the frame, and from elsewhere, whose mean closeness is compared
FURTHER = 0.05  # how much closer elsewhere must be


class Frame:
    """A codebook, and labels, as rows of given features.

    codes: the codebook's names, "other" included. pairs: (text, code) that people gave.
    spoken: languages of the corpus; descriptions in others are left out.
    """

    def __init__(
        self,
        codebook: Codebook,
        codes: Sequence[str],
        features: Features,
        pairs: Sequence[tuple[str, str]],
        spoken: set[str],
    ) -> None:
        self.codebook, self.codes, self.features = codebook, tuple(codes), features
        self.pairs, self.spoken = list(pairs), spoken
        self._make_prototypes()
        self._remember_told()
        self._elsewhere = features.transform(elsewhere())
        self._regression = self._learned()

    def proba(self, rows: FloatArray) -> tuple[Probabilities, Probabilities]:
        """Probabilities (n, codes) from prototypes and told texts, and the best cosine (n,)."""
        similar = np.full((len(rows), len(self.codes)), -1.0)
        scores = np.round(rows @ self._prototypes.T, 4).astype(np.float64)
        for column, owner in enumerate(self._owners):
            similar[:, owner] = np.maximum(similar[:, owner], scores[:, column])
        best = similar.max(axis=1, initial=-1.0)
        raised = np.exp(SHARPNESS * (similar - best[:, None]))
        raised[similar <= -1.0] = 0.0
        proba = raised / raised.sum(axis=1, keepdims=True)
        if len(self._told_rows):
            at, weight = top(np.round(rows @ self._told_rows.T, 4), TOLD)
            votes = mixed(proba, self._told_proba, at, weight, CLOSE_TOLD, NEAREST_TOLD)
            proba = (1 - self._told_trust) * proba + self._told_trust * votes
        return proba, best

    def learned(self, rows: FloatArray, proba: Probabilities) -> Probabilities:
        """Probabilities (n, codes) blended with what the regression on labels says."""
        if self._regression is None:
            return proba
        trust, model = self._regression
        out = (1 - trust) * proba
        out[:, model.classes_] += trust * model.predict_proba(rows.astype(np.float64))
        return np.asarray(out)

    def is_elsewhere(self, rows: FloatArray, best: Probabilities) -> NDArray[np.bool_]:
        """(n,) whether everyday sentences about other things are clearly closer than the frame."""
        near = best if not len(self._told_rows) else closest(rows, self._told_rows)
        inside = np.maximum(near, best)
        return np.asarray(closest(rows, self._elsewhere) > inside + FURTHER)

    def _make_prototypes(self) -> None:
        """One prototype per code and language it is described in; labels join all of a code's."""
        labelled: dict[str, list[str]] = {}
        for text, code in self.pairs:
            labelled.setdefault(code, []).append(text)
        rows: list[FloatArray] = []
        owners: list[int] = []
        for position, name in enumerate(self.codes):
            known = name in self.codebook.code_names
            descriptions = self._descriptions(self.codebook[name]) if known else []
            mine = labelled.get(name, [])
            told = self.features.transform(mine).sum(axis=0) if mine else 0.0
            if mine and not descriptions:
                descriptions = [np.zeros(self.features.dimension, dtype=np.float32)]
            rows += [_unit(row + told) for row in descriptions]
            owners += [position] * len(descriptions)
        self._prototypes = np.stack(rows)
        self._owners = np.asarray(owners)

    def _remember_told(self) -> None:
        """Seeds and labelled texts, whose codes are known for sure; a label overrules a seed."""
        seeds = {s: c.code for c in self.codebook.codes for s in c.examples(self.spoken)}
        told = seeds | dict(self.pairs)
        self._told_rows = self.features.transform(sorted(told))
        per_code = len(told) / max(1, len(set(told.values())))
        self._told_trust = per_code / (per_code + MANY_TOLD)
        self._told_proba = np.zeros((len(told), len(self.codes)))
        for i, text in enumerate(sorted(told)):
            self._told_proba[i, self.codes.index(told[text])] = 1.0

    def _learned(self) -> tuple[float, LogisticRegression] | None:
        """Trust in a regression on labels and names, and the regression over codes' positions."""
        if not self.pairs:
            return None
        named = [(c.name, c.code) for c in self.codebook.codes if c.code != OTHER and c.name]
        texts, codes = zip(*self.pairs, *named, strict=True)
        if len(set(codes)) == 1:
            return None  # nothing to tell apart
        classes = [self.codes.index(code) for code in codes]
        model = regression(self.features.transform(texts), classes)
        per_code = len(self.pairs) / max(1, len(self.codebook.codes))
        return per_code / (per_code + MANY_LABELS), model

    def _descriptions(self, code: Code) -> list[FloatArray]:
        """Summed rows of what describes a code, one per language, English first.

        A seed weighs as much as a label; name, definition and what belongs weigh two together.
        """
        out = []
        for language in ["en", *sorted(set(code.seeds) & self.spoken - {"en"})]:
            seeds = list(code.seeds.get(language, ()))
            total = self.features.transform(seeds).sum(axis=0)
            if language == "en" and code.code != OTHER:  # "anything else" describes nothing
                parts = [p for p in ((code.name,), (code.definition,), code.includes) if any(p)]
                means = [_unit(self.features.transform(list(p)).mean(axis=0)) for p in parts]
                total = total + DESCRIPTION_WEIGHT * _unit(np.sum(means, axis=0))
            if language == "en" and code.excludes:
                apart = self.features.transform(list(code.excludes)).mean(axis=0)
                total = _unit(total) - EXCLUDES_WEIGHT * _unit(apart)
                total = total * (DESCRIPTION_WEIGHT + len(seeds) / 2)
            if np.any(total):
                out.append(total)
        return out


def regression(rows: FloatArray, classes: Sequence[int]) -> LogisticRegression:
    """A logistic regression fitted on unit rows (n, d) of at least two classes (n,).

    It minimises the sum of the texts' losses + RIDGE / 2 × the squared weights of all classes.
    """
    # 46 MB and half a second, which only an installation with labels pays.
    from sklearn.linear_model import LogisticRegression

    # Over two classes scikit-learn has one weight vector instead of two opposite ones.
    strength = (2 if len(set(classes)) == 2 else 1) / RIDGE
    model = LogisticRegression(C=strength, tol=TOLERANCE, max_iter=200)
    model.fit(rows.astype(np.float64), np.asarray(classes))
    return model


def closest(rows: FloatArray, known: FloatArray) -> Probabilities:
    """(n,) mean cosine of each row (n, d) to its nearest known rows (m, d)."""
    similar = np.round(rows @ known.T, 4).astype(np.float64)
    return np.asarray(np.sort(similar, axis=1)[:, -CLOSEST:].mean(axis=1))


def described(code: Code, languages: set[str] | None = None) -> list[str]:
    """Everything that describes a code in words, of the given languages (all by default)."""
    return [p for p in (code.name, code.definition, *code.includes, *code.examples(languages)) if p]


def _unit(row: NDArray[np.float64] | FloatArray) -> FloatArray:
    length = float(np.sqrt((row.astype(np.float64) ** 2).sum()))
    return np.asarray(row / max(length, 1e-9), dtype=np.float32)
