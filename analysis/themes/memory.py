"""How themes are remembered: from one month to the next, and after HR's corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.themes.corrections import Correction, CorrectionError, Kind
from analysis.themes.discovery import consensus
from analysis.themes.graph import centroids
from analysis.themes.month import Month
from analysis.themes.theme import Change, Fate, Memory
from analysis.themes.tracking import (
    FORGET_AFTER,
    Matching,
    exemplars_of,
    fate_of,
    low_mark,
    match,
)
from analysis.themes.views import cause_of

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

_KEEP = 0.6  # weight of what was known against this month's centre
_SAME_TEXT = 0.995  # cosine from which a text counts as the one that HR moved


@dataclass(frozen=True, slots=True)
class Plan:
    """The memories after a month, the next free id, and the changes."""

    memories: list[Memory]
    next_id: int
    changes: list[Change]


def follow(
    month: Month, fresh: IntArray, memories: Sequence[Memory], next_id: int, min_size: int
) -> Plan:
    """Give every text of the month a theme id (into `month.ids`) and update the memories."""
    if memories:
        joined = match(month.rows, fresh, memories, min_size)
        _obey(month, joined.labels, memories)
    else:
        joined = Matching(fresh, int(fresh.max(initial=-1)) + 1)
    before = [m.size for m in memories]
    born = [next_id + j for j in range(joined.new_groups)]
    ids = np.array([*(m.id for m in memories), *born], dtype=np.int64)
    month.ids = ids[joined.labels]
    counts = _sizes(month, ids)
    alive = [_aged(month, m, counts[i]) for i, m in enumerate(memories)]
    alive += [_born(month, i, counts[len(memories) + j]) for j, i in enumerate(born)]
    gone = {p for parts in joined.merged.values() for p in parts}
    changes = _changes(joined, ids, before, counts, len(memories))
    for keeper, parts in joined.merged.items():
        for p in parts:
            alive[keeper].held.extend(memories[p].held)
    kept = [m for i, m in enumerate(alive) if i not in gone and m.months_unseen <= FORGET_AFTER]
    return Plan(kept, next_id + len(born), changes)


def _obey(month: Month, labels: IntArray, memories: Sequence[Memory]) -> None:
    """Texts that HR moved stay where they were put."""
    for position, memory in enumerate(memories):
        for row in memory.held:
            same = month.rows @ row > _SAME_TEXT
            labels[same] = position
            month.moved |= same


def _sizes(month: Month, ids: IntArray) -> list[int]:
    counts = month.counts()
    return [int(counts[month.ids == i].sum()) for i in ids]


def _born(month: Month, theme_id: int, size: int) -> Memory:
    mine = month.rows[month.ids == theme_id]
    memory = Memory(
        id=theme_id,
        centre=_centre(mine),
        exemplars=exemplars_of(mine),
        low=0.0,
        name="",
        cause=cause_of(month, theme_id),
        sizes=[size],
    )
    memory.low = low_mark(mine)
    return memory


def _aged(month: Month, memory: Memory, size: int) -> Memory:
    """The memory after a month in which `size` texts were in it."""
    memory.sizes = [*memory.sizes, size][-36:]
    if not size:
        memory.months_unseen += 1
        return memory
    mine = month.rows[month.ids == memory.id]
    memory.months_unseen = 0
    memory.centre = _centre(np.stack([_KEEP * memory.centre, (1 - _KEEP) * _centre(mine)]))
    memory.exemplars = exemplars_of(np.vstack([memory.exemplars, mine]))
    memory.low = _KEEP * memory.low + (1 - _KEEP) * low_mark(mine)
    memory.cause = cause_of(month, memory.id) or memory.cause
    return memory


def _changes(
    joined: Matching, ids: IntArray, before: list[int], after: list[int], known: int
) -> list[Change]:
    child_of = {c: p for p, children in joined.split.items() for c in children}
    into = {p: k for k, parts in joined.merged.items() for p in parts}
    scale = sum(after) / max(sum(before), 1)
    out = []
    for position, theme in enumerate(ids):
        related: tuple[int, ...] = ()
        was = before[position] if position < known else 0
        if position in child_of:
            fate, related = Fate.SPLIT, (int(ids[child_of[position]]),)
        elif position >= known:
            fate = Fate.NEW
        elif position in joined.split:
            fate, related = Fate.SPLIT, tuple(int(ids[c]) for c in joined.split[position])
        elif position in joined.merged:
            fate, related = Fate.MERGED, tuple(int(ids[p]) for p in joined.merged[position])
        elif position in into:
            fate, related = Fate.MERGED, (int(ids[into[position]]),)
        else:
            fate = fate_of(was, after[position], was * scale)
        out.append(Change(int(theme), fate, was, after[position], related))
    return out


def _centre(rows: FloatArray) -> FloatArray:
    return np.asarray(centroids(rows, np.zeros(len(rows), dtype=np.int64), 1)[0])


def apply(
    correction: Correction,
    memories: list[Memory],
    month: Month | None,
    next_id: int,
    seed: int,
    row: FloatArray | None = None,
) -> int:
    """Carry out a correction on memories and month; returns the next free id.

    row: (d,) vector of a moved text that is not of this month. Raises CorrectionError.
    """
    theme = _find(memories, correction.theme)
    match correction.kind:
        case Kind.RENAME:
            if not correction.name or not correction.name.strip():
                raise CorrectionError("A theme needs a name.")
            theme.given_name = correction.name.strip()
        case Kind.PIN:
            theme.pinned = True
        case Kind.DISMISS:
            theme.dismissed = True
        case Kind.MOVE:
            _move(theme, correction.text, memories, month, row)
        case Kind.MERGE:
            _merge(theme, [_find(memories, o) for o in correction.others], memories, month)
        case Kind.SPLIT:
            return _split(theme, memories, month, next_id, seed)
        case _:
            raise CorrectionError(f"“{correction.kind}” does not concern a theme.")
    return next_id


def _find(memories: Sequence[Memory], theme: int | None) -> Memory:
    for memory in memories:
        if memory.id == theme:
            return memory
    raise CorrectionError(f"There is no theme {theme}.")


def _move(
    theme: Memory,
    text: str | None,
    memories: Sequence[Memory],
    month: Month | None,
    row: FloatArray | None,
) -> None:
    at = month.unique.index(text) if month is not None and text in month.unique else None
    if month is not None and at is not None:
        row = month.rows[at]
    if row is None or not row.any():
        raise CorrectionError("Only a comment with words can be moved.")
    for memory in memories:
        memory.held = [r for r in memory.held if float(r @ row) <= _SAME_TEXT]
        near = memory.exemplars @ row > _SAME_TEXT
        if len(memory.exemplars) > 1:
            memory.exemplars = memory.exemplars[~near] if not near.all() else memory.exemplars
    theme.held.append(row)
    if month is not None and at is not None:
        _recount(month, memories, at, theme.id)


def _recount(month: Month, memories: Sequence[Memory], at: int, theme_id: int) -> None:
    month.ids[at] = theme_id
    month.moved[at] = True
    for memory in memories:
        if memory.sizes:
            memory.sizes[-1] = _sizes(month, np.array([memory.id]))[0]


def _merge(
    theme: Memory, others: list[Memory], memories: list[Memory], month: Month | None
) -> None:
    if not others or theme in others:
        raise CorrectionError("To merge, name a theme and at least one other.")
    rows = np.vstack([theme.exemplars, *(o.exemplars for o in others)])
    weights = [theme, *others]
    theme.centre = _centre(np.stack([m.centre * max(m.size, 1) for m in weights]))
    theme.exemplars = exemplars_of(rows)
    # The new middle lies between the parts, further from each than their own was.
    theme.low = min(low_mark(rows), *(m.low for m in weights))
    theme.pinned = True  # what a person joined, no month parts
    theme.sizes = [*theme.sizes[:-1], sum(m.size for m in weights)]
    for other in others:
        theme.held.extend(other.held)
        memories.remove(other)
        if month is not None:
            month.ids[month.ids == other.id] = theme.id


def _split(
    theme: Memory, memories: list[Memory], month: Month | None, next_id: int, seed: int
) -> int:
    mine = np.flatnonzero(month.ids == theme.id) if month is not None else np.zeros(0, dtype=int)
    if month is None or len(mine) < 4:
        raise CorrectionError("This theme has too few comments to split.")
    parts = consensus(month.rows[mine], seed)
    if parts.max() == 0:
        raise CorrectionError("This theme does not fall into parts.")
    largest = int(np.argmax(np.bincount(parts)))
    rest = [p for p in range(int(parts.max()) + 1) if p != largest]
    for part in rest:
        month.ids[mine[parts == part]] = next_id
        memories.append(_born(month, next_id, _sizes(month, np.array([next_id]))[0]))
        next_id += 1
    kept = _born(month, theme.id, _sizes(month, np.array([theme.id]))[0])
    theme.centre, theme.exemplars, theme.low = kept.centre, kept.exemplars, kept.low
    theme.sizes = [*theme.sizes[:-1], kept.size]
    return next_id
