"""Many simulated cells at once, for measuring how often the method keeps its promises.

The same people, items and answering behaviour as `simulate.Company`, without its objects: arrays
of shape (worlds, months, people).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.lab import answer_model as model
from analysis.lab.simulate import LENIENCY_SD, LEVEL, PAIR_SD, TARGET_SD, TURNOVER
from analysis.measurement.instrument import CORE
from analysis.measurement.scoring import keyed

BETWEEN_SD: Final = float(np.sqrt(LENIENCY_SD**2 + TARGET_SD**2 + PAIR_SD**2))
REVERSE: Final = tuple(item.reverse for item in CORE)
CHUNK: Final = 400_000
"""Person-months simulated at a time; keeps memory in the tens of megabytes."""


@dataclass(frozen=True, slots=True)
class Cells:
    """`scores`: (worlds, months, people) person scores of everybody, also of the silent.

    `answered`: who of them answered; `truth`: (worlds, months) latent means of the index;
    `moved`: (worlds, months) joiners plus leavers since the month before.
    """

    scores: NDArray[np.float64]
    answered: NDArray[np.bool_]
    truth: NDArray[np.float64]
    moved: NDArray[np.int64]

    def means(self) -> NDArray[np.float64]:
        """Mean of the answers, (worlds, months)."""
        counts = np.maximum(self.answered.sum(axis=2), 1)
        return np.asarray((self.scores * self.answered).sum(axis=2) / counts)


def worlds(
    rng: np.random.Generator,
    count: int,
    team_size: int,
    steps: NDArray[np.float64],
    response: tuple[float, float] | None = (0.82, 0.82),
    kappa: float = 0.0,
    turnover: float = TURNOVER,
) -> Iterator[Cells]:
    """`count` cells in chunks. `steps`: latent added per month, shape (months,) or (count, months).

    `response`: range of the month's response rate, at least five people answering; None lets
    people answer by their own odds, where `kappa` keeps the unhappy silent.
    """
    steps = np.broadcast_to(np.atleast_2d(steps), (count, np.shape(steps)[-1]))
    at_once = max(1, CHUNK // (team_size * steps.shape[1]))
    for start in range(0, count, at_once):
        part = steps[start : start + at_once]
        yield _cells(rng, part, team_size, response, kappa, turnover)


def _cells(
    rng: np.random.Generator,
    steps: NDArray[np.float64],
    team_size: int,
    response: tuple[float, float] | None,
    kappa: float,
    turnover: float,
) -> Cells:
    shape = (*steps.shape, team_size)
    lasting, yes, loyal, moved = _people(rng, shape, turnover)
    level = LEVEL + rng.normal(0, BETWEEN_SD, len(steps))[:, None] + steps
    lasting = lasting + level[..., None]
    theta = lasting + rng.normal(0, model.MONTH_SD, shape)
    flat = np.repeat(theta.reshape(-1, 1), len(CORE), axis=1)
    drawn = model.answers(rng, flat, yes.ravel(), model.CORE_CURVES)
    scores = keyed(drawn, REVERSE).mean(axis=1).reshape(shape)
    truth = model.expected_index(lasting, yes, np.zeros(len(CORE))).mean(axis=2)
    if response is None:
        odds = model.ANSWER_LOGIT + model.PERSISTENCE * loyal - kappa * theta
        answered = rng.random(shape) < 1 / (1 + np.exp(-odds))
    else:
        wanted = rng.uniform(*response, shape[:2]) * team_size
        counts = np.clip(np.floor(wanted + rng.random(shape[:2])), min(5, team_size), team_size)
        answered = rng.random(shape).argsort(axis=2).argsort(axis=2) < counts[..., None]
    return Cells(scores, answered, truth, moved)


def _people(
    rng: np.random.Generator, shape: tuple[int, int, int], turnover: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Lasting traits per month; a leaver's place is taken by somebody new."""
    months = shape[1]
    gone = rng.random(shape) < turnover
    gone[:, 0] = False
    traits = []
    for sd in (np.hypot(model.MOOD_SD, model.VIEW_SD), model.ACQUIESCENCE_SD, 1.0):
        path = rng.normal(0, sd, shape)
        for month in range(1, months):
            path[:, month] = np.where(gone[:, month], path[:, month], path[:, month - 1])
        traits.append(path)
    return traits[0], traits[1], traits[2], 2 * gone.sum(axis=2)
