"""What belongs together whatever a partition says: near-duplicates, and groups not apart.

A community method cuts every graph into parts, even one of 25 times the same sentence. So
near-duplicates are one node before it, and groups whose members are about as near to each other
as to their own are joined after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.themes.embedding import common_words
from analysis.themes.graph import nearest
from analysis.themes.louvain import relabel

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

# Chosen on the development half of the open sets (docs/themes.md).
DUPLICATE = 0.92  # cosine from which two texts are one node of the graph
APART = 0.7  # groups are joined from this share of their own closeness on
ALONE = 0.5  # closeness to itself that a group of one is credited with
_MIN_KEPT = 3  # words beside names and figures that make two texts the same
_MASK = "#"
_WORD = re.compile(r"\w+")
_MAX_COMPARED = 6000
_LOOKED_AT = 30  # nearest texts among which duplicates are sought


def duplicates(rows: FloatArray, twins: IntArray | None = None) -> IntArray:
    """Group per unit row (n, d): 0…c−1, one for each set of near-duplicates.

    twins (n,): a number per text, equal for texts known to be the same but for a name or figure.
    """
    n = len(rows)
    head = tail = np.zeros(0, dtype=np.int64)
    if n <= _MAX_COMPARED:  # beyond, micro-clusters hold the like together
        near, similar = nearest(rows, _LOOKED_AT)
        head, rank = np.nonzero(similar >= DUPLICATE)
        tail = near[head, rank]
    if twins is not None:
        _, first, inverse = np.unique(twins, return_index=True, return_inverse=True)
        head, tail = np.append(head, np.arange(n)), np.append(tail, first[inverse])
    alike = sparse.csr_matrix((np.ones(len(head)), (head, tail)), shape=(n, n))
    return relabel(connected_components(alike, directed=False)[1].astype(np.int64))


def twins_of(texts: Sequence[str]) -> IntArray:
    """A number per text, equal for those that differ by figures and names only."""
    at: dict[tuple[str, ...], int] = {}
    out = []
    for i, text in enumerate(texts):
        mask = _masked(text)
        kept = sum(word != _MASK for word in mask)
        telling = kept >= _MIN_KEPT and 2 * kept >= len(mask)
        out.append(at.setdefault(mask if telling else (_MASK, str(i)), i))
    return np.array(out, dtype=np.int64)


def _masked(text: str) -> tuple[str, ...]:
    """Words in lower case; one mark for each run of figures and of capitalised unusual words."""
    common = common_words()
    out: list[str] = []
    for word in _WORD.findall(text):
        lower = word.lower()
        odd = lower not in common and len(lower) > 1
        masked = any(c.isdigit() for c in word) or (word[0].isupper() and odd)
        if not (masked and out and out[-1] == _MASK):
            out.append(_MASK if masked else lower)
    return tuple(out)


def join_close(rows: FloatArray, labels: IntArray) -> IntArray:
    """Join groups (labels 0…c−1 of the unit rows) that are not apart, the closest first."""
    labels = relabel(labels)
    count = int(labels.max(initial=-1)) + 1
    sums, sizes, own = _figures(rows, labels, count)
    between = sums @ sums.T
    alive = list(range(count))
    while len(alive) > 1:
        cross = between[np.ix_(alive, alive)] / np.outer(sizes[alive], sizes[alive])
        within = np.array([own[g] for g in alive])
        ratio = cross / np.maximum((within[:, None] + within[None, :]) / 2, 1e-6)
        ratio[np.tril_indices(len(alive))] = -1.0
        at = int(np.argmax(np.round(ratio, 4)))
        if ratio.flat[at] < APART:
            break
        keep, gone = alive[at // len(alive)], alive[at % len(alive)]
        labels = np.where(labels == gone, keep, labels)
        between[keep] += between[gone]
        between[:, keep] += between[:, gone]
        # The parts' own closeness, not that of the joined, or every joining would ease the next.
        own[keep] = (sizes[keep] * own[keep] + sizes[gone] * own[gone]) / sizes[[keep, gone]].sum()
        sizes[keep] += sizes[gone]
        alive.remove(gone)
    return relabel(labels)


def _figures(
    rows: FloatArray, labels: IntArray, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[float]]:
    sums = np.zeros((count, rows.shape[1]))
    np.add.at(sums, labels, rows)
    sums = np.round(sums, 4)
    sizes = np.bincount(labels, minlength=count).astype(np.float64)
    own = [_closeness(float(s @ s), n) for s, n in zip(sums, sizes, strict=True)]
    return sums, sizes, own


def _closeness(squared: float, size: float) -> float:
    """Mean cosine of a group's members with each other, from its sum's squared length."""
    return ALONE if size < 2 else (squared - size) / (size * (size - 1))
