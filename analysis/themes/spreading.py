"""Spread codes over nearest texts (Zhou et al. 2004), the less the further the neighbours are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.themes.graph import nearest, top

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]
Probabilities = NDArray[np.float64]

# Chosen on the development half of the open sets (docs/themes.md).
SPREAD = 0.7
CLOSE = 0.5  # mean cosine from which neighbours are trusted fully
ROUNDS = 6
NEIGHBOURS = 10
_BLOCK = 1024


def mixed(
    own: Probabilities,
    current: Probabilities,
    near: IntArray,
    weight: FloatArray,
    close: float = CLOSE,
    power: float = 1.0,
) -> Probabilities:
    """Probabilities (n, codes) after a look at neighbours.

    near, weight (n, k): positions in `current` (m, codes) and cosines, which count to the power.
    Far neighbours say little: a comment's code is its own rather than its company's.
    """
    near_enough = np.maximum(weight, 1e-6).astype(np.float64)
    trust = SPREAD * np.minimum(1.0, near_enough.mean(axis=1, keepdims=True) / close)
    share = near_enough**power
    share /= share.sum(axis=1, keepdims=True)
    around = np.zeros_like(own)
    for j in range(near.shape[1]):
        around += share[:, j : j + 1] * current[near[:, j]]
    return np.asarray((1 - trust) * own + trust * around)


def spread(rows: FloatArray, own: Probabilities, held: IntArray) -> Probabilities:
    """Probabilities (n, codes) of unit rows (n, d) after some rounds; those held keep theirs."""
    near, weight = nearest(rows, NEIGHBOURS)
    current = own
    for _ in range(ROUNDS if near.shape[1] else 0):
        current = mixed(own, current, near, weight)
        current[held] = own[held]
    return current


def seen_from(
    rows: FloatArray, own: Probabilities, anchors: FloatArray, known: Probabilities
) -> Probabilities:
    """Probabilities (n, codes) of rows from the nearest anchors (m, d) whose codes are known."""
    out = own.copy()
    k = min(NEIGHBOURS, len(anchors))
    for start in range(0, len(rows) if k else 0, _BLOCK):
        block = slice(start, start + _BLOCK)
        at, weight = top(np.round(rows[block] @ anchors.T, 4), k)
        out[block] = mixed(own[block], known, at, weight)
    return out
