"""Ranking of pairs: empirical Bayes, so that a small cell's luck does not top the list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize


class RankingError(ValueError):
    """Figures and errors that do not belong together."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Shrunken values m + B(M-m), their standard errors and weights B (0..1), per figure.

    NaN where there is no figure. `between` is the variance of the true levels, `mean` is m.
    """

    values: NDArray[np.float64]
    standard_errors: NDArray[np.float64]
    weights: NDArray[np.float64]
    mean: float
    between: float


def shrink(figures: ArrayLike, standard_errors: ArrayLike) -> Shrunk:
    """Empirical Bayes levels of published figures, to be shown beside the raw ones.

    B = sigma_b^2/(sigma_b^2 + SE^2); sigma_b^2 solves Paule and Mandel's (1982) equation, which
    for equal errors is the analysis of variance estimate; m is the mean weighted by
    1/(sigma_b^2 + SE^2). Shapes (pairs,), NaN without a figure. One figure, or figures no
    further apart than chance puts them, shrink to the common mean. Raises RankingError.
    """
    raw = np.asarray(figures, dtype=np.float64).ravel()
    se = np.broadcast_to(np.asarray(standard_errors, dtype=np.float64), raw.shape)
    known = ~(np.isnan(raw) | np.isnan(se))
    if (se[known] <= 0).any():
        raise RankingError("a figure without error needs no shrinking")
    nothing = np.full(raw.shape, np.nan)
    if not known.any():
        return Shrunk(nothing, nothing.copy(), nothing.copy(), float("nan"), 0.0)
    x, variance = raw[known], se[known] ** 2
    between = between_variance(x, variance)
    mean = _weighted(x, variance + between)
    weight = between / (between + variance)
    values, errors, weights = nothing, nothing.copy(), nothing.copy()
    values[known], weights[known] = mean + weight * (x - mean), weight
    errors[known] = np.sqrt(
        weight * variance + (1 - weight) ** 2 / (1 / (variance + between)).sum()
    )
    return Shrunk(values, errors, weights, mean, between)


def between_variance(x: NDArray[np.float64], variance: NDArray[np.float64]) -> float:
    """Paule-Mandel: the sigma_b^2 at which the weighted squares equal their degrees of freedom."""

    def excess(between: float) -> float:
        total = variance + between
        return float(((x - _weighted(x, total)) ** 2 / total).sum()) - (len(x) - 1)

    if len(x) < 2 or excess(0.0) <= 0:
        return 0.0
    top = float(((x - x.mean()) ** 2).sum()) + 1.0
    return float(optimize.brentq(excess, 0.0, top, xtol=1e-12, rtol=1e-14))


def _weighted(x: NDArray[np.float64], variance: NDArray[np.float64]) -> float:
    return float((x / variance).sum() / (1 / variance).sum())
