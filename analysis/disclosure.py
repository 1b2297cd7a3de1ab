"""The release rule: which figures of a wave may be shown, and how.

`release` is the only way from answers to figures. Each rule is a small function of its own, so
that a test can switch one off and see an attack succeed. Rules 11 and 12 (themes, storage) are
kept by the service.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.figures import (
    Bounded,
    CellKey,
    FigureKey,
    Gap,
    Published,
    Shown,
    Withheld,
    band,
    n_band,
    pair_level,
    perception_gap,
    published_change,
    published_se,
    published_value,
)
from analysis.rank_gate import Row, exposed_groups, leaks
from analysis.scoring import CAUSES, CORE, CORE_CODES, Ratings, person_weights
from analysis.uncertainty import RHO, half_width, mean_interval

__all__ = [
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
    "band",
    "leaks",
    "n_band",
    "nearest_change",
    "pair_level",
    "perception_gap",
    "published_change",
    "published_se",
    "published_value",
    "release",
]

INDEX: Final = "index"
MARGIN: Final = 50.0
"""Rule 6: what the others must add up to, and fall short of the top by, in points."""
FEW_MOVED: Final = 4
ROSTER_MATTERS_BELOW: Final = 8
"""Rule 10: with fewer answers than this, one to four movers keep the cell back."""


class RuleTooWeak(ValueError):  # noqa: N818 - the name says what is wrong
    """A threshold below the minimum: the organisation may raise thresholds, never lower them."""


class ReleaseRefused(RuntimeError):  # noqa: N818 - the name says what happened
    """The release as a whole would break a promise; nothing of it may be stored."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Smallest numbers of answers (and of people, `roster`) per kind of figure.

    Raises RuleTooWeak for a value below the default, which is the minimum.
    """

    index: int = 5
    causes: int = 8
    items: int = 10
    themes: int = 10
    verbatim: int = 10
    roster: int = 6

    def __post_init__(self) -> None:
        for part in fields(self):
            if getattr(self, part.name) < part.default:
                raise RuleTooWeak(f"{part.name} must be at least {part.default}")

    def needed(self, measure: str) -> int:
        """Answers needed for a measure."""
        if measure == INDEX:
            return self.index
        return self.causes if measure in CAUSES else self.items


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one cell. `team_size`: N who could answer.

    `joined`, `left`: people since this cell was last published, 0 if it never was; better the
    result of `nearest_change` over *all* its earlier published rosters.
    """

    key: CellKey
    team_size: int
    ratings: Ratings
    joined: int = 0
    left: int = 0


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

    `history`: every earlier release. Raises ReleaseRefused if a cell comes twice or was released
    before (rules 1, 2), lacks core items, or if the figures together would tell the sum of a
    group smaller than the rule's `index`.
    """
    refuse_repeated_cells(cells, history)
    figures: dict[FigureKey, Published] = {}
    rows: list[Row] = []
    for cell in cells:
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


def refuse_repeated_cells(cells: Sequence[Cell], history: Sequence[Release]) -> None:
    """Rules 1 and 2: each cell once, and never again."""
    earlier = {key.cell for past in history for key in past.figures}
    for cell in cells:
        if cell.key in earlier:
            raise ReleaseRefused(
                f"{cell.key.rater} about {cell.key.target}, wave {cell.key.wave}, was released "
                "before; a figure is published once"
            )
        earlier.add(cell.key)
        if not set(CORE_CODES) <= set(cell.ratings.items):
            raise ReleaseRefused("a cell without the five core items has no figure")


def measures(ratings: Ratings) -> tuple[str, ...]:
    """What is published of a cell: the index, the causes, and every item outside the core."""
    return (INDEX, *CAUSES, *(code for code in ratings.items if code not in CORE_CODES))


def publish(cell: Cell, measure: str, rule: Rule, rho: float = RHO) -> Published:
    """One figure of one cell, or the reason why there is none (rules 3, 4, 6, 7, 10)."""
    ratings = cell.ratings
    weights = answer_weights(ratings, measure)
    used = np.asarray(weights.any(axis=1))
    n = int(used.sum())
    if cell.team_size < rule.roster:
        return Withheld.TEAM_TOO_SMALL
    if not enough(ratings, measure, n, rule):
        return Withheld.TOO_FEW
    if roster_tells(n, cell.joined, cell.left):
        return Withheld.ROSTER_CHANGED
    scores = (np.nan_to_num(ratings.keyed()) * weights).sum(axis=1)[used]
    if tells_single_answers(scores):
        return bounded(scores)
    return shown(scores, cell.team_size, rho)


def answer_weights(ratings: Ratings, measure: str) -> NDArray[np.float64]:
    """Weight of every answer in each person's contribution to a figure, shape (n, items).

    Rule 3: whoever has a person score is in every figure of the cell, and nobody else. A missing
    answer of such a person is replaced by the mean of that person's answered core items. Leaving
    the person out of one figure instead would give that figure another base, and five times the
    index minus the five causes would then be a quarter of that person's core sum; with the
    person's own mean the causes always average to the index and nothing is told.
    """
    core = [ratings.items.index(code) for code in CORE_CODES]
    answered = ~np.isnan(ratings.values)
    own_mean = np.zeros(ratings.values.shape)
    own_mean[:, core] = person_weights(answered[:, core])
    if measure == INDEX:
        return own_mean
    column = measured_column(ratings, measure)
    single = np.zeros(ratings.values.shape)
    single[:, column] = 1.0
    in_base = np.asarray(own_mean.any(axis=1))
    return np.where(in_base[:, None], np.where(answered[:, [column]], single, own_mean), 0.0)


def measured_column(ratings: Ratings, measure: str) -> int:
    """Column of the item behind a root cause or an item's code."""
    codes = {item.cause: item.code for item in CORE}
    return ratings.items.index(codes.get(measure, measure))


def enough(ratings: Ratings, measure: str, n: int, rule: Rule) -> bool:
    """Rule 4, on the base and on those who really answered the item."""
    if n < rule.needed(measure):
        return False
    if measure == INDEX:
        return True
    in_base = answer_weights(ratings, INDEX).any(axis=1)
    item = ratings.values[:, measured_column(ratings, measure)]
    return int(np.count_nonzero(in_base & ~np.isnan(item))) >= rule.needed(measure)


def roster_tells(n: int, joined: int, left: int) -> bool:
    """Rule 10: so few moved that the difference of two figures would be theirs."""
    return 1 <= joined + left <= FEW_MOVED and n < ROSTER_MATTERS_BELOW


def tells_single_answers(scores: NDArray[np.float64]) -> bool:
    """Rule 6: could the most extreme person work out the others to within the margin?"""
    total = float(scores.sum())
    below = total - float(scores.max())
    above = (100.0 * len(scores) - total) - (100.0 - float(scores.min()))
    return below < MARGIN - 1e-9 or above < MARGIN - 1e-9


def bounded(scores: NDArray[np.float64]) -> Bounded:
    """ "Under 30" or "over 70" for n 5 to 7, "under 20" or "over 80" from 8 on (rule 6)."""
    n = len(scores)
    under = float(scores.mean()) < 50.0
    margin = 20 if n >= ROSTER_MATTERS_BELOW else 30
    return Bounded(under, margin if under else 100 - margin, n_band(n))


def shown(scores: NDArray[np.float64], team_size: int, rho: float = RHO) -> Shown:
    """Whole points, n as a band (rules 6, 7), the interval the same number of points each way.

    The half width is rounded up after half a point is added, so it holds the unrounded interval
    whatever the decimals were, and says nothing about them.
    """
    estimate = mean_interval(scores, team_size, rho)
    value = int(np.floor(estimate.value + 0.5))
    half = int(np.ceil(half_width(estimate.standard_error, estimate.df) + 0.5))
    return Shown(value, max(0, value - half), min(100, value + half), n_band(estimate.n))


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
