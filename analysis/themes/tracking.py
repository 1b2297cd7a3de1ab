"""Identity of themes over months: what is the same, new, split, merged, faded.

Each month is read twice: every text goes to the known theme whose examples are nearest, and the
month is grouped afresh as if nothing were known. Where both readings agree, a theme lives on.
A fresh group of texts unlike all known themes is new; a theme many of whose texts gather around
something it never said is split; two themes that share one fresh group are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.themes.graph import centroids
from analysis.themes.theme import Fate, Memory

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

EXEMPLARS = 24
VOTERS = 5
NOVEL_SHARE = 0.5
SOLID = 1.5  # times the least size of a theme that a new one must have: a few odd texts are none
CLEARLY = 0.05  # cosine by which a new group is closer to itself than to any known theme
SPLIT_MARGIN = 0.1  # months are small: two halves of one theme must be far apart to be two
MAX_COMPARED = 2000
STRANGE = 0.2  # share of a theme's texts, unlike all it was, from which it may have parted
_ROUNDS = 5
PART = 0.3  # a part of a split holds at least this share of the theme
PURE = 0.7  # and is made of it to at least this share
GROWN, FADED = 1.5, 1 / 1.5
FORGET_AFTER = 12  # months unseen


@dataclass
class Matching:
    """labels: position in `memories` per row, or len(memories) + j for new group j.

    split: position of the parent → positions of new groups; merged: position kept → positions
    that went into it.
    """

    labels: IntArray
    new_groups: int
    split: dict[int, list[int]] = field(default_factory=dict)
    merged: dict[int, list[int]] = field(default_factory=dict)


def exemplars_of(rows: FloatArray, count: int = EXEMPLARS) -> FloatArray:
    """Rows that cover a theme: the most central, then each time the one least covered (n, d)."""
    if len(rows) <= count:
        return rows.copy()
    centre = rows.mean(axis=0)
    chosen = [int(np.argmax(np.round(rows @ centre, 4)))]
    covered = rows @ rows[chosen[0]]
    # The outermost tenth is noise more often than a corner of the theme.
    inner = np.round(rows @ centre, 4) >= np.quantile(np.round(rows @ centre, 4), 0.1)
    while len(chosen) < count:
        gap = np.where(inner, np.round(covered, 4), 2.0)
        nxt = int(np.argmin(gap))
        chosen.append(nxt)
        covered = np.maximum(covered, rows @ rows[nxt])
        covered[nxt] = 2.0
    return rows[chosen]


def closeness(rows: FloatArray, memories: Sequence[Memory]) -> FloatArray:
    """(n, themes): cosine to the centre and mean cosine to the nearest five examples, halves."""
    out = np.zeros((len(rows), len(memories)), dtype=np.float32)
    for column, memory in enumerate(memories):
        known = memory.rows()
        near = np.sort(rows @ known.T, axis=1)[:, -min(VOTERS, len(known)) :].mean(axis=1)
        out[:, column] = 0.5 * near + 0.5 * (rows @ memory.centre)
    return np.round(out, 4)


def cohesion(rows: FloatArray) -> FloatArray:
    """(n,): `closeness` of each row to the group of all the others, itself left out."""
    n = len(rows)
    if n < 2:
        return np.zeros(n, dtype=np.float32)
    similar = rows @ rows.T
    np.fill_diagonal(similar, -2.0)
    near = np.sort(similar, axis=1)[:, -min(VOTERS, n - 1) :].mean(axis=1)
    others = rows.sum(axis=0)[None, :] - rows
    lengths = np.maximum(np.sqrt((others**2).sum(axis=1)), 1e-9)
    middle = (rows * others).sum(axis=1) / lengths
    return np.asarray(np.round(0.5 * near + 0.5 * middle, 4), dtype=np.float32)


def low_mark(rows: FloatArray) -> float:
    """Closeness to the others that nineteen in twenty of a theme's texts reach."""
    rows = rows[:MAX_COMPARED]
    return float(np.quantile(cohesion(rows), 0.05)) if len(rows) > 1 else 0.0


def match(rows: FloatArray, fresh: IntArray, memories: Sequence[Memory], min_size: int) -> Matching:
    """Join a month's fresh groups (n,) of its rows (n, d) to the known themes."""
    near = closeness(rows, memories)
    labels = np.argmax(near, axis=1).astype(np.int64)
    low = np.array([m.low for m in memories], dtype=np.float32)
    novel = np.all(near < low[None, :], axis=1)
    result = Matching(labels, 0)
    _find_new(result, rows, fresh, novel, near.max(axis=1), len(memories), min_size)
    _find_splits(result, rows, memories, min_size)
    _find_merges(result, rows, fresh, memories, min_size)
    return result


def _find_new(
    result: Matching,
    rows: FloatArray,
    fresh: IntArray,
    novel: NDArray[np.bool_],
    best: FloatArray,
    known: int,
    min_size: int,
) -> None:
    """Fresh groups mostly unlike what is known, and clearly closer to themselves."""
    for group in range(int(fresh.max(initial=-1)) + 1):
        inside = fresh == group
        if inside.sum() < SOLID * min_size or novel[inside].mean() < NOVEL_SHARE:
            continue
        own = cohesion(rows[inside][:MAX_COMPARED]).mean()
        if own > best[inside].mean() + CLEARLY:
            result.labels[inside] = known + result.new_groups
            result.new_groups += 1


def _find_splits(
    result: Matching,
    rows: FloatArray,
    memories: Sequence[Memory],
    min_size: int,
) -> None:
    """A theme parts when many of its texts are unlike all it was, and like each other.

    A theme that has always had two sides has not parted. The part that is like before keeps the
    id, the other gets a new one.
    """
    known = len(memories)
    for position, memory in enumerate(memories):
        mine = np.flatnonzero(result.labels == position)
        if len(mine) < 4 * min_size or memory.pinned:
            continue
        part = _strange_part(rows[mine], memory)
        least = max(2 * min_size, PART * len(mine))
        if part.sum() < least or (~part).sum() < least:
            continue
        masks = [np.isin(np.arange(len(rows)), mine[side]) for side in (part, ~part)]
        if not _apart(rows, masks, SPLIT_MARGIN):
            continue
        result.labels[mine[part]] = known + result.new_groups
        result.split[position] = [known + result.new_groups]
        result.new_groups += 1


def _strange_part(rows: FloatArray, memory: Memory) -> NDArray[np.bool_]:
    """Which of a theme's rows (n, d) gather around those unlike its examples; none if few are."""
    strange = closeness(rows, [memory])[:, 0] < memory.low
    part = np.zeros(len(rows), dtype=bool)
    if strange.sum() < max(STRANGE * len(rows), 3):
        return part
    part = strange
    for _ in range(_ROUNDS):
        if part.all() or not part.any():
            break
        here = centroids(rows, np.where(part, 0, 1).astype(np.int64), 2)
        part = np.round(rows @ here[0], 4) > np.round(rows @ here[1], 4)
    return np.asarray(part)


def _find_merges(
    result: Matching,
    rows: FloatArray,
    fresh: IntArray,
    memories: Sequence[Memory],
    min_size: int,
) -> None:
    """Two themes that lie in one fresh group and are not apart: the older one lives on."""
    known = len(memories)
    home: dict[int, list[int]] = {}
    for position in range(known):
        mine = result.labels == position
        if mine.sum() < min_size or position in result.split or memories[position].pinned:
            continue
        counts = np.bincount(fresh[mine])
        if counts.max() >= PURE * mine.sum():
            home.setdefault(int(np.argmax(counts)), []).append(position)
    for group, positions in home.items():
        together = sum(int((result.labels == p).sum()) for p in positions)
        if len(positions) < 2 or together < PURE * int((fresh == group).sum()):
            continue
        if _apart(rows, [result.labels == p for p in positions]):
            continue
        keeper = min(positions, key=lambda p: memories[p].id)
        for position in positions:
            if position != keeper:
                result.labels[result.labels == position] = keeper
                result.merged.setdefault(keeper, []).append(position)


def _apart(rows: FloatArray, masks: list[NDArray[np.bool_]], margin: float = 0.0) -> bool:
    """Whether groups are further from each other than their members from their own centre.

    margin: by how much (cosine).
    """
    labels = np.full(len(rows), -1, dtype=np.int64)
    for i, mask in enumerate(masks):
        labels[mask] = i
    centres = centroids(rows, labels, len(masks))
    within = np.mean([float((rows[m] @ centres[i]).mean()) for i, m in enumerate(masks)])
    between = centres @ centres.T
    highest = float(np.max(between[np.triu_indices(len(masks), 1)]))
    return bool(highest < within - margin)


def fate_of(before: int, after: int, expected: float) -> Fate:
    """Same, grown or faded by a factor 1.5 against `expected` texts (before, times the ratio of
    the months' sizes), when the two are more than counting noise apart.
    """
    noise = 2 * np.sqrt(max(expected + after, 1.0))
    if after > GROWN * expected and after - expected > noise:
        return Fate.GROWN
    if after < FADED * expected and expected - after > noise:
        return Fate.FADED
    return Fate.SAME if after or not before else Fate.FADED
