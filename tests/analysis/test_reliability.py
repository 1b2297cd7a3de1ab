"""Reliability, ranking and drivers: by hand, at the edges, and against brute force."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.decomposition import FactorAnalysis

from analysis.measurement import drivers, ranking, reliability

RNG = np.random.default_rng(7)


def test_identical_items_are_perfectly_consistent() -> None:
    column = RNG.normal(size=(30, 1))
    assert reliability.cronbach_alpha(np.repeat(column, 3, axis=1)) == pytest.approx(1)


def test_omega_is_at_least_alpha_for_unequal_loadings() -> None:
    loadings = np.array([0.9, 0.8, 0.5, 0.3])
    factor = RNG.normal(size=(3000, 1))
    items = factor * loadings + RNG.normal(size=(3000, 4)) * np.sqrt(1 - loadings**2)
    expected = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert reliability.mcdonald_omega(items) == pytest.approx(expected, abs=0.02)
    assert reliability.mcdonald_omega(items) > reliability.cronbach_alpha(items)


def test_the_unit_of_the_items_does_not_matter_if_they_share_it() -> None:
    items = RNG.normal(size=(50, 4)) + RNG.normal(size=(50, 1))
    for coefficient in (reliability.cronbach_alpha, reliability.mcdonald_omega):
        assert coefficient(items) == pytest.approx(coefficient(25 * items + 3), abs=1e-4)


def test_agreement_by_hand() -> None:
    assert reliability.rwg_star([[3, 4], [3, 4], [3, 4]]) == 1
    assert reliability.rwg_star([[1], [5], [1], [5]]) == pytest.approx(1 - 16 / 3 / 2)
    assert reliability.rwg_star([[2, np.nan], [4, np.nan]]) == pytest.approx(1 - 2 / 2)
    words = [reliability.agreement_band(value, 12) for value in (0.1, 0.5, 0.9)]
    assert words == ["little agreement", "some agreement", "much agreement"]
    assert reliability.agreement_band(0.9, 9) is None


def test_icc_of_groups_that_do_not_differ_is_about_zero() -> None:
    labels = np.repeat(np.arange(60), 8)
    icc1, icc2 = reliability.icc(RNG.normal(size=480), labels)
    assert icc1 == pytest.approx(0, abs=0.06)
    assert icc2 < 0.4


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: reliability.cronbach_alpha(np.ones((5, 3))),
        lambda: reliability.cronbach_alpha(np.empty((0, 3))),
        lambda: reliability.cronbach_alpha(np.ones((5, 1))),
        lambda: reliability.mcdonald_omega(np.ones((5, 3))),
        lambda: reliability.icc([1.0, 2.0], ["a", "b"]),
        lambda: reliability.icc([1.0, 2.0, 3.0], ["a", "a", "a"]),
        lambda: reliability.icc([1.0, 1.0, 1.0, 1.0], ["a", "a", "b", "b"]),
        lambda: reliability.icc([1.0], ["a", "b"]),
        lambda: reliability.rwg_star([[3, 4]]),
        lambda: reliability.rwg_star([]),
    ],
)
def test_too_little_data_has_a_name(wrong: object) -> None:
    with pytest.raises(reliability.ReliabilityError):
        wrong()  # type: ignore[operator]


def test_figures_no_further_apart_than_chance_shrink_to_one() -> None:
    shrunk = ranking.shrink([40, 41, 39], 5.0)
    assert shrunk.between == 0
    assert shrunk.values == pytest.approx([40, 40, 40])


@given(st.lists(st.one_of(st.floats(0, 100), st.just(float("nan"))), max_size=12))
def test_shrinking_keeps_order_and_never_overshoots(figures: list[float]) -> None:
    shrunk, raw = ranking.shrink(figures, 4.0), np.array(figures)
    known = ~np.isnan(raw)
    assert (np.isnan(shrunk.values) == ~known).all()
    if known.any():
        away = np.abs(raw[known] - shrunk.mean) + 1e-9
        assert (np.abs(shrunk.values[known] - shrunk.mean) <= away).all()
        order = np.argsort(raw[known])
        assert (np.diff(shrunk.values[known][order]) >= -1e-9).all()


def test_a_figure_without_error_is_refused() -> None:
    with pytest.raises(ranking.RankingError):
        ranking.shrink([40, 50], [0.0, 1.0])


def r_squared(X: np.ndarray, y: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(y)), X])
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - float(residual @ residual) / float(((y - y.mean()) ** 2).sum())


def test_lmg_is_the_mean_gain_over_all_orders() -> None:
    X = RNG.normal(size=(40, 3)) + RNG.normal(size=(40, 1))
    y = X @ [1.0, 0.5, 0.0] + RNG.normal(size=40)
    gains = np.zeros(3)
    for order in permutations(range(3)):
        for position, driver in enumerate(order):
            before = X[:, list(order[:position])]
            after = X[:, list(order[: position + 1])]
            gains[driver] += r_squared(after, y) - (r_squared(before, y) if position else 0.0)
    assert drivers.lmg(X, y).shares == pytest.approx(gains / 6)


@given(hnp.arrays(np.float64, (12, 3), elements=st.floats(-5, 5)), st.floats(0.5, 20))
def test_shares_add_up_and_ignore_units(X: np.ndarray, scale: float) -> None:
    y = np.arange(12.0)
    one, other = drivers.lmg(X, y), drivers.lmg(X, scale * y + 3)
    assert one.shares.sum() == pytest.approx(one.r_squared, abs=1e-9)
    assert one.shares == pytest.approx(other.shares, abs=1e-6)
    assert (one.shares >= -1e-6).all()


def test_drivers_have_intervals_and_refuse_a_team() -> None:
    X = RNG.normal(size=(150, 4))
    y = X[:, 0] + RNG.normal(size=150)
    result = drivers.drivers(X, y, seed=1, bootstraps=100)
    assert (result.low <= result.shares).all()
    assert (result.shares <= result.high + 0.02).all()
    assert result.shares.argmax() == 0
    with pytest.raises(drivers.DriverError):
        drivers.drivers(X[:18], y[:18])
    with pytest.raises(drivers.DriverError):
        drivers.lmg(X, np.ones(150))
    with pytest.raises(drivers.DriverError):
        drivers.lmg(np.ones((40, 13)), np.arange(40.0))
    with pytest.raises(drivers.DriverError):
        drivers.lmg(X[:3], y[:3])


def test_the_one_factor_model_is_that_of_another_implementation() -> None:
    loadings = np.array([0.9, 0.7, 0.6, 0.4, 0.5])
    items = RNG.normal(size=(400, 1)) * loadings + RNG.normal(size=(400, 5)) * 0.6
    other = FactorAnalysis(1, tol=1e-10, max_iter=20_000).fit(items)
    found, unique = reliability.one_factor(np.cov(items, rowvar=False, ddof=0))
    assert found == pytest.approx(np.abs(other.components_[0]), abs=2e-3)
    assert unique == pytest.approx(other.noise_variance_, abs=2e-3)
