"""Did an action help? Before and after, segmented regression, difference in differences.

The weakest design that the months allow is used and named; none of them proves a cause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.measurement.smoothing import paired
from analysis.measurement.trend import MONTHLY_TURNOVER, exchange_step, walk_factor
from analysis.measurement.uncertainty import CONFIDENCE, half_width, two_sided_p
from analysis.measures import Design

MIN_MONTHS_SEGMENTED: Final = 6
MIN_UNTOUCHED_PAIRS: Final = 5
NEWEY_WEST_LAGS: Final = 3
MAX_PERMUTATIONS: Final = 20_000


MIN_MONTHS: Final = 2
"""Figures on each side of an action below which it is too early for any verdict."""


class EffectError(ValueError):
    """Series that do not belong together, or an action outside them."""


class Verdict(Enum):
    """What may be said about an action."""

    TOO_EARLY = "too early"
    NO_VISIBLE_CHANGE = "no visible change"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Effect:
    """Change in points (negative is less friction), interval, p value, and the verdict.

    `method` names the design, `others` how far the other pairs moved (NaN if unknown).
    """

    value: float
    low: float
    high: float
    p: float
    verdict: Verdict
    method: Design
    others: float = float("nan")

    @property
    def words(self) -> str:
        """The verdict as it is printed."""
        if self.verdict is not Verdict.CHANGED:
            return str(self.verdict.value)
        return f"changed by {self.value:+.0f} ({self.low:+.0f} … {self.high:+.0f})"


def judge(
    series: ArrayLike,
    standard_errors: ArrayLike,
    start: int,
    others: ArrayLike | None = None,
    confidence: float = CONFIDENCE,
) -> Effect:
    """The verdict by the best design that the months and pairs allow.

    Difference in differences with five untouched pairs (it alone takes out what moved all
    pairs), else segmented regression with six months on each side, else before and after.
    Arguments as in `before_after`; whatever the design, `others` tells how far the others moved.
    """
    x, se = paired(series, standard_errors)
    moved = others_moved(others, start, len(x))
    sides = [np.flatnonzero(~np.isnan(x) & after) for after in _sides(len(x), start)]
    if min(len(side) for side in sides) < MIN_MONTHS:
        return before_after(series, standard_errors, start, others, confidence=confidence)
    known = sum(float((se[side] ** 2).sum()) / len(side) ** 2 for side in sides)
    untouched = np.empty((0, len(x))) if others is None else np.asarray(others, dtype=np.float64)
    for effect in (
        difference_in_differences(x, untouched, start, confidence, own_variance=known),
        segmented(series, start, standard_errors, confidence=confidence),
    ):
        if effect.verdict is not Verdict.TOO_EARLY:
            return replace(effect, others=moved)
    return before_after(series, standard_errors, start, others, confidence=confidence)


def before_after(
    series: ArrayLike,
    standard_errors: ArrayLike,
    start: int,
    others: ArrayLike | None = None,
    least: int = MIN_MONTHS,
    confidence: float = CONFIDENCE,
) -> Effect:
    """Mean after minus mean before the action, beside what the other pairs did.

    `series`, `standard_errors`: shape (months,), points, NaN if nothing was published; months
    from `start` on count as after. `others`: shape (pairs, months), untouched pairs. The
    variance is the larger of the known sampling variance and the month-to-month scatter inside
    the two periods, plus what a normal turnover of people adds. With fewer than `least` figures
    on a side it is too early. Raises EffectError for a start outside the series.
    """
    x, se = paired(series, standard_errors)
    _check_start(len(x), start)
    moved = others_moved(others, start, len(x))
    sides = [np.flatnonzero(~np.isnan(x) & after) for after in _sides(len(x), start)]
    if min(len(side) for side in sides) < least:
        return _too_early(Design.BEFORE_AFTER, moved)
    value = float(x[sides[1]].mean() - x[sides[0]].mean())
    share = np.concatenate([np.full(len(side), 1 / len(side)) for side in sides])
    month = np.concatenate(sides)
    known = float((share**2 * se[month] ** 2).sum())
    df = len(month) - 2
    within = sum(float(((x[side] - x[side].mean()) ** 2).sum()) for side in sides)
    scatter = within / df * float((share**2).sum()) if df > 0 else 0.0
    free = np.inf if known >= scatter else float(df)
    signed = np.where(month >= start, share, -share)
    step = exchange_step(float(np.sqrt((se[month] ** 2).mean())), MONTHLY_TURNOVER)
    exchange = walk_factor(month.max() - month, signed) * step
    error = float(np.sqrt(max(known, scatter) + exchange))
    return _effect(value, error, free, confidence, Design.BEFORE_AFTER, moved)


def segmented(
    series: ArrayLike,
    start: int,
    standard_errors: ArrayLike | None = None,
    lags: int = NEWEY_WEST_LAGS,
    trend: bool = True,
    confidence: float = CONFIDENCE,
) -> Effect:
    """Step at the action by least squares, with Newey-West errors that are never too small.

    Model: constant + step + slope + change of slope from the action's month on (the last two only
    if `trend`: without them a drift that was there before counts as effect). Newey-West errors
    (1987, Bartlett weights up to `lags`) are far too small in a dozen months: with nothing
    happening they call one series in four changed. So the largest of three is used: Newey-West
    times n/(n-k), the classical error, and the one that follows from the known
    `standard_errors`; quantile from t. Needs six published months on each side, else it is too
    early. `series`: shape (months,), NaN if nothing was published. Raises EffectError.
    """
    x, se = paired(series, 0.0 if standard_errors is None else standard_errors)
    _check_start(len(x), start)
    name = Design.SEGMENTED
    month = np.flatnonzero(~np.isnan(x))
    after = (month >= start).astype(np.float64)
    if min(after.sum(), len(after) - after.sum()) < MIN_MONTHS_SEGMENTED:
        return _too_early(name)
    columns: list[NDArray[np.float64]] = [np.ones(len(month)), after]
    if trend:
        since = np.asarray(month - start, dtype=np.float64)
        columns += [since, since * after]
    X = np.column_stack(columns)
    fit = least_squares(X, x[month], lags)
    df = len(month) - X.shape[1]
    known = float(np.sqrt((np.linalg.pinv(X)[1] ** 2 * se[month] ** 2).sum()))
    robust = float(fit.newey_west[1]) * float(np.sqrt(len(month) / df))
    error = max(known, robust, float(fit.classical[1]))
    return _effect(float(fit.coefficients[1]), error, df, confidence, name)


@dataclass(frozen=True, slots=True)
class Fit:
    """Least squares: coefficients, classical and Newey-West standard errors, R^2."""

    coefficients: NDArray[np.float64]
    classical: NDArray[np.float64]
    newey_west: NDArray[np.float64]


def least_squares(X: NDArray[np.float64], y: NDArray[np.float64], lags: int) -> Fit:
    """Ordinary least squares with classical and heteroscedasticity- and autocorrelation-robust
    errors. `X`: (n, k) with its own constant; n > k, else EffectError."""
    n, k = X.shape
    if n <= k:
        raise EffectError(f"{k} coefficients from {n} months")
    bread = np.linalg.pinv(X.T @ X)
    coefficients = bread @ X.T @ y
    residual = y - X @ coefficients
    classical = np.sqrt(np.diag(bread) * float(residual @ residual) / (n - k))
    scores = X * residual[:, None]
    meat = scores.T @ scores
    for lag in range(1, min(lags, n - 1) + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    robust = np.sqrt(np.maximum(np.diag(bread @ meat @ bread), 0.0))
    return Fit(coefficients, classical, robust)


def difference_in_differences(
    treated: ArrayLike,
    untouched: ArrayLike,
    start: int,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    own_variance: float = 0.0,
) -> Effect:
    """How much more the pairs with the action changed than the pairs without, by permutation.

    `treated`: shape (months,) or (pairs, months); `untouched`: (pairs, months); NaN if nothing
    was published. Statistic: mean of (after - before) over the treated minus that over the
    untouched. The p value counts relabellings with as large a difference (all of them up to
    20,000, else a seeded sample), so with c of them it is never below 1/c. Interval: the
    untouched pairs' spread as the prediction error of a change, t with their df; `own_variance`,
    the known variance of a treated pair's change, counts where it is larger. Needs five
    untouched pairs with figures on both sides, else it is too early. Raises EffectError.
    """
    ours = np.atleast_2d(np.asarray(treated, dtype=np.float64))
    theirs = np.atleast_2d(np.asarray(untouched, dtype=np.float64))
    name = Design.DIFFERENCES
    if theirs.size == 0:
        return _too_early(name)
    if ours.shape[1] != theirs.shape[1]:
        raise EffectError("all pairs must cover the same months")
    _check_start(ours.shape[1], start)
    own, other = _changes(ours, start), _changes(theirs, start)
    if len(own) == 0 or len(other) < MIN_UNTOUCHED_PAIRS:
        return _too_early(name)
    value = float(own.mean() - other.mean())
    spread = float(other.var(ddof=1))
    error = float(np.sqrt(max(spread, own_variance) / len(own) + spread / len(other)))
    effect = _effect(value, error, len(other) - 1, confidence, name, float(other.mean()))
    p = _permutation_p(np.concatenate([own, other]), len(own), seed)
    visible = effect.verdict is Verdict.CHANGED and p <= max(
        1 - confidence, 1.0 / comb(len(own) + len(other), len(own))
    )
    verdict = Verdict.CHANGED if visible else Verdict.NO_VISIBLE_CHANGE
    return Effect(value, effect.low, effect.high, p, verdict, name, effect.others)


def others_moved(others: ArrayLike | None, start: int, months: int) -> float:
    """Median change of the other pairs over the same two periods; NaN if there is none."""
    if others is None or np.size(others) == 0:
        return float("nan")
    matrix = np.atleast_2d(np.asarray(others, dtype=np.float64))
    if matrix.shape[1] != months:
        raise EffectError("all pairs must cover the same months")
    changes = _changes(matrix, start)
    return float(np.median(changes)) if len(changes) else float("nan")


def _changes(matrix: NDArray[np.float64], start: int) -> NDArray[np.float64]:
    """Mean after minus mean before per pair, for pairs with figures on both sides."""
    changes = [
        np.nanmean(row[start:]) - np.nanmean(row[:start])
        for row in matrix
        if not np.isnan(row[:start]).all() and not np.isnan(row[start:]).all()
    ]
    return np.array(changes, dtype=np.float64)


def _permutation_p(changes: NDArray[np.float64], treated: int, seed: int) -> float:
    total, n = changes.sum(), len(changes)
    observed = changes[:treated].sum()

    def distance(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.abs(sums / treated - (total - sums) / (n - treated)))

    if comb(n, treated) <= MAX_PERMUTATIONS:
        sums = np.array([changes[list(chosen)].sum() for chosen in combinations(range(n), treated)])
        return float(np.mean(distance(sums) >= distance(np.array(observed)) - 1e-9))
    rng = np.random.default_rng(seed)
    sums = np.array([rng.permutation(changes)[:treated].sum() for _ in range(MAX_PERMUTATIONS)])
    hits = int((distance(sums) >= distance(np.array(observed)) - 1e-9).sum())
    return (hits + 1) / (MAX_PERMUTATIONS + 1)


def _effect(
    value: float, error: float, df: float, confidence: float, method: Design, others: float = np.nan
) -> Effect:
    half = half_width(error, df, confidence)
    p = two_sided_p(value / error, df) if error > 0 else float(value == 0)
    changed = value - half > 0 or value + half < 0
    verdict = Verdict.CHANGED if changed else Verdict.NO_VISIBLE_CHANGE
    return Effect(value, value - half, value + half, p, verdict, method, others)


def _too_early(method: Design, others: float = np.nan) -> Effect:
    nothing = float("nan")
    return Effect(nothing, nothing, nothing, nothing, Verdict.TOO_EARLY, method, others)


def _sides(months: int, start: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    after = np.arange(months) >= start
    return ~after, after


def _check_start(months: int, start: int) -> None:
    if not 0 <= start <= months:
        raise EffectError(f"the action starts in month {start} of {months}")
