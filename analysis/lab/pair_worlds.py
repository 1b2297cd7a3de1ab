"""Simulated pairs of teams, as they are published month by month, beside what is true of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.cell_rules import shown
from analysis.disclosure.figures import Published, pair_level, published_se, published_value
from analysis.lab.cell_worlds import Cells, worlds

USUAL_TEAM: Final = 22


def waves_of(
    cells: Cells,
) -> Iterator[tuple[int, list[NDArray[np.float64]], NDArray[np.float64]]]:
    """Per world: its number, the answers' scores month by month, the truth month by month."""
    for world, (scores, answered) in enumerate(zip(cells.scores, cells.answered, strict=True)):
        rows = [y[there] for y, there in zip(scores, answered, strict=True)]
        yield world, rows, cells.truth[world]


def pairs_with_truth(
    rng: np.random.Generator, seams: int, steps: NDArray[np.float64]
) -> Iterator[tuple[list[Published], NDArray[np.float64]]]:
    """Published pair levels of two seams each, month by month, and the true ones."""
    for cells in worlds(rng, seams, USUAL_TEAM, steps):
        figures = [[shown(y, USUAL_TEAM) for y in rows] for _, rows, _ in waves_of(cells)]
        for i in range(0, len(figures) - 1, 2):
            level = [pair_level(a, b) for a, b in zip(figures[i], figures[i + 1], strict=True)]
            yield level, (cells.truth[i] + cells.truth[i + 1]) / 2


def pairs_of(
    rng: np.random.Generator, seams: int, steps: NDArray[np.float64]
) -> Iterator[list[Published]]:
    """The same without the truth."""
    return (pair for pair, _ in pairs_with_truth(rng, seams, steps))


def series_of(
    pairs: Iterable[Sequence[Published]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Published values and standard errors, (pairs, months)."""
    found = [*pairs]
    return (
        np.array([[published_value(figure) for figure in pair] for pair in found]),
        np.array([[published_se(figure) for figure in pair] for pair in found]),
    )
