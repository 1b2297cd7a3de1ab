"""How sure a cell's mean is: moderated variance, partial population correction, interval.

Why the correction is partial: when everybody answers, the month's own wobble is still there.
Only the lasting part of a person's view (share rho of the variance) is a finite population that
a full response exhausts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

RHO: Final = 0.5
"""One-month retest correlation to start with; re-estimated each quarter from quiet pairs."""

PRIOR_SD: Final = 20.0
"""s0: spread of person scores in field studies of directed ratings (18 to 27 on 0..100)."""

MIN_FIELD_SD: Final = 18.0
"""The smallest spread among those studies; no printed interval assumes less (see disclosure)."""

PRIOR_DF: Final = 12.0
"""d0: how many degrees of freedom that prior spread is worth."""

SILENCE_SHIFT: Final = 0.5
CONFIDENCE: Final = 0.95
POWER: Final = 0.80


class TeamError(ValueError):
    """More answers than people, or a share outside its range."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A cell's mean with its interval, all on 0..100 and unrounded: never shown as it is.

    `value` is NaN and the interval 0..100 if n = 0. `spread` is the moderated standard deviation,
    `df` its degrees of freedom.
    """

    value: float
    low: float
    high: float
    n: int
    team_size: int
    standard_error: float
    spread: float
    df: float


def moderated_variance(values: ArrayLike) -> tuple[float, float]:
    """Moderated variance (d0 s0^2 + (n-1) s^2)/(d0+n-1) and its degrees of freedom d0+n-1.

    Limma's variance moderation (Smyth 2004) with a fixed prior. `values` has shape (n,), NaN is
    left out. With n = 0 or 1 it is the prior variance with d0 degrees of freedom.
    """
    known = _known(values)
    n = len(known)
    if n < 2:
        return PRIOR_SD**2, PRIOR_DF
    own = float(((known - known.mean()) ** 2).sum())
    df = PRIOR_DF + n - 1
    return (PRIOR_DF * PRIOR_SD**2 + own) / df, df


def mean_variance(variance: float, n: int, team_size: int, rho: float = RHO) -> float:
    """Var(M) = s^2 (1 - rho n/N)/n of the mean of n answers from a team of N.

    Raises TeamError if n exceeds the team, n < 1, or rho is outside 0..1.
    """
    _check(n, team_size, rho)
    if n < 1:
        raise TeamError("the mean of no answers has no variance")
    return variance * (1.0 - rho * n / team_size) / n


def mean_interval(
    values: ArrayLike, team_size: int, rho: float = RHO, confidence: float = CONFIDENCE
) -> Estimate:
    """Mean of person scores with a t interval from the moderated, partly corrected variance.

    `values`: shape (n,), 0..100, NaN left out. `team_size`: N who could answer. The interval is
    cut at 0 and 100. With n = 0 the value is NaN and the interval is the whole scale. Raises
    TeamError if n > N, or rho or confidence is outside 0..1.
    """
    known = _known(values)
    n = len(known)
    _check(n, team_size, rho)
    if not 0.0 < confidence < 1.0:
        raise TeamError("the confidence must lie between 0 and 1")
    variance, df = moderated_variance(known)
    if n == 0:
        nothing = float("nan")
        return Estimate(nothing, 0.0, 100.0, 0, team_size, nothing, float(np.sqrt(variance)), df)
    error = float(np.sqrt(mean_variance(variance, n, team_size, rho)))
    half = half_width(error, df, confidence)
    value = float(known.mean())
    return Estimate(
        value,
        max(0.0, value - half),
        min(100.0, value + half),
        n,
        team_size,
        error,
        float(np.sqrt(variance)),
        df,
    )


def half_width(standard_error: float, df: float, confidence: float = CONFIDENCE) -> float:
    """Half the width of a t interval (normal for infinite df), in the units of the error."""
    tail = 0.5 + confidence / 2
    return (
        float(special.ndtri(tail) if np.isinf(df) else special.stdtrit(df, tail)) * standard_error
    )


def two_sided_p(z: float, df: float) -> float:
    """Chance of a t value (normal for infinite df) at least as far from zero as z."""
    away = -abs(z)
    return float(2 * (special.ndtr(away) if np.isinf(df) else special.stdtr(df, away)))


def minimum_detectable_change(
    standard_error: float, power: float | None = None, confidence: float = CONFIDENCE
) -> float:
    """Smallest change between two waves that can be seen, in points.

    `standard_error` is that of the change. Without `power`: MDC95 = 1.96 SE, what an observed
    change must exceed; with power .80: 2.80 SE, how large a true change must be to be found four
    times in five. NaN for a NaN error; raises TeamError for a negative one or a bad share.
    """
    if standard_error < 0 or not 0.0 < confidence < 1.0 or not (power is None or 0 < power < 1):
        raise TeamError("an error is never negative, and shares lie between 0 and 1")
    needed = float(special.ndtri(0.5 + confidence / 2))
    return (needed + (float(special.ndtri(power)) if power is not None else 0.0)) * standard_error


@dataclass(frozen=True, slots=True)
class NonResponse:
    """What the silent could do to a finding of d points.

    `needed`: how far the silent must differ from those who answered to cancel it (infinite if
    nobody is silent); `fragile` if so much is plausible: half a standard deviation between
    people, plus what chance does to groups of these sizes. `low`, `high`: Manski bounds of the
    whole team's mean.
    """

    needed: float
    fragile: bool
    low: float
    high: float


def tipping_point(finding: float, value: float, n: int, team_size: int) -> NonResponse:
    """How easily the silent could cancel a finding of `finding` points.

    needed = |d| N/(N-n); bounds (Manski 1989): the silent at 0 and at 100. `value` is the mean of
    the n answers, 0..100. With n = 0 nothing is needed and the bounds are the whole scale. Raises
    TeamError.
    """
    _check(n, team_size, 0.0)
    if n == 0:
        return NonResponse(0.0, True, 0.0, 100.0)
    share = n / team_size
    needed = abs(finding) / (1.0 - share) if n < team_size else float("inf")
    low = share * value
    return NonResponse(
        needed, needed <= plausible_silence(n, team_size - n), low, low + 100 - 100 * share
    )


def plausible_silence(n: int, silent: int) -> float:
    """How far the silent may well differ from those who answered, in points.

    Half a standard deviation (more than a clear tendency of the unhappy to stay silent brings)
    plus 1.645 standard errors of the difference of two groups of n and N - n people.
    """
    if silent < 1 or n < 1:
        return 0.0
    chance = float(special.ndtri(CONFIDENCE)) * np.sqrt(1 / n + 1 / silent)
    return float(PRIOR_SD * (SILENCE_SHIFT + chance))


def _known(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64).ravel()
    return array[~np.isnan(array)]


def _check(n: int, team_size: int, rho: float) -> None:
    if n > team_size:
        raise TeamError(f"{n} answers from a team of {team_size}")
    if not 0.0 <= rho <= 1.0:
        raise TeamError("the retest correlation lies between 0 and 1")
