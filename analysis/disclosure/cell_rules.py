"""One figure of one cell, from its answers: what stands behind it, and what is printed.

Whether it is shown at all, as a bound or as a value, is decided by `analysis.disclosure.rule`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.figures import Bounded, CellKey, Published, Shown
from analysis.disclosure.rule import INDEX, Base, Rule
from analysis.measurement.instrument import CAUSES, CORE, CORE_CODES
from analysis.measurement.scoring import Ratings, person_weights
from analysis.measurement.uncertainty import (
    MIN_FIELD_SD,
    PRIOR_SD,
    RHO,
    half_width,
    mean_interval,
)


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
    """One figure of one cell, or the reason why there is none."""
    weights = answer_weights(cell.ratings, measure)
    used = np.asarray(weights.any(axis=1))
    base = Base(int(used.sum()), cell.team_size)
    own = answered_themselves(cell.ratings, measure, used)
    reason = rule.withheld(measure, base, own, cell.joined + cell.left)
    if reason is not None:
        return reason
    scores = (np.nan_to_num(cell.ratings.keyed()) * weights).sum(axis=1)[used]
    if rule.tells_single_answers(scores.tolist()):
        return bounded(scores, base, rule)
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
    codes: dict[str | None, str] = {item.cause: item.code for item in CORE}
    return ratings.items.index(codes.get(measure, measure))


def answered_themselves(ratings: Ratings, measure: str, used: NDArray[np.bool_]) -> int:
    """How many of the people in a figure answered its item; all of them for the index."""
    if measure == INDEX:
        return int(used.sum())
    item = ratings.values[:, measured_column(ratings, measure)]
    return int(np.count_nonzero(used & ~np.isnan(item)))


def bounded(scores: NDArray[np.float64], base: Base, rule: Rule) -> Bounded:
    """ "Under 30", "under 20", "over 70" or "over 80" (rule 6)."""
    under, points = float(scores.mean()) < 50.0, rule.bound(base)
    band = rule.answers_band(base.answers, base.team_size)
    return Bounded(under, points if under else 100 - points, band)


def shown(scores: NDArray[np.float64], team_size: int, rho: float = RHO) -> Shown:
    """Whole points, n as a band (rules 6, 7), the half width of the interval rounded up.

    The same number of points either way, so the interval says nothing about the decimals.
    """
    estimate = mean_interval(scores, team_size, rho)
    error = estimate.standard_error * max(1.0, least_spread(estimate.n) / estimate.spread)
    # Nine decimals: the order of the answers must not decide between two whole points.
    value = int(np.floor(round(estimate.value, 9) + 0.5))
    half = int(np.ceil(round(half_width(error, estimate.df), 9)))
    band = Rule.answers_band(estimate.n, team_size)
    return Shown(value, max(0, value - half), min(100, value + half), band)


def least_spread(n: int) -> float:
    """The smallest spread that a printed interval may assume (rule 7)."""
    return MIN_FIELD_SD if Rule.tells_spread(n) else PRIOR_SD
