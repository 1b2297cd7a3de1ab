"""Functions of published figures, and the rank gate against brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure import figures
from analysis.disclosure.cell_rules import shown
from analysis.disclosure.figures import Bounded, Shown
from analysis.disclosure.rank_gate import exposed_groups, leaks
from analysis.disclosure.release import nearest_change
from analysis.disclosure.rule import Rule, Withheld
from analysis.measurement.uncertainty import mean_interval

SHOWN = st.builds(
    lambda value, half, n: Shown(
        value, max(0, value - half), min(100, value + half), Rule.answers_band(n)
    ),
    st.integers(10, 90),
    st.integers(2, 20),
    st.integers(5, 60),
)
PUBLISHED = st.one_of(
    SHOWN,
    st.sampled_from(list(Withheld)),
    st.builds(Bounded, st.booleans(), st.sampled_from([20, 30, 70, 80]), st.just("5–7")),
)


def test_the_error_comes_back_out_of_the_printed_interval() -> None:
    rng = np.random.default_rng(1)
    ratios = []
    for _ in range(300):
        scores = rng.normal(45, 22, 18).clip(0, 100)
        error = mean_interval(scores, 22).standard_error
        ratios.append(figures.published_se(shown(scores, 22)) / error)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.04)


@pytest.mark.parametrize("figure", [Withheld.TOO_FEW, Bounded(True, 30, "5–7")])
def test_what_is_not_shown_has_no_number(figure: figures.Published) -> None:
    assert np.isnan(figures.published_value(figure))
    assert np.isnan(figures.published_se(figure))
    assert figures.published_silence(figure, 5.0, 20) is None
    assert np.isnan(figures.published_change(figure, Shown(40, 30, 50, "12–19")).value)


def test_silence_is_read_from_the_smallest_n_of_the_band() -> None:
    line = figures.published_silence(Shown(40, 30, 50, "12–19"), 6.0, 24)
    assert line is not None
    assert line.needed == pytest.approx(12.0)


def test_change_of_published_figures() -> None:
    change = figures.published_change(
        Shown(40, 32, 48, "12–19"), Shown(62, 54, 70, "12–19"), 1, 1, 20
    )
    assert change.value == 22
    assert change.visible
    assert change.smallest_seen < 22


@given(PUBLISHED, PUBLISHED)
def test_any_two_figures_have_a_pair_level_and_a_gap(
    a: figures.Published, b: figures.Published
) -> None:
    pair, gap = figures.pair_level(a, b), figures.perception_gap(a, b)
    both = isinstance(a, Shown) and isinstance(b, Shown)
    assert isinstance(pair, Shown) == both
    assert isinstance(gap, figures.Gap) == both
    assert pair == figures.pair_level(b, a) or isinstance(pair, Withheld)


@given(SHOWN, SHOWN)
def test_the_gap_turns_its_sign_with_the_side(a: Shown, b: Shown) -> None:
    one, other = figures.perception_gap(a, b), figures.perception_gap(b, a)
    assert isinstance(one, figures.Gap)
    assert isinstance(other, figures.Gap)
    assert (one.value, one.low, one.high) == (-other.value, -other.high, -other.low)


@given(st.lists(st.floats(0, 100), min_size=5, max_size=40))
def test_a_shown_figure_holds_its_exact_interval_but_for_the_rounding(values: list[float]) -> None:
    estimate, figure = mean_interval(values, 40), shown(np.array(values), 40)
    assert abs(figure.value - estimate.value) <= 0.5
    assert figure.low <= estimate.low + 0.5
    assert figure.high >= estimate.high - 0.5
    assert figures.band_floor(figure.n_band) <= estimate.n


def test_nearest_change_looks_at_every_earlier_roster() -> None:
    team = set(range(10))
    assert nearest_change(team, []) == (0, 0)
    assert nearest_change(team, [team]) == (0, 0)
    assert nearest_change(team, [team - {1}, team | set(range(20, 30))]) == (1, 0)
    assert nearest_change(team, [team, team | {99}]) == (0, 1)


def brute_force(sets: list[frozenset[int]], k: int) -> set[frozenset[int]]:
    """Smallest groups under k, by trying every group of persons on the whole matrix."""
    people = sorted(frozenset().union(*sets))
    matrix = np.array([[float(p in group) for p in people] for group in sets])
    full = np.linalg.matrix_rank(matrix)
    exposed = [
        frozenset(group)
        for size in range(1, k)
        for group in combinations(people, size)
        if np.linalg.matrix_rank(matrix[:, [p not in group for p in people]]) < full
    ]
    return {group for group in exposed if not any(other < group for other in exposed)}


SETS = st.lists(st.frozensets(st.integers(0, 7), min_size=1), min_size=1, max_size=5)


@settings(max_examples=400)
@given(SETS)
def test_leaks_agrees_with_trying_every_group(sets: list[frozenset[int]]) -> None:
    assert set(leaks(sets, 4)) == brute_force(sets, 4)


@given(SETS, st.frozensets(st.integers(0, 7), min_size=1))
def test_one_more_sum_never_hides_a_leak(sets: list[frozenset[int]], more: frozenset[int]) -> None:
    before, after = leaks(sets, 4), leaks([*sets, more], 4)
    assert all(any(small <= group for small in after) for group in before)


def test_the_retest_correlation_comes_back_out_of_quiet_seams() -> None:
    rng = np.random.default_rng(3)
    for true in (0.3, 0.7):
        changes = []
        for _ in range(600):
            lasting = rng.normal(45, 21 * np.sqrt(true), 20)
            months = [lasting + rng.normal(0, 21 * np.sqrt(1 - true), 20) for _ in range(2)]
            changes.append(tuple(shown(month[rng.permutation(20)[:16]], 20) for month in months))
        assert figures.retest_correlation(changes).rho == pytest.approx(true, abs=0.12)


def test_few_quiet_changes_leave_the_retest_correlation_as_it_was() -> None:
    one = Shown(40, 32, 48, "12–19")
    assert figures.retest_correlation([(one, one)] * 29, rho=0.6).rho == 0.6
    assert figures.retest_correlation([(one, Withheld.TOO_FEW)] * 90).changes == 0
    assert figures.retest_correlation([(one, one)] * 30).rho == 1.0


def test_a_large_team_with_many_gaps_is_settled_quickly_and_a_leak_in_it_found() -> None:
    rng = np.random.default_rng(2)
    rows = [
        {(person, item): 1.0 for person in range(40) if rng.random() > 0.1} for item in range(9)
    ]
    assert exposed_groups(rows, 5) == ()
    less = {atom: weight for atom, weight in rows[0].items() if atom[0] > 2}
    exposed = exposed_groups([*rows, less], 5)
    assert exposed
    assert all(group <= {0, 1, 2} for group in exposed)
