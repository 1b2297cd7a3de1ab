"""The textbook rules that the method is measured against; no page shows their results."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.measurement.uncertainty import two_sided_p


class TextbookError(ValueError):
    """Too few values, or no spread, for a test."""


@dataclass(frozen=True, slots=True)
class TTest:
    """A t statistic, its degrees of freedom, and the two-sided p value."""

    t: float
    df: float
    p: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart with independent months: the chance that a quiet month alarms."""

    monthly: float

    @property
    def run_length(self) -> float:
        """Mean number of months to a false alarm."""
        return 1.0 / self.monthly

    def false_alarms(self, months: int) -> float:
        """Chance of at least one false alarm in so many months."""
        return float(1.0 - (1.0 - self.monthly) ** months)


def welch(a: ArrayLike, b: ArrayLike) -> TTest:
    """Welch's (1947) test of two means with unequal variances; NaN left out.

    Raises TextbookError with fewer than two values a side, or no spread at all.
    """
    x, y = _known(a), _known(b)
    if min(len(x), len(y)) < 2:
        raise TextbookError("two values are needed on each side")
    parts = np.array([x.var(ddof=1) / len(x), y.var(ddof=1) / len(y)])
    if parts.sum() <= 0:
        raise TextbookError("all values are equal")
    df = float(parts.sum() ** 2 / (parts**2 / np.array([len(x) - 1, len(y) - 1])).sum())
    return _test(float((x.mean() - y.mean()) / np.sqrt(parts.sum())), df)


def paired_t(a: ArrayLike, b: ArrayLike) -> TTest:
    """Student's (1908) test of the mean difference of pairs; pairs with a NaN are left out.

    Raises TextbookError with fewer than two pairs, unequal lengths, or equal differences.
    """
    x, y = np.asarray(a, dtype=np.float64).ravel(), np.asarray(b, dtype=np.float64).ravel()
    if len(x) != len(y):
        raise TextbookError("pairs need two values each")
    difference = _known(x - y)
    if len(difference) < 2 or difference.var(ddof=1) <= 0:
        raise TextbookError("two pairs with different differences are needed")
    error = float(np.sqrt(difference.var(ddof=1) / len(difference)))
    return _test(float(difference.mean()) / error, len(difference) - 1)


def shewhart(limit: float = 3.0) -> Chart:
    """Shewhart's (1931) chart: a month alarms when it lies more than `limit` errors away."""
    if limit <= 0:
        raise TextbookError("the limit is a positive number of standard errors")
    return Chart(two_sided_p(limit, np.inf))


def _known(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64).ravel()
    return array[~np.isnan(array)]


def _test(t: float, df: float) -> TTest:
    return TTest(t, df, two_sided_p(t, df))
