"""Attack programs against released figures: each returns what it found out, or nothing.

They know more than any reader: who was in a team, who answered, the thresholds and this code. Only
the answers themselves are hidden from them. They never ask the methods of `Rule`, which are what is
attacked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure import release as d
from analysis.disclosure.figures import band_floor
from analysis.disclosure.rank_gate import exposed_groups, leaks
from analysis.disclosure.rule import MARGIN, MINIMUM, MOVERS_MATTER_BELOW
from analysis.lab.attack_worlds import Seen, random_world
from analysis.measurement.instrument import CAUSES
from analysis.measurement.uncertainty import PRIOR_DF, PRIOR_SD, RHO, half_width

K: Final = MINIMUM.index
NARROW: Final = MARGIN
"""A range of fewer points than this for somebody's score counts as finding it out."""


RAISED: Final = (d.Rule(), d.Rule(index=6, causes=9), d.Rule(index=8, roster=8))
"""Thresholds as organisations set them."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Leak:
    """What an attack found: its name, the cell, and how many people it concerns."""

    attack: str
    key: d.CellKey
    people: int


def attack_world(seen: Sequence[Seen], rule: d.Rule | None = None) -> list[Leak]:
    """All attacks on everything one organisation released under its (public) thresholds."""
    return [
        *small_counts(seen),
        *same_wave_sums(seen),
        *moved_few(seen),
        *everybody_answered(seen, rule or d.Rule()),
        *exchanged_few(seen, rule or d.Rule()),
        *insiders(seen),
        *of_one_mind(seen),
    ]


def attack_many(
    count: int, seed: int, progress: Callable[[int, int], None] | None = None
) -> list[Leak]:
    """Leaks in `count` random worlds; world i has the seed `seed` + i."""
    found: list[Leak] = []
    for number in range(count):
        rule = RAISED[number % len(RAISED)]
        found += attack_world(random_world(seed + number, rule), rule)
        if progress is not None:
            progress(number + 1, count)
    return found


def figures(seen: Sequence[Seen]) -> Iterator[tuple[Seen, str, d.Shown | d.Bounded]]:
    """Every figure that is not withheld, with the cell it came from."""
    for item in seen:
        key, made = item[0].key, item[2]
        for measure in d.measures(item[0].ratings):
            figure = made.get(key.rater, key.target, key.wave, measure)
            if not isinstance(figure, d.Withheld):
                yield item, measure, figure


def respondents(cell: d.Cell, measure: str = "index") -> frozenset[int]:
    """Who is in a figure, as the code that made it weighed the answers."""
    used = np.asarray(d.answer_weights(cell.ratings, measure).any(axis=1))
    return frozenset(cell.ratings.rows[i] for i in np.flatnonzero(used))


def scores(cell: d.Cell, measure: str) -> NDArray[np.float64]:
    """Each respondent's contribution to a figure, 0..100."""
    weights = d.answer_weights(cell.ratings, measure)
    used = np.asarray(weights.any(axis=1))
    return np.asarray((np.nan_to_num(cell.ratings.keyed()) * weights).sum(axis=1)[used])


def small_counts(seen: Sequence[Seen]) -> list[Leak]:
    """Figures of fewer people than was promised (rule 4)."""
    return [
        Leak("small count", item[0].key, len(respondents(item[0], measure)))
        for item, measure, _ in figures(seen)
        if len(respondents(item[0], measure)) < promised(measure, MINIMUM)
        or item[0].team_size < MINIMUM.roster
    ]


def promised(measure: str, rule: d.Rule) -> int:
    """Answers that are behind every figure of a kind, by the numbers printed on the form."""
    if measure == d.INDEX:
        return rule.index
    return rule.causes if measure in CAUSES else max(rule.causes, rule.items)


def same_wave_sums(seen: Sequence[Seen]) -> list[Leak]:
    """Adding and subtracting figures of one wave, knowing who answered what (rules 1, 2, 3)."""
    rows = defaultdict(list)
    keys = {}
    for (cell, _, _), measure, _ in figures(seen):
        rows[cell.key.wave].append(d.gate_row(cell, measure))
        keys[cell.key.wave] = cell.key
    return [
        Leak("sums of one wave", keys[wave], len(group))
        for wave, system in rows.items()
        for group in exposed_groups(system, K)
    ]


def moved_few(seen: Sequence[Seen]) -> list[Leak]:
    """Subtracting waves of a small team in which everybody answered (rule 10)."""
    sets: dict[tuple[str, str], list[frozenset[int]]] = defaultdict(list)
    keys = {}
    for (cell, roster, _), measure, figure in figures(seen):
        full = respondents(cell) == roster and len(roster) < MOVERS_MATTER_BELOW
        if measure == "index" and full and isinstance(figure, d.Shown):
            sets[cell.key.rater, cell.key.target].append(roster)
            keys[cell.key.rater, cell.key.target] = cell.key
    return [
        Leak("sums of two waves", keys[seam], len(group))
        for seam, system in sets.items()
        for group in leaks(system, K)
    ]


def everybody_answered(seen: Sequence[Seen], rule: d.Rule) -> list[Leak]:
    """A cell that shows so much that all of its team must have answered (rule 7)."""
    return [
        Leak("everybody answered", item[0].key, len(item[1]))
        for item in seen
        if proven_answers(item, rule) >= len(item[1])
    ]


def exchanged_few(seen: Sequence[Seen], rule: d.Rule) -> list[Leak]:
    """One to four people came or went between two waves that both prove full response (rule 7).

    Then the two sums differ by the scores of those who moved. Every pair of waves is compared,
    not only neighbours, and every kind of figure.
    """
    proven: dict[tuple[str, str, str], list[tuple[Seen, Span]]] = defaultdict(list)
    floors = {item[0].key: proven_answers(item, rule) for item in seen}
    for item, measure, figure in figures(seen):
        if floors[item[0].key] >= len(item[1]):
            key = item[0].key
            span = sum_range(figure, len(item[1]))
            proven[key.rater, key.target, measure].append((item, span))
    found = []
    for series in proven.values():
        for (one, before), (two, after) in combinations(series, 2):
            left, joined = one[1] - two[1], two[1] - one[1]
            change = (after[0] - before[1], after[1] - before[0])
            if 0 < len(left) + len(joined) < K and movers_told(change, len(joined), len(left)):
                found.append(Leak("exchange of people", two[0].key, len(left) + len(joined)))
    return found


def proven_answers(item: Seen, rule: d.Rule) -> int:
    """The fewest answers that can stand behind all that a cell shows."""
    floor = 0
    for _, measure, figure in figures([item]):
        floor = max(floor, promised(measure, rule), band_floor(figure.n_band))
        if isinstance(figure, d.Bounded) and figure.limit in (20, 80):
            floor = max(floor, MOVERS_MATTER_BELOW)
    return floor


def sum_range(figure: d.Shown | d.Bounded, n: int) -> Span:
    """Lowest and highest sum of n scores behind a printed figure."""
    if isinstance(figure, d.Shown):
        return n * (figure.value - 0.5), n * (figure.value + 0.5)
    return (0.0, float(n * figure.limit)) if figure.under else (float(n * figure.limit), n * 100.0)


def movers_told(change: Span, joined: int, left: int) -> bool:
    """Does a change of the sum within `change` bound anybody who moved, or all of a group?

    joiners - leavers = change, each score 0..100.
    """
    low, high = change
    ranges = []
    if joined:
        ranges.append((low - 100 * (joined - 1), high + 100 * left))
    if left:
        ranges.append((-high - 100 * (left - 1), 100 * joined - low))
    if not (joined and left):
        bottom, top = (low, high) if joined else (-high, -low)
        ranges.append((bottom / (joined + left), top / (joined + left)))
    return any(min(100.0, top) - max(0.0, bottom) < NARROW for bottom, top in ranges)


def insiders(seen: Sequence[Seen]) -> list[Leak]:
    """A respondent subtracts the own score; what remains bounds each colleague (rule 6)."""
    found = []
    for (cell, _, _), measure, figure in figures(seen):
        y = scores(cell, measure)
        if isinstance(figure, d.Shown) and len(y) > 1:
            rest, others = y.sum() - y, len(y) - 1
            low = np.maximum(0.0, rest - 100.0 * (others - 1))
            if float((np.minimum(100.0, rest) - low).min()) < NARROW - 1e-6:
                found.append(Leak("insider", cell.key, 1))
    return found


def of_one_mind(seen: Sequence[Seen]) -> list[Leak]:
    """A printed interval so narrow that everybody must have answered nearly alike (rule 7)."""
    found = []
    for (cell, _, _), measure, figure in figures(seen):
        n = len(respondents(cell, measure))
        if not isinstance(figure, d.Shown) or n < 2:
            continue
        half = max(figure.value - figure.low, figure.high - figure.value)
        df = PRIOR_DF + n - 1
        variance = (half / half_width(1.0, df)) ** 2 * n / (1 - RHO * n / cell.team_size)
        squares = max(variance * df - PRIOR_DF * PRIOR_SD**2, 0.0)
        if 2 * np.sqrt(squares * (n - 1) / n) < NARROW:
            found.append(Leak("of one mind", cell.key, n))
    return found
