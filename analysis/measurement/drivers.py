"""Which items go with the cost of friction: LMG shares of R^2 over the whole organisation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

MIN_RESPONDENTS: Final = 100
MAX_DRIVERS: Final = 12
BOOTSTRAPS: Final = 500


class DriverError(ValueError):
    """Too few answers, too many drivers, or a criterion without spread."""


@dataclass(frozen=True, slots=True)
class Shares:
    """R^2 and how it divides among the drivers (shape (k,), summing to R^2)."""

    shares: NDArray[np.float64]
    r_squared: float


@dataclass(frozen=True, slots=True)
class Drivers:
    """Shares with bootstrap intervals, each of shape (k,), and the n behind them."""

    shares: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    r_squared: float
    n: int


def lmg(X: ArrayLike, y: ArrayLike) -> Shares:
    """LMG: R^2 gained by each column, averaged over all orders of entry (Lindeman et al. 1980).

    The same as Shapley's value of R^2. `X`: shape (n, k), k at most 12; `y`: (n,); rows with a
    missing value are left out. A column without spread gets 0. Raises DriverError if fewer than
    k + 2 rows remain, or y has no spread.
    """
    columns, criterion = _complete(X, y)
    k = columns.shape[1]
    if not 1 <= k <= MAX_DRIVERS:
        raise DriverError(f"between 1 and {MAX_DRIVERS} drivers can be weighed")
    if len(criterion) < k + 2:
        raise DriverError(f"{len(criterion)} complete answers are too few for {k} drivers")
    together = correlations(np.column_stack([columns, criterion]))
    if together[-1, -1] == 0:
        raise DriverError("the criterion has no spread")
    return _shares(together)


def drivers(
    X: ArrayLike,
    y: ArrayLike,
    seed: int = 0,
    bootstraps: int = BOOTSTRAPS,
    least: int = MIN_RESPONDENTS,
) -> Drivers:
    """LMG shares with 95 % percentile bootstrap intervals; organisation level only.

    Arguments as in `lmg`. Raises DriverError below `least` complete answers (100: at the size of
    a team such shares are noise).
    """
    columns, criterion = _complete(X, y)
    n = len(criterion)
    if n < max(least, columns.shape[1] + 2):
        raise DriverError(f"{n} complete answers; drivers need at least {least}")
    point = lmg(columns, criterion)
    rng = np.random.default_rng(seed)
    together = np.column_stack([columns, criterion])
    draws = []
    for _ in range(bootstraps):
        drawn = correlations(together[rng.integers(0, n, n)])
        if drawn[-1, -1] > 0:
            draws.append(_shares(drawn).shares)
    low, high = np.percentile(np.array(draws), [2.5, 97.5], axis=0)
    return Drivers(point.shares, low, high, point.r_squared, n)


def _complete(X: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    columns, criterion = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64).ravel()
    if columns.ndim != 2 or len(columns) != len(criterion):
        raise DriverError("every row of drivers needs its criterion")
    whole = ~(np.isnan(columns).any(axis=1) | np.isnan(criterion))
    return columns[whole], criterion[whole]


def correlations(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation matrix, shape (k, k); a column without spread is zero, also with itself."""
    centred = columns - columns.mean(axis=0)
    norm = np.sqrt((centred**2).sum(axis=0))
    flat = norm <= 1e-10 * np.abs(columns).max(axis=0)
    unit = np.where(flat, 0.0, centred / np.where(flat | (norm == 0), 1.0, norm))
    return np.asarray(unit.T @ unit)


def _shares(together: NDArray[np.float64]) -> Shares:
    """LMG from the correlation matrix of (drivers, criterion), criterion last."""
    k = len(together) - 1
    explained = _explained(together)
    members = (np.arange(2**k)[:, None] >> np.arange(k)) & 1
    size = members.sum(axis=1)
    weight = np.array([1.0 / (k * comb(k - 1, s)) if s < k else 0.0 for s in range(k + 1)])
    shares = np.empty(k)
    for driver in range(k):
        without = np.flatnonzero(members[:, driver] == 0)
        gain = explained[without + 2**driver] - explained[without]
        shares[driver] = float((weight[size[without]] * gain).sum())
    return Shares(shares, float(explained[-1]))


def _explained(together: NDArray[np.float64]) -> NDArray[np.float64]:
    """R^2 of the criterion on every set of drivers, shape (2^k,), sets numbered by their bits.

    All sets of one size are solved at once; the pseudo-inverse makes collinear drivers harmless.
    """
    k = len(together) - 1
    explained = np.zeros(2**k)
    for size in range(1, k + 1):
        sets = np.array(list(combinations(range(k), size)))
        inside = together[sets[:, :, None], sets[:, None, :]]
        with_y = together[sets, -1]
        solved = np.linalg.pinv(inside, rcond=1e-10, hermitian=True) @ with_y[:, :, None]
        gained = (with_y * solved[:, :, 0]).sum(axis=1)
        explained[(2**sets).sum(axis=1)] = gained
    return explained
