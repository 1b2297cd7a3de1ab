"""Change, alarm, line and many pairs: by hand, with holes, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measurement import trend
from analysis.measurement.uncertainty import mean_interval

QUIET = [40.0, 42.0, 38.0, 41.0, 39.0, 40.0]
SERIES = st.lists(st.one_of(st.floats(0, 100), st.just(float("nan"))), max_size=24)


def test_change_by_hand() -> None:
    before, after = mean_interval([30.0, 40, 50], 6), mean_interval([50.0, 60, 70], 6)
    change = trend.compare(before, after, joiners=1, leavers=1)
    variance = (12 * 400 + 200 + 200) / 16
    error = 2 * variance * (1 - 0.25) / 3 + 0.5 * variance * 2 / 36
    assert change.value == pytest.approx(20)
    assert change.standard_error == pytest.approx(np.sqrt(error))
    assert change.smallest_found > change.smallest_seen > change.standard_error
    assert change.visible == (change.p < 0.05)


def test_turnover_widens_a_change() -> None:
    before, after = mean_interval([30.0, 40, 50], 6), mean_interval([50.0, 60, 70], 6)
    quiet, lively = trend.compare(before, after, 0, 0), trend.compare(before, after, 2, 2)
    assert lively.standard_error > quiet.standard_error
    with pytest.raises(trend.SeriesError):
        trend.compare(before, after, -1, 0)


def test_nobody_on_one_side_is_no_change_to_see() -> None:
    change = trend.compare(mean_interval([], 6), mean_interval([50.0], 6), 0, 0)
    assert np.isnan(change.value)
    assert not change.visible


def test_the_alarm_finds_a_step_and_is_silent_before_its_baseline() -> None:
    chart = trend.ewma_alarm([*QUIET, 55, 56, 57, 55], 3.0)
    assert not chart.alarm[:6].any()
    assert np.isnan(chart.ewma[:6]).all()
    assert chart.centre == 40
    assert chart.alarm[-1]


def test_a_short_series_never_alarms() -> None:
    chart = trend.ewma_alarm([90, 10, 90, 10, 90], 1.0)
    assert not chart.alarm.any()
    assert np.isnan(chart.centre)


def test_unpublished_months_carry_no_weight() -> None:
    nan = float("nan")
    whole = trend.ewma_alarm([*QUIET, 50, 52], 3.0, turnover=0)
    holes = trend.ewma_alarm([40, nan, *QUIET[1:], nan, 50, nan, 52], 3.0, turnover=0)
    assert holes.ewma[-1] == pytest.approx(whole.ewma[-1])
    assert holes.upper[-1] == pytest.approx(whole.upper[-1])
    assert np.isnan(holes.ewma[-2])
    assert not holes.alarm[[1, 7, 9]].any()


def test_turnover_makes_the_alarm_more_patient() -> None:
    series = np.full(18, 40.0)
    bare, usual = trend.ewma_alarm(series, 4.0, turnover=0), trend.ewma_alarm(series, 4.0)
    assert (usual.upper[6:] > bare.upper[6:]).all()


def test_exchange_of_people_by_hand() -> None:
    """One baseline month, one later month: the single step between them enters with weight."""
    wide = trend.ewma_alarm([40, 40], 4.0, baseline=1)
    step = trend.exchange_step(4.0, trend.MONTHLY_TURNOVER)
    variance = 16 * 0.3**2 + 0.3**2 * 16 + 0.3**2 * step
    assert wide.upper[1] - 40 == pytest.approx(3 * np.sqrt(variance))


@pytest.mark.parametrize("wrong", [{"baseline": 0}, {"weight": 0.0}, {"limit": 0.0}])
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(trend.SeriesError):
        trend.ewma_alarm(QUIET, 3.0, **wrong)  # type: ignore[arg-type]
    with pytest.raises(trend.SeriesError):
        trend.ewma_alarm(QUIET, [1.0, 2.0])


@given(SERIES, st.floats(1, 9))
def test_any_series_has_a_chart_and_a_line(series: list[float], error: float) -> None:
    chart, line = trend.ewma_alarm(series, error), trend.level(series, error)
    known = ~np.isnan(np.array(series))
    assert not chart.alarm[~known].any()
    inside = ~np.isnan(line.level)
    assert inside.any() == known.any()
    assert inside[known].all()
    assert (line.low[inside] <= line.level[inside]).all()


@given(st.lists(st.floats(0, 100), min_size=8, max_size=20), st.floats(-50, 50))
def test_a_shift_of_the_series_shifts_chart_and_line(series: list[float], shift: float) -> None:
    x = np.array(series)
    one, other = trend.ewma_alarm(x, 3.0), trend.ewma_alarm(x + shift, 3.0)
    assert other.upper[-1] - one.upper[-1] == pytest.approx(shift, abs=1e-9)


def test_the_line_of_one_figure_is_that_figure_and_of_none_is_nothing() -> None:
    line = trend.level([np.nan, 40.0, np.nan], 4.0)
    assert line.level[1] == 40
    assert line.high[1] - 40 == pytest.approx(1.96 * 4, abs=0.01)
    assert np.isnan(trend.level([], 4.0).level_variance) == np.False_
    assert np.isnan(trend.level([np.nan], 4.0).level).all()


def test_the_line_is_flat_through_noise_and_bridges_a_hole() -> None:
    line = trend.level([40, 42, 38, np.nan, 41, 39], 5.0)
    assert line.level_variance == 0.0
    assert line.level == pytest.approx(np.full(6, 40.0))


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.01, 0.5))
def test_adjusted_p_values_keep_order_and_never_shrink(p: list[float], q: float) -> None:
    result = trend.benjamini_hochberg(p, q)
    assert (result.adjusted >= np.array(p) - 1e-12).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(result.adjusted[order]) >= -1e-12).all()
    assert (result.rejected == (result.adjusted <= q)).all()


def test_pairs_without_a_figure_count_for_nothing() -> None:
    with_hole = trend.benjamini_hochberg([0.01, np.nan, 0.2])
    without = trend.benjamini_hochberg([0.01, 0.2])
    assert with_hole.adjusted[[0, 2]] == pytest.approx(without.adjusted)
    assert not with_hole.rejected[1]
    with pytest.raises(trend.SeriesError):
        trend.benjamini_hochberg([1.2])


def test_the_line_is_the_penalised_least_squares_solution() -> None:
    """Level by one linear system: figures weighted by 1/SE^2, steps by 1/step variance."""
    series = np.array([40.0, 47, np.nan, 58, 41, 66, np.nan, 70, 61])
    errors = np.array([3.0, 5, 4, 3, 6, 4, 4, 3, 5])
    line = trend.level(series, errors)
    known = ~np.isnan(series)
    steps = np.diff(np.eye(len(series)), axis=0)
    precision = np.diag(known / errors**2) + steps.T @ steps / line.level_variance
    spread = np.linalg.inv(precision)
    expected = spread @ np.where(known, series / errors**2, 0.0)
    assert line.level == pytest.approx(expected)
    assert (line.high - line.low) / 2 == pytest.approx(1.959964 * np.sqrt(np.diag(spread)))


def test_a_lasting_change_becomes_the_usual_level() -> None:
    series = [*QUIET, *[60.0, 61, 59, 60, 62, 60, 61, 60, 59, 61, 60, 60, 61]]
    plain, renewed = trend.ewma_alarm(series, 3.0), trend.renewing_alarm(series, 3.0)
    assert plain.alarm[-1]
    first = int(np.flatnonzero(plain.alarm)[0])
    assert renewed.alarm[first : first + 6].all()
    assert not renewed.alarm[first + 6 :].any()
    assert renewed.centre == pytest.approx(np.mean(series[first : first + 6]))


def test_after_a_renewal_the_next_change_alarms_again() -> None:
    series = [*QUIET, *[60.0] * 12, *[40.0] * 5]
    renewed = trend.renewing_alarm(series, 3.0)
    assert renewed.alarm[-1]
    assert renewed.ewma[-1] < renewed.lower[-1]


@given(SERIES)
def test_without_a_lasting_alarm_renewal_changes_nothing(x: list[float]) -> None:
    plain, renewed = trend.ewma_alarm(x, 5.0), trend.renewing_alarm(x, 5.0)
    runs = "".join("1" if a else "0" for a, v in zip(plain.alarm, x, strict=True) if v == v)
    if "111111" not in runs:
        np.testing.assert_array_equal(plain.alarm, renewed.alarm)
        np.testing.assert_array_equal(plain.ewma, renewed.ewma)
