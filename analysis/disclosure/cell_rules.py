"""The release rule for one figure of one cell: may it be shown, and how (rules 3, 4, 6, 7, 10).

Each rule is a small function of its own, so that a test can switch one off and see an attack
succeed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.figures import Bounded, CellKey, Published, Shown, Withheld, n_band
from analysis.disclosure.rule import INDEX, Rule
from analysis.measurement.instrument import CAUSES, CORE, CORE_CODES
from analysis.measurement.scoring import Ratings, person_weights
from analysis.measurement.uncertainty import (
    MIN_FIELD_SD,
    PRIOR_SD,
    RHO,
    half_width,
    mean_interval,
)

MARGIN: Final = 50.0
"""Rule 6: what the others must add up to, and fall short of the top by, in points."""
FEW_MOVED: Final = 4
SPREAD_TOLD_FROM: Final = 10
ROSTER_MATTERS_BELOW: Final = 8
"""Rule 10: with fewer answers than this, one to four movers keep the cell back."""


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


def measures(ratings: Ratings) -> tuple[str, ...]:
    """What is published of a cell: the index, the causes, and every item outside the core."""
    return (INDEX, *CAUSES, *(code for code in ratings.items if code not in CORE_CODES))


def publish(cell: Cell, measure: str, rule: Rule, rho: float = RHO) -> Published:
    """One figure of one cell, or the reason why there is none (rules 3, 4, 6, 7, 10)."""
    ratings = cell.ratings
    weights = answer_weights(ratings, measure)
    used = np.asarray(weights.any(axis=1))
    n = int(used.sum())
    if cell.team_size < rule.roster or proves_full(cell.team_size, rule.needed(measure)):
        return Withheld.TEAM_TOO_SMALL
    if not enough(ratings, measure, n, rule):
        return Withheld.TOO_FEW
    if roster_tells(n, cell.joined, cell.left):
        return Withheld.ROSTER_CHANGED
    scores = (np.nan_to_num(ratings.keyed()) * weights).sum(axis=1)[used]
    if tells_single_answers(scores):
        return bounded(scores, cell.team_size)
    return shown(scores, cell.team_size, rho)


def proves_full(team_size: int, needed: int) -> bool:
    """Rule 7: would a figure of so small a team, merely shown, prove that everybody answered?

    With that, every exchange of a few people would tell their scores.
    """
    return team_size <= needed


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


def bounded(scores: NDArray[np.float64], team_size: int) -> Bounded:
    """ "Under 30" or "over 70" for n 5 to 7, "under 20" or "over 80" from 8 on (rule 6).

    A team of just eight always gets the wider bound, or the narrower would prove n = 8.
    """
    n = len(scores)
    under = float(scores.mean()) < 50.0
    margin = 20 if n >= ROSTER_MATTERS_BELOW and team_size != ROSTER_MATTERS_BELOW else 30
    return Bounded(under, margin if under else 100 - margin, n_band(n, team_size))


def shown(scores: NDArray[np.float64], team_size: int, rho: float = RHO) -> Shown:
    """Whole points, n as a band (rules 6, 7), the half width of the interval rounded up.

    The same number of points either way, so the interval says nothing about the decimals.
    """
    estimate = mean_interval(scores, team_size, rho)
    error = estimate.standard_error * max(1.0, least_spread(estimate.n) / estimate.spread)
    # Nine decimals: the order of the answers must not decide between two whole points.
    value = int(np.floor(round(estimate.value, 9) + 0.5))
    half = int(np.ceil(round(half_width(error, estimate.df), 9)))
    return Shown(value, max(0, value - half), min(100, value + half), n_band(estimate.n, team_size))


def least_spread(n: int) -> float:
    """The smallest spread that a printed interval may assume (rule 7).

    To somebody who knows n, a narrower interval would tell that everybody answered alike, and so
    what each of them answered. Below ten answers even the prior spread tells that little.
    """
    return PRIOR_SD if n < SPREAD_TOLD_FROM else MIN_FIELD_SD
