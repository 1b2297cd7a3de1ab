"""From answers to keyed scores, person scores and the friction index.

All scores run from 0 (no friction) to 100 (all friction). Which items count, and how each is keyed,
is in `instrument`; their wording belongs to the service, because HR can edit it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

POINTS: Final = 5
"""Fully labelled answer points of every closed item, coded 1..5 (disagree .. agree)."""

MIN_CORE_ANSWERED: Final = 4
"""A person with fewer answered core items than this is in no figure of the cell."""


class RatingError(ValueError):
    """Ratings of a wrong shape, or an answer that is neither 1..5 nor missing."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """One cell's answers, columnar.

    `values` has shape (n, items), answers 1..5, NaN where a question was left out. A row is one
    respondent; its number means nothing outside this object. `rows` may give the wave's own
    labels of the respondents (distinct numbers, valid in this wave only), which lets the rank
    gate see that two cells hold the same answers; empty means "every row is somebody else".

    Raises RatingError for a wrong shape or an answer outside 1..5.
    """

    items: tuple[str, ...]
    reverse: tuple[bool, ...]
    values: NDArray[np.float64]
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        values = np.asarray(self.values, dtype=np.float64)
        if values.size == 0:
            values = values.reshape(0, len(self.items))
        object.__setattr__(self, "values", values)
        if values.ndim != 2 or values.shape[1] != len(self.items):
            raise RatingError(f"{len(self.items)} items, but answers of shape {values.shape}")
        if len(self.reverse) != len(self.items) or len(set(self.items)) != len(self.items):
            raise RatingError("every item needs one code of its own and one key")
        if self.rows and len(set(self.rows)) != len(values):
            raise RatingError("every row needs one label of its own")
        check_answers(values)

    def column(self, code: str) -> int | None:
        """Position of the item with this code, or None if it was not asked."""
        return self.items.index(code) if code in self.items else None

    def keyed(self) -> NDArray[np.float64]:
        """Keyed scores 0..100, shape (n, items), NaN where not answered."""
        return keyed(self.values, self.reverse)


@dataclass(frozen=True, slots=True)
class PersonScores:
    """Person scores y, shape (n,), 0..100; NaN for persons with too few core answers."""

    values: NDArray[np.float64]

    @property
    def base(self) -> NDArray[np.bool_]:
        """The cell's one respondent base (rule 3): persons who have a score."""
        return ~np.isnan(self.values)

    @property
    def known(self) -> NDArray[np.float64]:
        """The scores of the base alone."""
        return self.values[self.base]


@dataclass(frozen=True, slots=True)
class Index:
    """Friction index of a cell: `value` 0..100 (NaN if n = 0), n persons, their scores."""

    value: float
    n: int
    persons: PersonScores


def check_answers(values: NDArray[np.float64]) -> None:
    """Raise RatingError unless every answer is one of 1..5 or missing (NaN)."""
    known = values[~np.isnan(values)]
    if not np.isin(known, np.arange(1, POINTS + 1)).all():
        raise RatingError("an answer must be 1, 2, 3, 4 or 5, or missing")


def keyed(values: ArrayLike, reverse: Sequence[bool]) -> NDArray[np.float64]:
    """Keyed scores of answers x: 100(5-x)/4 for '+' items, 100(x-1)/4 for reversed ones.

    `values` has shape (..., items), answers 1..5 or NaN; `reverse` has one entry per item. The
    result has the same shape, range 0..100, NaN kept. Raises RatingError.
    """
    answers = np.asarray(values, dtype=np.float64)
    if answers.ndim == 0 or answers.shape[-1] != len(reverse):
        raise RatingError(f"{len(reverse)} keys for answers of shape {answers.shape}")
    check_answers(answers)
    span = POINTS - 1
    return np.where(
        np.asarray(reverse, dtype=bool), 100 * (answers - 1) / span, 100 * (POINTS - answers) / span
    )


def person_weights(answered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weight of each core item in a person's score, shape (n, 5).

    1/m for the m answered items of somebody who answered at least four, else all zero: that
    person is in no figure of the cell.
    """
    counts = answered.sum(axis=1, keepdims=True)
    enough = counts >= min(MIN_CORE_ANSWERED, answered.shape[1])
    return np.where(answered & enough & (counts > 0), 1.0 / np.maximum(counts, 1), 0.0)


def person_scores(answers: ArrayLike, reverse: Sequence[bool]) -> PersonScores:
    """Person scores y: mean of the keyed core items, if at least 4 of the 5 are answered.

    `answers` has shape (n, 5), 1..5 or NaN. Raises RatingError.
    """
    scores = keyed(np.asarray(answers, dtype=np.float64).reshape(-1, len(reverse)), reverse)
    weights = person_weights(~np.isnan(scores))
    means = (np.nan_to_num(scores) * weights).sum(axis=1)
    return PersonScores(np.where(weights.any(axis=1), means, np.nan))


def friction_index(answers: ArrayLike, reverse: Sequence[bool]) -> Index:
    """Friction index of a cell: the mean of the person scores (0..100).

    `answers` has shape (n, items) with the core items only, 1..5 or NaN; `reverse` one entry per
    item. With nobody in the base the value is NaN and n is 0. Raises RatingError.
    """
    persons = person_scores(answers, reverse)
    n = len(persons.known)
    return Index(float(persons.known.mean()) if n else float("nan"), n, persons)
