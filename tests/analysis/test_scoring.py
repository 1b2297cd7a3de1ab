"""Keyed scores, person scores, the index: by hand, and what must hold for any answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.measurement import instrument, scoring

REVERSE = tuple(item.reverse for item in instrument.CORE)
ANSWERS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(0, 12), st.just(5)),
    elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, np.nan]),
)


def test_the_two_keys_by_hand() -> None:
    assert scoring.keyed([[1, 1], [3, 3], [5, 5]], (False, True)).tolist() == [
        [100.0, 0.0],
        [50.0, 50.0],
        [0.0, 100.0],
    ]


def test_core_items_carry_the_five_causes_in_order() -> None:
    assert tuple(item.cause for item in instrument.CORE) == instrument.CAUSES
    assert [item.reverse for item in instrument.CORE] == [False, False, True, True, False]


def test_four_of_five_answers_are_enough_three_are_not() -> None:
    answers = [[5, 5, 1, 1, 5], [1, 1, 5, 5, np.nan], [1, 1, 5, np.nan, np.nan]]
    index = scoring.friction_index(answers, REVERSE)
    assert index.n == 2
    assert index.value == 50.0
    assert np.isnan(index.persons.values[2])


def test_nobody_is_a_defined_case() -> None:
    index = scoring.friction_index(np.empty((0, 5)), REVERSE)
    assert index.n == 0
    assert np.isnan(index.value)


@pytest.mark.parametrize("bad", [0.0, 6.0, 2.5])
def test_an_answer_off_the_scale_is_refused(bad: float) -> None:
    with pytest.raises(scoring.RatingError):
        scoring.keyed([[bad]], (False,))


def test_ratings_refuse_a_wrong_shape_and_doubled_rows() -> None:
    with pytest.raises(scoring.RatingError):
        scoring.Ratings(("C1", "C2"), (False, False), np.ones((3, 1)))
    with pytest.raises(scoring.RatingError):
        scoring.Ratings(("C1",), (False,), np.ones((2, 1)), rows=(7, 7))


@given(ANSWERS)
def test_the_index_stays_on_the_scale_and_ignores_order(answers: np.ndarray) -> None:
    index = scoring.friction_index(answers, REVERSE)
    turned = scoring.friction_index(answers[::-1], REVERSE)
    assert index.n == turned.n
    if index.n:
        assert 0 <= index.value <= 100
        assert index.value == pytest.approx(turned.value)


@given(ANSWERS)
def test_turning_every_answer_round_mirrors_the_index(answers: np.ndarray) -> None:
    index = scoring.friction_index(answers, REVERSE)
    mirror = scoring.friction_index(6 - answers, REVERSE)
    assert index.n == mirror.n
    if index.n:
        assert index.value == pytest.approx(100 - mirror.value)
