"""Quotes that stand for a theme: central, varied, short, from both sides."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_VARIETY = 0.5
_GOOD_WORDS = (6, 30)
_CANDIDATES = 400


def pick_quotes(
    texts: Sequence[str],
    rows: FloatArray,
    count: int = 3,
    sides: Sequence[Hashable] | None = None,
) -> list[int]:
    """Indices of up to `count` texts that say best what the group says, best first.

    Parameters: texts of one theme (n); rows (n, d) their unit vectors; sides: who wrote each
    (then sides take turns as long as each has texts left). Equal texts are taken once.
    """
    if not len(texts):
        return []
    centre = rows.mean(axis=0)
    value = rows @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    value = np.round(value - np.array([_awkward(t) for t in texts], dtype=np.float32), 4)
    order = sorted(range(len(texts)), key=lambda i: (-value[i], len(texts[i]), texts[i]))
    left = _first_of_each(order, texts)[:_CANDIDATES]
    chosen: list[int] = []
    while left and len(chosen) < count:
        pool = _whose_turn(left, chosen, sides)
        best = max(pool, key=lambda i: (_gain(i, value, rows, chosen), -left.index(i)))
        chosen.append(best)
        left.remove(best)
    return chosen


def _gain(i: int, value: FloatArray, rows: FloatArray, chosen: list[int]) -> float:
    repeated = max((float(rows[i] @ rows[j]) for j in chosen), default=0.0)
    return round(float(value[i]) - _VARIETY * max(repeated, 0.0), 4)


def _awkward(text: str) -> float:
    """Penalty for texts that are too short to say something or too long to read."""
    words = len(text.split())
    low, high = _GOOD_WORDS
    if words < low:
        return 0.08 * (low - words)
    return min(0.6, 0.02 * max(0, words - high))


def _first_of_each(order: list[int], texts: Sequence[str]) -> list[int]:
    seen: set[str] = set()
    out = []
    for i in order:
        bare = " ".join(texts[i].casefold().split())
        if bare not in seen:
            seen.add(bare)
            out.append(i)
    return out


def _whose_turn(left: list[int], chosen: list[int], sides: Sequence[Hashable] | None) -> list[int]:
    if sides is None:
        return left
    had = {side: sum(sides[j] == side for j in chosen) for side in {sides[i] for i in left}}
    fewest = min(had.values())
    return [i for i in left if had[sides[i]] == fewest]
