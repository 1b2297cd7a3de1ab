"""Random organisations for the attackers: people move, teams merge, answers are erased.

Opinions do not change from wave to wave, which is the attacker's best case: then two waves of one
team differ only by who was in them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.release import (
    Cell,
    CellKey,
    Release,
    ReleaseRefused,
    Rule,
    Withheld,
    nearest_change,
    release,
)
from analysis.measurement.instrument import CORE, EXTRA
from analysis.measurement.scoring import Ratings

KEYS: Final = (*CORE, *EXTRA[:2])
CODES: Final = tuple(item.code for item in KEYS)
REVERSE: Final = np.array([item.reverse for item in KEYS])

Seen = tuple[Cell, frozenset[int], Release]
"""A released cell, its roster, and the release; `cell.ratings.rows` are the real people."""


@dataclass(slots=True)
class Habits:
    """What one world is like."""

    response: float
    skipping: float
    moving: float
    joining: float
    replacing: float
    merging: bool
    erasing: bool
    splitting: bool
    reopening: bool


def random_world(seed: int, rule: Rule | None = None) -> list[Seen]:
    """Every cell that one random organisation released over its waves.

    The organisation also tries what the rule forbids: to release a part of a team beside the
    whole, a wave again after an erasure, with late answers, or in another grouping. A refusal is
    accepted and the world goes on.
    """
    return World(np.random.default_rng(seed), rule or Rule()).run()


class World:
    """One organisation: `opinion` has shape (people, targets, items), answers 1..5."""

    def __init__(self, rng: np.random.Generator, rule: Rule) -> None:
        self.rng, self.rule = rng, rule
        self.habits = Habits(
            float(rng.choice([1.0, 1.0, 0.9, 0.75])),
            float(rng.choice([0.0, 0.03, 0.1])),
            float(rng.choice([0.0, 0.02, 0.08])),
            float(rng.choice([0.0, 0.02, 0.08])),
            float(rng.choice([0.0, 0.1])),
            *(bool(rng.random() < 0.5) for _ in range(4)),
        )
        sizes = rng.integers(3, 15, int(rng.integers(2, 5)))
        self.count = int(sizes.sum())
        starts = np.split(np.arange(self.count), sizes.cumsum()[:-1])
        self.teams = {f"T{number}": set(map(int, who)) for number, who in enumerate(starts)}
        self.targets = tuple(self.teams)
        self.opinion = self._opinions(200)
        self.history: list[Release] = []
        self.seen: list[Seen] = []
        self.published: dict[tuple[str, str], list[frozenset[int]]] = {}

    def run(self) -> list[Seen]:
        """Three to five waves; returns what was released."""
        for wave in range(int(self.rng.integers(3, 6))):
            if wave:
                self._move()
            if self.habits.merging:
                self._merge()
            self._hold(wave)
        return self.seen

    def _opinions(self, people: int) -> NDArray[np.float64]:
        """Each team is seen in one of a few ways: mixed, of one mind, or nearly unanimous."""
        shape = (people, len(self.targets), len(CODES))
        drawn = self.rng.integers(1, 6, shape)
        for target in range(shape[1]):
            kind = int(self.rng.integers(5))
            if kind in (1, 2):
                end = np.where(REVERSE, 1, 5) if kind == 1 else np.where(REVERSE, 5, 1)
                dissent = self.rng.random((people, 1)) < 0.1
                drawn[:, target] = np.where(dissent, 6 - end, end)
            elif kind == 3:
                same = self.rng.integers(2, 5, shape[2])
                wobble = self.rng.integers(-1, 2, (people, shape[2]))
                wobble[self.rng.random((people, shape[2])) < 0.8] = 0
                drawn[:, target] = np.clip(same + wobble, 1, 5)
        return drawn.astype(np.float64)

    def _move(self) -> None:
        names = list(self.teams)
        for name in names:
            for person in sorted(self.teams[name]):
                if self.rng.random() < self.habits.moving:
                    self.teams[name].discard(person)
                    if self.rng.random() < 0.5:
                        self.teams[names[int(self.rng.integers(len(names)))]].add(person)
            hired = int(self.rng.binomial(len(self.teams[name]) + 1, self.habits.joining))
            for person in sorted(self.teams[name]):
                if self.rng.random() < self.habits.replacing:
                    self.teams[name].discard(person)
                    hired += 1
            self.teams[name] |= set(range(self.count, self.count + hired))
            self.count += hired

    def _merge(self) -> None:
        """Rule 9: a team that is too small joins a neighbour before the wave opens."""
        for name in [name for name, who in self.teams.items() if len(who) < self.rule.roster]:
            if len(self.teams) > 2:
                who = self.teams.pop(name)
                self.teams[next(iter(self.teams))] |= who

    def _hold(self, wave: int) -> None:
        cells, rosters = [], []
        for rater, roster in self.teams.items():
            present = [p for p in sorted(roster) if self.rng.random() < self.habits.response]
            for target in self.targets[:2]:
                if target != rater and present:
                    cells.append(self._cell(rater, target, wave, present, roster))
                    rosters.append(frozenset(roster))
        split = self.habits.splitting and bool(cells)
        if not (split and self._try([*cells, self._part(cells[-1])], [*rosters, rosters[-1]])):
            self._try(cells, rosters)
        if self.habits.erasing and cells:
            chosen = int(self.rng.integers(len(cells)))
            self._try([self._erased(cells[chosen])], [rosters[chosen]])
        if self.habits.reopening and cells:
            self._reopen(cells, rosters)

    def _reopen(self, cells: list[Cell], rosters: list[frozenset[int]]) -> None:
        """The whole wave again: with late answers of one to three people, or regrouped."""
        late = [self._late(cell, roster) for cell, roster in zip(cells, rosters, strict=True)]
        self._try(late, rosters)
        renamed = [replace(c, key=replace(c.key, rater=f"new {c.key.rater}")) for c in late]
        self._try(renamed, rosters)

    def _late(self, cell: Cell, roster: frozenset[int]) -> Cell:
        """The cell with answers of up to three who had not answered, else one answer short."""
        silent = sorted(roster - set(cell.ratings.rows))[:3]
        if not silent:
            return _without(cell, 1)
        key = cell.key
        new = self._cell(key.rater, key.target, key.wave, silent, set(roster)).ratings
        ratings = replace(
            cell.ratings,
            values=np.vstack([cell.ratings.values, new.values]),
            rows=(*cell.ratings.rows, *new.rows),
        )
        return replace(cell, ratings=ratings)

    def _cell(
        self, rater: str, target: str, wave: int, present: list[int], roster: set[int]
    ) -> Cell:
        values = self.opinion[present, self.targets.index(target)].copy()
        values[self.rng.random(values.shape) < self.habits.skipping] = np.nan
        ratings = Ratings(CODES, tuple(map(bool, REVERSE)), values, tuple(present))
        moved = nearest_change(roster, self.published.get((rater, target), []))
        return Cell(CellKey(rater, target, wave), len(roster), ratings, *moved)

    def _part(self, cell: Cell) -> Cell:
        """The same answers again under another grouping, one to four people short."""
        key = replace(cell.key, rater=f"{cell.key.rater} north")
        return replace(_without(cell, int(self.rng.integers(1, 5))), key=key)

    def _erased(self, cell: Cell) -> Cell:
        return _without(cell, 1)

    def _try(self, cells: list[Cell], rosters: list[frozenset[int]]) -> bool:
        try:
            made = release(cells, self.history, self.rule)
        except ReleaseRefused:
            return False
        self.history.append(made)
        for cell, roster in zip(cells, rosters, strict=True):
            self.seen.append((cell, roster, made))
            key = cell.key
            if not isinstance(made.get(key.rater, key.target, key.wave), Withheld):
                self.published.setdefault((key.rater, key.target), []).append(roster)
        return True


def _without(cell: Cell, few: int) -> Cell:
    """The cell with its first few respondents missing."""
    ratings = cell.ratings
    kept = replace(ratings, values=ratings.values[few:], rows=ratings.rows[few:])
    return replace(cell, ratings=kept)
