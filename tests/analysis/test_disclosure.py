"""The release rule, rule by rule, on cells small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from analysis.disclosure import release as d
from analysis.measurement.instrument import CAUSES, CORE, EXTRA
from analysis.measurement.scoring import Ratings

REVERSE = {item.code: item.reverse for item in (*CORE, *EXTRA)}
CODES = ("C1", "C2", "C3", "C4", "C5", "K1", "M1", "R1")


def cell(values: np.ndarray, team_size: int | None = None, wave: int = 1, **moves: int) -> d.Cell:
    ratings = Ratings(CODES, tuple(REVERSE[code] for code in CODES), values)
    size = len(values) if team_size is None else team_size
    return d.Cell(d.CellKey("Procurement", "Sales", wave), max(size, len(values)), ratings, **moves)


def mixed(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 6, (n, len(CODES))).astype(float)


def one(published: d.Cell, measure: str = "index") -> d.Published:
    result = d.release([published], [], d.Rule())
    return result.get("Procurement", "Sales", published.key.wave, measure)


@pytest.mark.parametrize(
    ("n", "index", "cause", "item"),
    [(4, 0, 0, 0), (5, 1, 0, 0), (7, 1, 0, 0), (8, 1, 1, 0), (9, 1, 1, 0), (10, 1, 1, 1)],
)
def test_thresholds(n: int, index: int, cause: int, item: int) -> None:
    sample = cell(mixed(n), 12)
    for measure, expected in (("index", index), ("respect", cause), ("K1", item)):
        assert (one(sample, measure) is not d.Withheld.TOO_FEW) == bool(expected)


def test_a_small_roster_gets_nothing() -> None:
    assert one(cell(mixed(5), 5)) is d.Withheld.TEAM_TOO_SMALL


def test_what_was_not_asked_says_so() -> None:
    assert one(cell(mixed(12)), "R7") is d.Withheld.NOT_ASKED


def test_a_shown_figure_is_whole_points_with_a_band_of_n() -> None:
    figure = one(cell(mixed(14), 20))
    assert isinstance(figure, d.Shown)
    assert figure.n_band == "12–39"  # a team of 20: "20–39" would prove that all answered
    assert 0 <= figure.low < figure.value < figure.high <= 100


@pytest.mark.parametrize(("n", "text"), [(5, "under 30"), (7, "under 30"), (8, "under 20")])
def test_unanimity_at_an_end_is_only_bounded(n: int, text: str) -> None:
    best = np.tile([5.0, 5, 1, 1, 5, 1, 5, 1], (n, 1))
    assert str(one(cell(best, 9))) == text
    turned = {"under 30": "over 70", "under 20": "over 80"}[text]
    assert str(one(cell(6 - best, 9))) == turned


def test_one_dissenter_is_not_told_by_the_mean() -> None:
    values = np.tile([5.0, 5, 1, 1, 5, 1, 5, 1], (6, 1))
    values[0] = 6 - values[0]
    assert isinstance(one(cell(values)), d.Bounded)


def test_few_movers_hold_a_small_cell_back() -> None:
    assert one(cell(mixed(6), 8, joined=1)) is d.Withheld.ROSTER_CHANGED
    assert one(cell(mixed(6), 8, joined=3, left=2)) is not d.Withheld.ROSTER_CHANGED
    assert one(cell(mixed(8), 8, left=1)) is not d.Withheld.ROSTER_CHANGED


def test_a_cell_is_published_once() -> None:
    first = d.release([cell(mixed(9))], [], d.Rule())
    with pytest.raises(d.ReleaseRefused):
        d.release([cell(mixed(8))], [first], d.Rule())
    with pytest.raises(d.ReleaseRefused):
        d.release([cell(mixed(9)), cell(mixed(9))], [], d.Rule())


def test_thresholds_may_be_raised_never_lowered() -> None:
    assert d.Rule(index=7).index == 7
    with pytest.raises(d.RuleTooWeak):
        d.Rule(index=4)


def test_causes_average_to_the_index_whatever_is_missing() -> None:
    values = mixed(20, 3)
    values[0, 2] = values[1, 0] = values[2, 4] = np.nan
    sample = cell(values).ratings
    scores = np.nan_to_num(sample.keyed())
    causes = [(scores * d.answer_weights(sample, cause)).sum() for cause in CAUSES]
    assert np.mean(causes) == pytest.approx((scores * d.answer_weights(sample, "index")).sum())


def test_an_overlapping_team_is_refused_by_the_gate() -> None:
    values, keys = mixed(12), tuple(REVERSE[code] for code in CODES)
    whole = d.Cell(
        d.CellKey("Sales", "Quality", 1), 12, Ratings(CODES, keys, values, tuple(range(12)))
    )
    part = d.Cell(
        d.CellKey("Sales North", "Quality", 1), 9, Ratings(CODES, keys, values[:9], tuple(range(9)))
    )
    with pytest.raises(d.ReleaseRefused):
        d.release([whole, part], [], d.Rule())


def test_pair_level_is_a_function_of_published_figures() -> None:
    a, b = d.Shown(40, 30, 50, "12–19"), d.Shown(20, 8, 32, "8–11")
    pair = d.pair_level(a, b)
    assert isinstance(pair, d.Shown)
    assert pair.value == 30
    assert pair.n_band == "20–30"
    assert d.pair_level(a, d.Withheld.TOO_FEW) is d.Withheld.TOO_FEW
    assert d.pair_level(a, d.Bounded(True, 20, "8–11")) is d.Withheld.EXTREME
    assert str(d.pair_level(d.Bounded(True, 30, "5–7"), d.Bounded(True, 20, "8–11"))) == "under 30"
    gap = d.perception_gap(a, b)
    assert isinstance(gap, d.Gap)
    assert gap.value == 20
    assert gap.low < 20 < gap.high


def test_bands_in_words() -> None:
    assert d.band(5, 20) == "low"
    assert d.band(20, 30) == "low to middle"
    assert d.band(26, 36) == "middle"
    assert d.band(38, 70) == "high"
    assert d.band(10, 60) == "low to high"
    assert [d.Rule.answers_band(n) for n in (5, 7, 8, 11, 12, 19, 20, 39, 40)] == [
        "5–7", "5–7", "8–11", "8–11", "12–19", "12–19", "20–39", "20–39", "40+"
    ]  # fmt: skip


def test_leaks_finds_the_difference_of_two_sums() -> None:
    team = set(range(12))
    assert d.leaks([team], 5) == ()
    assert d.leaks([team, team - {3, 4}], 5) == (frozenset({3, 4}),)
    assert d.leaks([team, team - {1, 2, 3, 4, 5}], 5) == ()
    assert d.leaks([{1, 2, 3, 4}], 5) == (frozenset({1, 2, 3, 4}),)


CELLS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(0, 14), st.just(len(CODES))),
    elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, np.nan]),
)


@given(CELLS, st.integers(0, 3), st.integers(0, 3))
def test_any_cell_is_released_or_withheld_by_the_rule(
    values: np.ndarray, joined: int, left: int
) -> None:
    """No answers, however they are missing, make the gate refuse a wave or break rule 6."""
    sample = cell(values, 9, joined=joined, left=left)
    result = d.release([sample], [], d.Rule())
    for key, figure in result.figures.items():
        weights = d.answer_weights(sample.ratings, key.measure)
        used = weights.any(axis=1)
        if isinstance(figure, d.Withheld):
            continue
        assert used.sum() >= d.Rule().needed(key.measure)
        scores = (np.nan_to_num(sample.ratings.keyed()) * weights).sum(axis=1)[used]
        if isinstance(figure, d.Shown):
            assert scores.sum() - scores.max() >= 50 - 1e-6
            assert (100 - scores).sum() - (100 - scores).max() >= 50 - 1e-6
            assert figure.value == round(figure.value)
        else:
            mean = scores.mean()
            assert mean < figure.limit if figure.under else mean > figure.limit


@given(CELLS, st.randoms())
def test_the_order_of_the_answers_changes_no_figure(values: np.ndarray, random: object) -> None:
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one = d.release([cell(values, 14)], [], d.Rule())
    other = d.release([cell(values[order], 14)], [], d.Rule())
    assert one.figures == other.figures


def test_a_cell_without_core_items_is_refused() -> None:
    bare = Ratings(("K1",), (True,), np.ones((9, 1)))
    with pytest.raises(d.ReleaseRefused):
        d.release([d.Cell(d.CellKey("A", "B", 1), 9, bare)], [], d.Rule())


def test_a_release_cannot_be_changed() -> None:
    made = d.release([cell(mixed(9))], [], d.Rule())
    with pytest.raises(TypeError):
        made.figures[d.FigureKey("A", "B", 1, "index")] = d.Withheld.TOO_FEW  # type: ignore[index]


@pytest.mark.parametrize("size", [8, 10, 12, 20, 40])
def test_nothing_published_proves_that_everybody_of_a_team_answered(size: int) -> None:
    """A band, bound or threshold met only by full response would tell n, and with it movers."""
    rng = np.random.default_rng(size)
    for answers in (rng.integers(1, 6, (size, 8)), np.tile([5, 5, 1, 1, 5, 1, 5, 1], (size, 1))):
        everybody = d.release([cell(answers.astype(float), size)], [], d.Rule()).figures
        one_less = d.release([cell(answers[1:].astype(float), size)], [], d.Rule()).figures
        for key, figure in everybody.items():
            other = one_less[key]
            assert type(figure) is type(other), key
            if isinstance(figure, d.Shown):
                assert figure.n_band == other.n_band, key
            else:
                assert str(figure) == str(other), key


def test_nothing_needs_fewer_answers_than_the_figure_that_it_is_a_part_of() -> None:
    for thresholds in ({"index": 9}, {"causes": 11}, {"index": 12, "causes": 12}):
        with pytest.raises(d.RuleTooWeak):
            d.Rule(**thresholds)
    raised = d.Rule(index=11, causes=12, verbatim=13)
    assert raised.needed("objectives") == 12
    assert raised.needed("K1") == 12
