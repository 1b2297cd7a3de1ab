"""How a simulated person turns a latent view into answers: a graded response model.

Latent friction theta (0 is average, higher is worse) gives one of five categories per item
(Samejima 1969), P(category > j) = logistic(a (theta - b_j)). The parameters lie in the ranges that
published team questionnaires show; they were not fitted to any data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.measurement.instrument import CAUSES, CORE, EXTRA
from analysis.measurement.scoring import POINTS

MOOD_SD: Final = 0.5
VIEW_SD: Final = float(np.sqrt(0.40))
MONTH_SD: Final = float(np.sqrt(0.35))
"""Lasting mood of the person, lasting view of the other team, and the month's own wobble."""
ACQUIESCENCE_SD: Final = 0.3
CARELESS: Final = 0.03

ANSWER_LOGIT: Final = 1.5
PERSISTENCE: Final = 0.8


@dataclass(frozen=True, slots=True)
class ItemCurve:
    """One item: discrimination, four thresholds, and which cause's latent it also follows."""

    code: str
    reverse: bool
    slope: float
    thresholds: tuple[float, float, float, float]
    cause: str | None


_SLOPES: Final = (1.9, 2.1, 1.7, 2.0, 2.2, 2.0, 1.4, 1.5, 1.6, 1.4, 1.7, 1.6, 1.8, 1.5, 1.3)
_SHIFTS: Final = (0.0, -0.1, 0.2, -0.2, 0.1, -0.1, 0.0, 0.1, -0.1, 0.2, 0.0, -0.2, 0.0, 0.1, 0.2)
_THRESHOLDS: Final = (-1.5, -0.4, 0.7, 1.7)

CURVES: Final[tuple[ItemCurve, ...]] = tuple(
    ItemCurve(
        key.code,
        key.reverse,
        slope,
        (
            _THRESHOLDS[0] + shift,
            _THRESHOLDS[1] + shift,
            _THRESHOLDS[2] + shift,
            _THRESHOLDS[3] + shift,
        ),
        key.cause,
    )
    for key, slope, shift in zip((*CORE, *EXTRA[:-1]), _SLOPES, _SHIFTS, strict=True)
)
"""C1..C5, K1, M1, R1..R7, S1 (A1 is only asked while an action runs and is not simulated)."""

CORE_CURVES: Final = CURVES[: len(CORE)]


def categories(
    rng: np.random.Generator, theta: NDArray[np.float64], curves: tuple[ItemCurve, ...]
) -> NDArray[np.int64]:
    """Friction categories 1..5 (5 is most friction) for latents of shape (..., items)."""
    slopes = np.array([curve.slope for curve in curves])
    noisy = theta + rng.logistic(size=theta.shape) / slopes
    bounds = np.array([curve.thresholds for curve in curves])
    drawn = np.ones(theta.shape, dtype=np.int64)
    for j in range(POINTS - 1):
        drawn += noisy > bounds[:, j]
    return drawn


def answers(
    rng: np.random.Generator,
    theta: NDArray[np.float64],
    acquiescence: NDArray[np.float64],
    curves: tuple[ItemCurve, ...],
) -> NDArray[np.int64]:
    """Answers 1..5 as given on the form, shape (n, items).

    `theta`: (n, items). Acquiescence (n,) pushes reversed items towards "agree"; a careless
    person answers at random.
    """
    reverse = np.array([curve.reverse for curve in curves])
    drawn = categories(rng, theta + acquiescence[:, None] * reverse, curves)
    given = np.where(reverse, drawn, POINTS + 1 - drawn)
    careless = rng.random(len(theta)) < CARELESS
    return np.where(careless[:, None], rng.integers(1, POINTS + 1, given.shape), given)


_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


def expected_index(
    lasting: NDArray[np.float64], acquiescence: NDArray[np.float64], causes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Expected person score 0..100, averaged over the month's wobble; shape of `lasting`.

    `lasting`: the person's latent without the month's part, any shape; `causes`: shape (5,), or
    the shape of `lasting` with a last axis of 5.
    """
    total = np.zeros(lasting.shape)
    for position, curve in enumerate(CORE_CURVES):
        theta = lasting + acquiescence * curve.reverse + causes[..., position]
        for node, weight in zip(_NODES, _NODE_WEIGHTS / _NODE_WEIGHTS.sum(), strict=True):
            for bound in curve.thresholds:
                z = curve.slope * (theta + MONTH_SD * node - bound)
                total += weight / (1 + np.exp(-z))
    score = 100 * total / (len(CORE_CURVES) * (POINTS - 1))
    return (1 - CARELESS) * score + CARELESS * 50.0


def cause_matrix(curves: tuple[ItemCurve, ...]) -> NDArray[np.float64]:
    """Shape (5, items): which items follow which cause's latent."""
    return np.array([[float(curve.cause == cause) for curve in curves] for cause in CAUSES])
