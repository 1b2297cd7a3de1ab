"""Intervals: by hand, at the edges, and what must hold for any answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measurement import uncertainty as u

SCORES = st.lists(st.floats(0, 100), min_size=0, max_size=30)


def test_variance_and_interval_by_hand() -> None:
    values = [10.0, 30.0, 50.0, 70.0]
    variance, df = u.moderated_variance(values)
    assert df == 15
    assert variance == pytest.approx((12 * 400 + 2000) / 15)
    estimate = u.mean_interval(values, 8)
    error = np.sqrt(variance * (1 - 0.5 * 4 / 8) / 4)
    assert estimate.standard_error == pytest.approx(error)
    assert estimate.value == 40
    assert estimate.high - 40 == pytest.approx(2.131449545559323 * error)


def test_a_full_answer_still_has_an_error_and_fewer_answers_a_larger_one() -> None:
    assert u.mean_variance(400, 22, 22) == pytest.approx(400 * 0.5 / 22)
    assert u.mean_variance(400, 22, 22, rho=1.0) == 0.0
    assert u.mean_variance(400, 11, 22) > u.mean_variance(400, 22, 22)


@pytest.mark.parametrize(
    ("values", "n"), [([], 0), ([np.nan], 0), ([30.0], 1), ([30.0] * 6, 6), ([np.nan, 30.0], 1)]
)
def test_edges_are_defined(values: list[float], n: int) -> None:
    estimate = u.mean_interval(values, 10)
    assert estimate.n == n
    assert 0 <= estimate.low <= estimate.high <= 100
    assert np.isnan(estimate.value) == (n == 0)


def test_nonsense_is_refused_by_name() -> None:
    for wrong in (
        lambda: u.mean_interval([1.0, 2.0], 1),
        lambda: u.mean_interval([1.0], 5, rho=1.5),
        lambda: u.mean_interval([1.0], 5, confidence=1.0),
        lambda: u.mean_variance(400, 0, 5),
        lambda: u.minimum_detectable_change(-1.0),
    ):
        with pytest.raises(u.TeamError):
            wrong()


def test_smallest_visible_change_is_1_96_and_2_80_errors() -> None:
    assert u.minimum_detectable_change(1.0) == pytest.approx(1.96, abs=5e-4)
    assert u.minimum_detectable_change(1.0, power=0.8) == pytest.approx(2.80, abs=5e-3)


def test_tipping_point_and_bounds() -> None:
    line = u.tipping_point(6.0, 40.0, 18, 24)
    assert line.needed == pytest.approx(24.0)
    assert (line.low, line.high) == (pytest.approx(30.0), pytest.approx(55.0))
    assert u.tipping_point(1.0, 40.0, 18, 24).fragile
    assert not u.tipping_point(20.0, 40.0, 18, 24).fragile
    assert u.tipping_point(1.0, 40.0, 24, 24).needed == float("inf")
    assert not u.tipping_point(1.0, 40.0, 24, 24).fragile
    assert u.tipping_point(1.0, 40.0, 0, 24).high == 100


@given(SCORES, st.randoms())
def test_order_does_not_matter(values: list[float], random: object) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = u.mean_interval(values, 30), u.mean_interval(shuffled, 30)
    assert one.n == other.n
    if one.n:
        assert one.low == pytest.approx(other.low)


@given(st.lists(st.floats(20, 60), min_size=1, max_size=30), st.floats(-5, 5))
def test_a_shift_moves_the_interval_as_it_is(values: list[float], shift: float) -> None:
    one = u.mean_interval(values, 30)
    other = u.mean_interval(np.array(values) + shift, 30)
    assert other.value - one.value == pytest.approx(shift)
    assert other.standard_error == pytest.approx(one.standard_error)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20), st.integers(0, 20))
def test_a_larger_team_is_known_less_well(values: list[float], more: int) -> None:
    small, large = u.mean_interval(values, 20), u.mean_interval(values, 20 + more)
    assert large.standard_error >= small.standard_error - 1e-12


@given(SCORES)
def test_the_mirror_image_has_the_mirrored_interval(values: list[float]) -> None:
    one, other = u.mean_interval(values, 30), u.mean_interval(100 - np.array(values), 30)
    assert one.low == pytest.approx(100 - other.high)
