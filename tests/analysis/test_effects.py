"""Verdicts on actions: by hand, too early, nothing to see, and a change that is there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.measurement import effects
from analysis.measurement.effects import Verdict

BEFORE = [40.0, 42, 38, 41, 39, 40, 42, 38]
AFTER = [30.0, 31, 29, 30, 32, 28]
NAN = float("nan")


def others(seed: int, pairs: int = 8) -> np.ndarray:
    return 40 + np.random.default_rng(seed).normal(0, 2, (pairs, len(BEFORE) + len(AFTER)))


def test_before_and_after_by_hand() -> None:
    effect = effects.before_after([*BEFORE, *AFTER], 3.0, 8, others=np.zeros((2, 14)))
    assert effect.value == pytest.approx(-10)
    assert effect.verdict is Verdict.CHANGED
    assert effect.others == 0
    assert effect.words.startswith("changed by -10 (")


def test_one_figure_after_is_too_early() -> None:
    effect = effects.before_after([*BEFORE, 30], 3.0, 8)
    assert effect.verdict is Verdict.TOO_EARLY
    assert effect.words == "too early"


def test_a_small_change_is_not_visible() -> None:
    effect = effects.before_after([*BEFORE, 39, 39, 40], 4.0, 8)
    assert effect.words == "no visible change"


def test_turnover_widens_the_interval_of_a_long_wait() -> None:
    near = effects.before_after([40.0, 40, 40, 30, 30, 30], 3.0, 3)
    far = effects.before_after([40.0, 40, 40, *[NAN] * 12, 30, 30, 30], 3.0, 9)
    assert far.high - far.low > near.high - near.low


def test_segmented_needs_six_months_on_each_side() -> None:
    assert effects.segmented([*BEFORE, *AFTER[:5]], 8).verdict is Verdict.TOO_EARLY
    effect = effects.segmented([*BEFORE, *AFTER], 8, 2.0)
    assert effect.verdict is Verdict.CHANGED
    assert effect.low < -10 < effect.high


def test_segmented_is_never_surer_than_the_known_errors() -> None:
    smooth = [*np.full(8, 40.0), *np.full(6, 37.0)]
    assert effects.segmented(smooth, 8).verdict is Verdict.CHANGED
    assert effects.segmented(smooth, 8, 4.0).verdict is Verdict.NO_VISIBLE_CHANGE


def test_a_slope_that_was_there_before_is_no_effect() -> None:
    falling = 60 - 2.0 * np.arange(14) + np.tile([0.5, -0.5], 7)
    assert effects.segmented(falling, 8).verdict is Verdict.NO_VISIBLE_CHANGE


def test_difference_in_differences_takes_out_what_moved_all() -> None:
    untouched = others(1)
    untouched[:, 8:] -= 10
    effect = effects.difference_in_differences([*BEFORE, *AFTER], untouched, 8)
    assert effect.verdict is Verdict.NO_VISIBLE_CHANGE
    assert effect.others == pytest.approx(-10, abs=2)
    alone = effects.difference_in_differences([*BEFORE, *AFTER], others(1), 8)
    assert alone.verdict is Verdict.CHANGED
    assert alone.p == pytest.approx(1 / 9)


def test_difference_in_differences_needs_five_untouched_pairs() -> None:
    few = others(1, pairs=4)
    effect = effects.difference_in_differences([*BEFORE, *AFTER], few, 8)
    assert effect.verdict is Verdict.TOO_EARLY
    holes = others(1, pairs=6)
    holes[:2, :8] = NAN
    effect = effects.difference_in_differences([*BEFORE, *AFTER], holes, 8)
    assert effect.verdict is Verdict.TOO_EARLY


def test_the_best_design_that_the_data_allow_is_chosen() -> None:
    series = [*BEFORE, *AFTER]
    assert effects.judge(series, 3.0, 8, others(2)).method == "difference in differences"
    assert effects.judge(series, 3.0, 8, others(2, pairs=3)).method == "segmented regression"
    assert effects.judge(series[:11], 3.0, 8).method == "before and after"
    assert effects.judge([], [], 0).verdict is Verdict.TOO_EARLY
    assert not np.isnan(effects.judge(series, 3.0, 8, others(2, pairs=3)).others)


def test_many_relabellings_are_sampled_with_a_seed() -> None:
    treated = np.vstack([[*BEFORE, *AFTER]] * 8) + others(4) - 40
    one = effects.difference_in_differences(treated, others(3, pairs=14), 8, seed=5)
    other = effects.difference_in_differences(treated, others(3, pairs=14), 8, seed=5)
    assert one.p == other.p < 0.01


def test_impossible_questions_are_refused() -> None:
    for wrong in (
        lambda: effects.before_after(BEFORE, 3.0, 9),
        lambda: effects.segmented(BEFORE, -1),
        lambda: effects.difference_in_differences(BEFORE, np.zeros((6, 3)), 2),
        lambda: effects.before_after(BEFORE, 3.0, 4, others=np.zeros((2, 3))),
        lambda: effects.least_squares(np.ones((2, 2)), np.ones(2), 1),
    ):
        with pytest.raises(effects.EffectError):
            wrong()


@given(
    st.lists(st.one_of(st.floats(0, 100), st.just(NAN)), max_size=20),
    st.integers(0, 20),
    st.floats(0.5, 9),
)
def test_any_series_gets_a_verdict(series: list[float], start: int, error: float) -> None:
    effect = effects.judge(series, error, min(start, len(series)))
    assert (effect.verdict is Verdict.TOO_EARLY) == np.isnan(effect.value)
    if effect.verdict is Verdict.CHANGED:
        assert effect.low > 0 or effect.high < 0
