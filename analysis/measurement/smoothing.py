"""The drawn line: a local-level smoother through published figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from analysis.measurement.uncertainty import CONFIDENCE, half_width


class SeriesError(ValueError):
    """Series of different lengths, or a setting outside its range."""


@dataclass(frozen=True, slots=True)
class Level:
    """Smoothed level with its band per month; NaN before the first and after the last figure."""

    level: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level_variance: float


def level(series: ArrayLike, standard_errors: ArrayLike, confidence: float = CONFIDENCE) -> Level:
    """Smoothed line through published figures: local level with *known* observation variance.

    Kalman filter and fixed-interval smoother with a diffuse start (Durbin and Koopman 2012,
    ch. 2); only the variance of the monthly step is estimated, by maximum likelihood. `series`
    and errors as in `ewma_alarm`. With one figure the line is that figure. Raises SeriesError.
    """
    x, se = paired(series, standard_errors)
    nothing = np.full(len(x), np.nan)
    published = np.flatnonzero(~np.isnan(x))
    if len(published) == 0:
        return Level(nothing, nothing.copy(), nothing.copy(), 0.0)
    inside = slice(published[0], published[-1] + 1)
    y, noise = x[inside], se[inside] ** 2
    step = 0.0 if len(published) < 3 else _step_variance(y, noise)
    mean, variance = _smooth(y, noise, step)
    half = half_width(1.0, np.inf, confidence) * np.sqrt(variance)
    line, low, high = nothing, nothing.copy(), nothing.copy()
    line[inside], low[inside], high[inside] = mean, mean - half, mean + half
    return Level(line, low, high, step)


def local_level_variances(series: ArrayLike) -> tuple[float, float]:
    """Maximum-likelihood variances (level step, observation) of a local level, both unknown.

    The observation variance is concentrated out, so only their ratio is searched (Durbin and
    Koopman 2012, sec. 2.10). Needs at least three figures, else raises SeriesError.
    """
    y = np.asarray(series, dtype=np.float64)
    if (~np.isnan(y)).sum() < 3:
        raise SeriesError("two variances cannot be told from fewer than three figures")

    def scale(ratio: float) -> tuple[float, float]:
        innovation, spread = _filter(y, np.ones(len(y)), ratio)[2:]
        return float(np.mean(innovation**2 / spread)), float(np.log(spread).mean())

    def loss(log_ratio: float) -> float:
        size, spread = scale(float(np.exp(log_ratio)))
        return float(np.log(max(size, 1e-300))) + spread

    ratio = float(np.exp(_minimum(loss, -20.0, 8.0)))
    noise = scale(ratio)[0]
    return ratio * noise, noise


def paired(
    series: ArrayLike, standard_errors: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Series and errors as arrays of one length, both NaN where either is. Raises SeriesError."""
    x = np.array(series, dtype=np.float64).ravel()
    se = np.asarray(standard_errors, dtype=np.float64)
    if se.ndim and se.size != x.size:
        raise SeriesError(f"{x.size} figures but {se.size} standard errors")
    se = np.broadcast_to(se.ravel() if se.ndim else se, x.shape)
    if (se < 0).any():
        raise SeriesError("a standard error is never negative")
    x[np.isnan(se)] = np.nan
    return x, np.where(np.isnan(x), np.nan, se)


def _filter(
    y: NDArray[np.float64], noise: NDArray[np.float64], step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Filtered means and variances per month; innovations and their variances after the first."""
    mean, variance = np.empty(len(y)), np.empty(len(y))
    innovations, spreads = [], []
    a, p = float("nan"), float("inf")
    for month, value in enumerate(y):
        p = p + step if month else p
        if not np.isnan(value):
            if np.isinf(p):
                a, p = float(value), float(noise[month])
            else:
                spread = max(p + float(noise[month]), 1e-300)
                innovations.append(value - a)
                spreads.append(spread)
                a, p = a + p / spread * (value - a), p * float(noise[month]) / spread
        mean[month], variance[month] = a, p
    return mean, variance, np.array(innovations), np.array(spreads)


def _smooth(
    y: NDArray[np.float64], noise: NDArray[np.float64], step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean, variance, _, _ = _filter(y, noise, step)
    for month in range(len(y) - 2, -1, -1):
        ahead = variance[month] + step
        gain = variance[month] / ahead if ahead > 0 else 1.0
        mean[month] += gain * (mean[month + 1] - mean[month])
        variance[month] += gain**2 * (variance[month + 1] - ahead)
    return mean, np.maximum(variance, 0.0)


def _step_variance(y: NDArray[np.float64], noise: NDArray[np.float64]) -> float:
    def loss(step: float) -> float:
        _, _, innovation, spread = _filter(y, noise, step)
        return float((np.log(spread) + innovation**2 / spread).sum())

    scale = float(np.nanvar(y)) + 1e-12
    found = float(
        np.exp(_minimum(lambda x: loss(float(np.exp(x))), np.log(scale) - 14, np.log(scale) + 3))
    )
    return found if loss(found) < loss(0.0) else 0.0


def _minimum(loss: Callable[[float], float], low: float, high: float) -> float:
    """Minimiser on an interval: a coarse grid first, because the likelihood can have two tops."""
    grid = np.linspace(low, high, 29)
    best = int(np.argmin([loss(float(x)) for x in grid]))
    around = (float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 28)]))
    found = optimize.minimize_scalar(
        loss, bounds=around, method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x)
