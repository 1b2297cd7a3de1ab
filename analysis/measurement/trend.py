"""What changed over the waves: two waves, the alarm, the drawn line, many pairs at once.

All of it works on published figures (rule 5): a month without one is NaN and carries no weight.
There is no month-to-month arrow: that calls a false change in four of ten pair-years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.measurement.smoothing import Level, SeriesError, level, paired
from analysis.measurement.uncertainty import (
    CONFIDENCE,
    POWER,
    PRIOR_DF,
    PRIOR_SD,
    RHO,
    Estimate,
    half_width,
    minimum_detectable_change,
    two_sided_p,
)

__all__ = [
    "Alarm",
    "Change",
    "Discoveries",
    "Level",
    "SeriesError",
    "benjamini_hochberg",
    "change_of",
    "compare",
    "ewma_alarm",
    "level",
    "nothing_to_compare",
    "renewing_alarm",
    "turnover_variance",
]

EWMA_BASELINE: Final = 6
EWMA_WEIGHT: Final = 0.3
EWMA_LIMIT: Final = 3.0
"""Chosen by simulation: .023 false alarms a pair-year, +10 points found within 3 months in 95 %."""

MONTHLY_TURNOVER: Final = 0.015
USUAL_RESPONSE: Final = 0.82
"""What the alarm allows for without looking at rosters: one in 67 people replaced a month."""

FALSE_DISCOVERY_RATE: Final = 0.10


@dataclass(frozen=True, slots=True)
class Change:
    """A change in points with its interval; `visible` if the interval leaves out zero.

    `smallest_seen` is what an observed change had to exceed (MDC95), `smallest_found` the true
    change that is found four times in five. NaN throughout if one side has no figure.
    """

    value: float
    low: float
    high: float
    standard_error: float
    p: float
    smallest_seen: float
    smallest_found: float

    @property
    def visible(self) -> bool:
        """Does the interval leave out zero?"""
        return bool(self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Alarm:
    """EWMA chart, one entry per month; NaN and False until the baseline is complete.

    `centre` is the baseline's mean (NaN without a baseline).
    """

    alarm: NDArray[np.bool_]
    ewma: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    centre: float


@dataclass(frozen=True, slots=True)
class Discoveries:
    """Benjamini-Hochberg: adjusted p values and which are rejected, in the order given."""

    adjusted: NDArray[np.float64]
    rejected: NDArray[np.bool_]


def compare(
    before: Estimate,
    after: Estimate,
    joiners: int,
    leavers: int,
    rho: float = RHO,
    confidence: float = CONFIDENCE,
) -> Change:
    """Change between two waves of one cell.

    SE^2 = s^2(1-rho f1)/n1 + s^2(1-rho f2)/n2 + rho s^2 (joiners+leavers)/Nmean^2, with s^2 the
    moderated variance of both waves together and a t interval on its degrees of freedom. The
    last term is the lasting difference between those who left and those who came. Raises
    SeriesError for negative counts.
    """
    if joiners < 0 or leavers < 0:
        raise SeriesError("joiners and leavers are counts")
    if before.n == 0 or after.n == 0:
        return nothing_to_compare()
    df = before.df + after.df - PRIOR_DF
    squares = before.spread**2 * before.df + after.spread**2 * after.df
    variance = (squares - PRIOR_DF * PRIOR_SD**2) / df
    sampling = sum(
        (1 - rho * side.n / side.team_size) / side.n * variance for side in (before, after)
    )
    error = sampling + turnover_variance(
        variance, joiners + leavers, (before.team_size + after.team_size) / 2, rho
    )
    return change_of(after.value - before.value, float(np.sqrt(error)), df, confidence)


def turnover_variance(variance: float, moved: int, team_size: float, rho: float = RHO) -> float:
    """rho s^2 (joiners+leavers)/N^2: how far the team's lasting mean moved by exchange alone."""
    return rho * variance * moved / team_size**2 if team_size > 0 else 0.0


def change_of(
    difference: float, standard_error: float, df: float = np.inf, confidence: float = CONFIDENCE
) -> Change:
    """Interval, p value and smallest visible change of a difference with a known error."""
    if np.isnan(difference) or np.isnan(standard_error):
        return nothing_to_compare()
    half = half_width(standard_error, df, confidence)
    if standard_error > 0:
        p = two_sided_p(difference / standard_error, df)
    else:
        p = 1.0 if difference == 0 else 0.0
    return Change(
        difference,
        difference - half,
        difference + half,
        standard_error,
        p,
        minimum_detectable_change(standard_error, None, confidence),
        minimum_detectable_change(standard_error, POWER, confidence),
    )


def nothing_to_compare() -> Change:
    """The change when one of the two sides has no figure: NaN throughout, never visible."""
    return Change(*(float("nan"),) * 7)


def ewma_alarm(
    series: ArrayLike,
    standard_errors: ArrayLike,
    baseline: int = EWMA_BASELINE,
    weight: float = EWMA_WEIGHT,
    limit: float = EWMA_LIMIT,
    turnover: float = MONTHLY_TURNOVER,
) -> Alarm:
    """Alarm on an exponentially weighted moving average (Roberts 1959) of published figures.

    `series`, `standard_errors`: shape (months,), points; NaN where nothing was published (one
    error may serve all). The first `baseline` published months set the centre; the limit is
    `limit` times the root of SE^2 [w/(2-w) (1-(1-w)^2t) + (1-(1-w)^t)^2/B] (term by term where
    errors differ; the last part is the centre's own error) plus what the exchange of people
    brings, without which a normal `turnover` doubles the false alarms (0 gives the bare
    formula). An unpublished month neither moves the average nor alarms. Raises SeriesError.
    """
    x, se = paired(series, standard_errors)
    if baseline < 1 or not 0 < weight <= 1 or limit <= 0 or not 0 <= turnover <= 1:
        raise SeriesError("baseline and limit are positive, weight and turnover at most 1")
    alarm = np.zeros(len(x), dtype=np.bool_)
    ewma, lower, upper = (np.full(len(x), np.nan) for _ in range(3))
    published = np.flatnonzero(~np.isnan(x))
    if len(published) < baseline:
        return Alarm(alarm, ewma, lower, upper, float("nan"))
    first, later = published[:baseline], published[baseline:]
    centre = average = float(x[first].mean())
    centre_variance = float((se[first] ** 2).sum()) / baseline**2
    sampling, forgotten = 0.0, 1.0
    for month in later:
        average = weight * x[month] + (1 - weight) * average
        sampling = (1 - weight) ** 2 * sampling + weight**2 * se[month] ** 2
        forgotten *= 1 - weight
        people = _exchange(month - first, month - later, weight)
        people *= exchange_step(float(se[month]), turnover)
        half = limit * float(np.sqrt(sampling + (1 - forgotten) ** 2 * centre_variance + people))
        ewma[month], lower[month], upper[month] = average, centre - half, centre + half
        alarm[month] = abs(average - centre) > half
    return Alarm(alarm, ewma, lower, upper, centre)


def renewing_alarm(
    series: ArrayLike, standard_errors: ArrayLike, renew_after: int = EWMA_BASELINE
) -> Alarm:
    """`ewma_alarm` that takes a lasting change for the new usual level.

    Once `renew_after` published months in a row have alarmed on one side, they become the
    baseline of what follows; else a page would say "risen" for years. `centre` is the last one.
    """
    x, se = paired(series, standard_errors)
    whole = ewma_alarm(x, se)
    published = np.flatnonzero(~np.isnan(x))
    side = np.where(whole.alarm, np.sign(whole.ewma - whole.centre), 0)[published]
    for end in range(renew_after, len(published)):
        if abs(side[end - renew_after : end].sum()) == renew_after:
            start, then = published[end - renew_after], published[end - 1] + 1
            later = renewing_alarm(x[start:], se[start:], renew_after)
            cut = then - start
            return Alarm(
                np.concatenate([whole.alarm[:then], later.alarm[cut:]]),
                np.concatenate([whole.ewma[:then], later.ewma[cut:]]),
                np.concatenate([whole.lower[:then], later.lower[cut:]]),
                np.concatenate([whole.upper[:then], later.upper[cut:]]),
                later.centre,
            )
    return whole


def exchange_step(standard_error: float, turnover: float, rho: float = RHO) -> float:
    """Variance of a month's change of the lasting mean by exchange of people, in points squared.

    rho s^2 2 N turnover / N^2 (each leaver is replaced), with s^2 taken from the standard error:
    SE^2 = s^2 (1 - rho f)/(f N), at the usual response f. So it needs no roster and no N.
    """
    share = USUAL_RESPONSE
    return 2 * turnover * rho * share / (1 - rho * share) * standard_error**2


def benjamini_hochberg(p: ArrayLike, q: float = FALSE_DISCOVERY_RATE) -> Discoveries:
    """Step-up control of the false discovery rate (Benjamini and Hochberg 1995).

    `p`: shape (tests,), 0..1, NaN for a pair without a figure (never rejected, not counted).
    Raises SeriesError for a p or q outside 0..1.
    """
    values = np.asarray(p, dtype=np.float64).ravel()
    known = np.flatnonzero(~np.isnan(values))
    if not 0 < q < 1 or ((values[known] < 0) | (values[known] > 1)).any():
        raise SeriesError("p values and q lie between 0 and 1")
    adjusted = np.full(len(values), np.nan)
    order = known[np.argsort(values[known], kind="stable")]
    scaled = values[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return Discoveries(adjusted, np.nan_to_num(adjusted, nan=1.0) <= q)


def walk_factor(ages: NDArray[np.int64], shares: NDArray[np.float64]) -> float:
    """Variance of sum share_i L(age_i) for a random walk L with steps of variance one.

    `ages`: months before now, integers; the shares add up to zero, so the level cancels.
    """
    steps = np.arange(int(ages.max()))
    touched = ((ages[:, None] <= steps) * shares[:, None]).sum(axis=0)
    return float(touched @ touched)


def _exchange(
    since_baseline: NDArray[np.int64], since_later: NDArray[np.int64], weight: float
) -> float:
    """`walk_factor` of EWMA minus centre.

    Ages in months of the baseline's figures and of the later ones (those still to come have
    negative ages and are left out). The average puts weight(1-weight)^i on the i-th last figure;
    what is left of the starting value cancels against the centre.
    """
    ages = since_later[since_later >= 0]
    shares = weight * (1 - weight) ** np.arange(len(ages))[::-1]
    from_centre = np.full(len(since_baseline), -shares.sum() / len(since_baseline))
    return walk_factor(
        np.concatenate([since_baseline, ages]), np.concatenate([from_centre, shares])
    )
