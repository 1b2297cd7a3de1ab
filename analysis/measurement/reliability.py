"""Does the instrument measure? Consistency, agreement, and what lies between groups.

For the whole organisation and n of 100 or more; `rwg_star` for a seam, HR only, in three bands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from analysis.measurement.scoring import POINTS

MIN_RESPONDENTS: Final = 100
MIN_FOR_AGREEMENT: Final = 10
AGREEMENT_BANDS: Final = ((0.3, "little agreement"), (0.7, "some agreement"))


class ReliabilityError(ValueError):
    """Too little data, or data without any spread, for the coefficient asked for."""


@dataclass(frozen=True, slots=True)
class Components:
    """One-way random effects, balanced or not: variances between and within groups."""

    between: float
    within: float
    mean: float
    group_size: float


def cronbach_alpha(items: ArrayLike) -> float:
    """Cronbach's alpha, k/(k-1) (1 - sum of item variances / variance of the sum); at most 1.

    `items`: shape (n, k), keyed in one direction; rows with a missing answer are left out.
    Raises ReliabilityError for fewer than two items or rows, or a sum without spread.
    """
    values = _complete(items, least_items=2)
    k, total = values.shape[1], float(values.sum(axis=1).var(ddof=1))
    if total <= 0:
        raise ReliabilityError("all sums are equal: there is no spread to explain")
    own = float(values.var(axis=0, ddof=1).sum())
    return float(k / (k - 1) * (1 - own / total))


def mcdonald_omega(items: ArrayLike) -> float:
    """McDonald's omega total of a one-factor model, 0..1 (McDonald 1999).

    (sum of loadings)^2 over itself plus the sum of unique variances; the factor is fitted to the
    covariance matrix by maximum likelihood. `items` as in `cronbach_alpha`, at least three.
    Raises ReliabilityError.
    """
    values = _complete(items, least_items=3)
    covariance = np.cov(values, rowvar=False)
    if (np.diag(covariance) <= 0).any():
        raise ReliabilityError("an item has the same answer everywhere")
    loadings, unique = one_factor(covariance)
    common = float(loadings.sum()) ** 2
    return common / (common + float(unique.sum()))


def one_factor(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Loadings and unique variances of a one-factor model by maximum likelihood.

    Joreskog 1967: given the unique variances psi the loadings follow from the first eigenvector
    of psi^-1/2 S psi^-1/2, so only psi is searched. Both of shape (k,), in the units of the items.
    """
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)

    def scaled(log_psi: NDArray[np.float64]) -> NDArray[np.float64]:
        root = np.exp(-log_psi / 2)
        return np.asarray(correlation * np.outer(root, root))

    def loss(log_psi: NDArray[np.float64]) -> float:
        values = np.linalg.eigvalsh(scaled(log_psi))[:-1]
        return float((np.maximum(values, 1e-12) - np.log(np.maximum(values, 1e-12)) - 1).sum())

    start = np.full(len(scale), np.log(0.5))
    bounds = [(np.log(0.005), 0.0)] * len(scale)
    found = np.asarray(optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds).x)
    values, vectors = np.linalg.eigh(scaled(found))
    first = vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1.0, 0.0))
    loadings = np.exp(found / 2) * first * np.sign(first.sum() or 1.0)
    return scale * loadings, scale**2 * np.exp(found)


def variance_components(values: ArrayLike, groups: ArrayLike) -> Components:
    """Variance between and within groups by analysis of variance; `between` is never negative.

    `values`: shape (n,), NaN left out; `groups`: n labels. With unequal groups the size is
    (N - sum n_g^2/N)/(G-1). Raises ReliabilityError unless there are two groups and more values
    than groups.
    """
    y, number, sizes = _grouped(values, groups)
    count, n = len(sizes), len(y)
    means = np.bincount(number, weights=y) / sizes
    within = float(((y - means[number]) ** 2).sum()) / (n - count)
    spread = float((sizes * (means - y.mean()) ** 2).sum()) / (count - 1)
    size = (n - float((sizes**2).sum()) / n) / (count - 1)
    return Components(max((spread - within) / size, 0.0), within, float(y.mean()), size)


def icc(values: ArrayLike, groups: ArrayLike) -> tuple[float, float]:
    """ICC(1) and ICC(2) (Shrout and Fleiss 1979): one member's and the group mean's reliability.

    (MSB-MSW)/(MSB+(n0-1)MSW) and (MSB-MSW)/MSB; may be negative. Arguments and errors as in
    `variance_components`.
    """
    y, number, sizes = _grouped(values, groups)
    count, n = len(sizes), len(y)
    means = np.bincount(number, weights=y) / sizes
    within = float(((y - means[number]) ** 2).sum()) / (n - count)
    between = float((sizes * (means - y.mean()) ** 2).sum()) / (count - 1)
    size = (n - float((sizes**2).sum()) / n) / (count - 1)
    if between <= 0:
        raise ReliabilityError("all group means are equal")
    return (between - within) / (between + (size - 1) * within), (between - within) / between


def rwg_star(items: ArrayLike, points: int = POINTS) -> float:
    """Lindell's r*WG = 1 - mean item variance / ((A^2-1)/12), A answer points (Lindell 1999).

    1 is perfect agreement, 0 what uniformly random answers give, down to -1 and a little less
    for two camps at the ends (sample variance). `items`: shape (n, k), answers 1..A, NaN left
    out. Raises ReliabilityError for fewer than two answers to every item, or points < 2.
    """
    values = np.asarray(items, dtype=np.float64)
    values = values[:, None] if values.ndim == 1 else values
    if points < 2 or values.size == 0:
        raise ReliabilityError("agreement needs answers on at least two points")
    usable = values[:, (~np.isnan(values)).sum(axis=0) >= 2]
    if usable.shape[1] == 0:
        raise ReliabilityError("agreement needs two answers to an item")
    return 1.0 - float(np.nanvar(usable, axis=0, ddof=1).mean()) / ((points**2 - 1) / 12)


def agreement_band(value: float, n: int) -> str | None:
    """Three bands of r*WG for HR; None below ten answers."""
    if n < MIN_FOR_AGREEMENT or np.isnan(value):
        return None
    return next((word for limit, word in AGREEMENT_BANDS if value < limit), "much agreement")


def _complete(items: ArrayLike, least_items: int) -> NDArray[np.float64]:
    values = np.asarray(items, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < least_items:
        raise ReliabilityError(f"at least {least_items} items are needed")
    values = values[~np.isnan(values).any(axis=1)]
    if len(values) < 2:
        raise ReliabilityError("at least two complete answers are needed")
    return values


def _grouped(
    values: ArrayLike, groups: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    y, labels = np.asarray(values, dtype=np.float64).ravel(), np.asarray(groups).ravel()
    if len(y) != len(labels):
        raise ReliabilityError("every value needs its group")
    labels, y = labels[~np.isnan(y)], y[~np.isnan(y)]
    _, number, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    if len(sizes) < 2 or len(y) <= len(sizes):
        raise ReliabilityError("at least two groups, and more values than groups, are needed")
    return y, number.astype(np.int64), sizes.astype(np.int64)
