"""A whole wave under the release rule: once only, and no figures that together tell a few.

`release` is the only way from answers to figures; `analysis.disclosure.rule` decides each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from analysis.disclosure.cell_rules import Cell, answer_weights, measures, publish
from analysis.disclosure.figures import (
    Bounded,
    CellKey,
    FigureKey,
    Gap,
    Published,
    Shown,
    band,
    pair_level,
    perception_gap,
    published_change,
    published_se,
    published_value,
)
from analysis.disclosure.rank_gate import Row, exposed_groups, leaks
from analysis.disclosure.rule import INDEX, Rule, RuleTooWeak, Withheld
from analysis.measurement.instrument import CORE_CODES
from analysis.measurement.uncertainty import RHO

__all__ = [
    "INDEX",
    "Bounded",
    "Cell",
    "CellKey",
    "FigureKey",
    "Gap",
    "Published",
    "Release",
    "ReleaseRefused",
    "Rule",
    "RuleTooWeak",
    "Shown",
    "Withheld",
    "answer_weights",
    "band",
    "gate_row",
    "leaks",
    "measures",
    "nearest_change",
    "pair_level",
    "perception_gap",
    "published_change",
    "published_se",
    "published_value",
    "release",
]


class ReleaseRefused(RuntimeError):
    """The release as a whole would break a promise; nothing of it may be stored."""


@dataclass(frozen=True, slots=True)
class Release:
    """All figures of one release, withheld ones with their reason; read-only."""

    figures: Mapping[FigureKey, Published] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", MappingProxyType(dict(self.figures)))

    def get(self, rater: str, target: str, wave: int, measure: str = INDEX) -> Published:
        """The figure, or NOT_ASKED if the wave has none of this kind."""
        return self.figures.get(FigureKey(rater, target, wave, measure), Withheld.NOT_ASKED)


def release(
    cells: Sequence[Cell], history: Sequence[Release], rule: Rule, rho: float = RHO
) -> Release:
    """Figures of a closed wave under the release rule (rules 1 to 10), gated by rank.

    `history`: every earlier release. Raises ReleaseRefused if a cell comes twice or its wave was
    released before (rules 1, 2, 8), if it lacks core items, or if the figures together would
    tell the sum of a group smaller than the rule's `index`.
    """
    refuse_repeats(cells, history)
    figures: dict[FigureKey, Published] = {}
    rows: list[Row] = []
    for cell in cells:
        if not set(CORE_CODES) <= set(cell.ratings.items):
            raise ReleaseRefused("a cell without the five core items has no figure")
        for measure in measures(cell.ratings):
            figure = publish(cell, measure, rule, rho)
            key = cell.key
            figures[FigureKey(key.rater, key.target, key.wave, measure)] = figure
            if not isinstance(figure, Withheld):
                rows.append(gate_row(cell, measure))
    exposed = refused_groups(rows, rule.index)
    if exposed:
        raise ReleaseRefused(
            f"these figures together would tell the sum of {len(exposed)} groups of fewer than "
            f"{rule.index} people; nothing was released"
        )
    return Release(figures)


def refuse_repeats(cells: Sequence[Cell], history: Sequence[Release]) -> None:
    """Rules 1, 2 and 8: each cell once; a released wave takes no further figure.

    Otherwise another grouping of the same answers, or the same one after an erasure, could be
    subtracted from what was released.
    """
    released = {key.wave for past in history for key in past.figures}
    keys = [cell.key for cell in cells]
    for key in keys:
        if key.wave in released or keys.count(key) > 1:
            raise ReleaseRefused(
                f"{key.rater} about {key.target}, wave {key.wave}: a wave is published once"
            )


def gate_row(cell: Cell, measure: str) -> Row:
    """The figure as the rank gate sees it: the weight of every answer in it."""
    weights = answer_weights(cell.ratings, measure)
    labels = cell.ratings.rows
    return {
        (
            (cell.key.wave, labels[row]) if labels else (cell.key, int(row)),
            (cell.key.target, cell.ratings.items[item]),
        ): float(weights[row, item])
        for row, item in np.argwhere(weights > 0)
    }


def refused_groups(rows: Sequence[Row], k: int) -> tuple[frozenset[Hashable], ...]:
    """The rank gate as the release asks it."""
    return exposed_groups(rows, k)


def nearest_change(
    roster: Collection[Hashable], published: Sequence[Collection[Hashable]]
) -> tuple[int, int]:
    """(joined, left) against that earlier published roster of the cell which tells most.

    That is the one with the smallest change above none: two waves ago may be nearer than the
    last one. (0, 0) if nothing was published or nobody ever moved.
    """
    now = frozenset(roster)
    changes = [(len(now - frozenset(then)), len(frozenset(then) - now)) for then in published]
    return min((change for change in changes if sum(change)), key=sum, default=(0, 0))
