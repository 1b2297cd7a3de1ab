"""Multinomial logistic regression with a ridge, for tens to thousands of labelled texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

FloatArray = NDArray[np.float32]
Floats = NDArray[np.float64]
IntArray = NDArray[np.int64]

PENALTY = 0.1  # on the squared weights, against the sum of the texts' losses
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Logistic:
    """weights (d, c) and intercepts (c,) over the c classes it was fitted on."""

    weights: Floats
    intercepts: Floats

    @classmethod
    def fit(cls, rows: FloatArray, classes: IntArray, count: int) -> Logistic:
        """Fit on unit rows (n, d) with classes 0…count−1 (n,); intercepts are not penalised."""
        x = rows.astype(np.float64)
        truth = np.eye(count)[classes]
        shape = (x.shape[1] + 1, count)

        def loss(flat: Floats) -> tuple[float, Floats]:
            weights = flat.reshape(shape)
            scores = x @ weights[:-1] + weights[-1]
            log_sum = np.logaddexp.reduce(scores, axis=1, keepdims=True)
            missed = np.exp(scores - log_sum) - truth
            value = float((log_sum - scores)[truth == 1].sum())
            gradient = np.vstack([x.T @ missed + PENALTY * weights[:-1], missed.sum(axis=0)])
            return value + PENALTY / 2 * float((weights[:-1] ** 2).sum()), gradient.ravel()

        found = minimize(
            loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}
        )
        weights = found.x.reshape(shape)
        return cls(weights[:-1], weights[-1])

    def proba(self, rows: FloatArray) -> Floats:
        """(n, c) probabilities of unit rows (n, d)."""
        scores = rows.astype(np.float64) @ self.weights + self.intercepts
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))
