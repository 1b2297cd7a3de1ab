"""Sentences by rule: words before digits, uncertainty said, nothing claimed that cannot be seen."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from flask import Flask

from analysis.disclosure.rule import Withheld
from analysis.measures import Words
from surveys import languages
from surveys.models.enums import Direction, FigureState
from surveys.models.people import Team
from surveys.reading import words
from surveys.reading.charts import pair_charts
from surveys.reading.figures import NOT_ASKED, FigureView
from surveys.reading.pages import Month, Movement, PairPage, SeamLine
from tests.factories import path_along

LOW = FigureView(FigureState.SHOWN, 12, 4, 20, "12–19", Words.LOW)
HIGH = FigureView(FigureState.SHOWN, 60, 50, 70, "8–11", Words.HIGH)
UNSURE = FigureView(FigureState.SHOWN, 30, 18, 42, "5–7", Words.LOW_TO_HIGH)
UNDER = FigureView(FigureState.UNDER, 20, n_band="8–11")
FEW = FigureView(FigureState.WITHHELD, reason=Withheld.TOO_FEW)
MOVED = Movement(-20, -31, -9, stands_out=True)


def line(rater: str, *figures: FigureView, alarm: Direction | None = None) -> SeamLine:
    return SeamLine(rater, "the other", figures, path_along(figures, alarm), MOVED, 14, NOT_ASKED)


def _gap(value: int, low: int, high: int) -> FigureView:
    return FigureView(FigureState.SHOWN, value, low, high)


def page(a: SeamLine, b: SeamLine, gap: FigureView = NOT_ASKED) -> PairPage:
    months = tuple(Month(n + 1, date(2026, n + 1, 5)) for n in range(len(a.figures)))
    return PairPage(
        Team(id=1, name="Buying"), Team(id=2, name="Selling"), months, (a, b), NOT_ASKED, gap,
        (), (), (), (), (),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _in_a_request(app: Flask):  # type: ignore[no-untyped-def]
    with app.test_request_context():
        yield


def test_without_results_it_says_when_they_come() -> None:
    assert "No results yet" in words.state_sentence((line("Buying"), line("Selling")))


def test_the_state_names_both_sides_in_words_and_claims_no_change_without_an_alarm() -> None:
    said = words.state_sentence((line("Buying", HIGH, LOW), line("Selling", LOW, HIGH)))
    assert said.startswith("Buying: little friction; Selling: much friction.")
    assert "after the first six" in said
    many = (line("Buying", *[LOW] * 7), line("Selling", *[LOW] * 7))
    assert "No lasting change" in words.state_sentence(many)


def test_only_an_alarm_is_called_a_change() -> None:
    risen = (line("Buying", LOW, HIGH, alarm=Direction.RISING), line("Selling", LOW, LOW))
    assert "For Buying friction has risen above its usual level." in words.state_sentence(risen)


def test_all_withheld_says_so() -> None:
    assert "no figure for either side" in words.state_sentence(
        (line("Buying", FEW), line("Selling", FEW))
    )


@pytest.mark.parametrize(
    ("figure", "says"),
    [
        (LOW, "Little friction: 12 on the scale from 0 to 100, very likely between 4 and 20"),
        (UNSURE, "Anything from little to much friction: 30"),
        (UNDER, "Little friction: under 20"),
        (FEW, "No figure this month: not enough answers."),
    ],
)
def test_a_figure_is_said_in_words_with_its_interval(figure: FigureView, says: str) -> None:
    assert words.line_sentence(line("Buying", figure)).startswith(says)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (MOVED, "9 to 31 points less, beyond chance among all pairs"),
        (replace(MOVED, fragile=True), "Those who did not answer could undo it"),
        (Movement(-20, -31, -9, stands_out=False), "no change beyond chance among all pairs"),
        (None, "from the second value"),
    ],
)
def test_a_change_is_said_only_if_it_stands_out(change: Movement | None, says: str) -> None:
    moved = replace(line("Buying", LOW), change=change)
    assert says in words.change_sentence(moved)


@pytest.mark.parametrize(
    ("gap", "says"),
    [
        (_gap(20, 8, 32), "Buying finds it harder, by 8 to 32 points."),
        (_gap(-20, -32, -8), "Selling finds it harder, by 8 to 32 points."),
        (_gap(5, -7, 17), "Both sides see it about alike"),
        (FEW, "cannot be said"),
    ],
)
def test_the_gap_is_claimed_only_beyond_its_interval(gap: FigureView, says: str) -> None:
    assert says in words.gap_sentence(page(line("Buying", LOW), line("Selling", LOW), gap))


def test_the_chart_draws_every_month_inside_its_box_and_withheld_ones_without_a_height() -> None:
    shown = page(line("Buying", LOW, FEW, HIGH), line("Selling", UNDER, HIGH, LOW))
    for width in (350, 860):
        (chart,) = pair_charts(shown, width)
        for drawn in chart.lines:
            assert len(drawn.marks) == 3
            for mark in drawn.marks:
                assert chart.axis.left <= mark.x <= chart.axis.right
                assert mark.y is None or 0 <= mark.y <= chart.axis.bottom
        assert chart.lines[0].marks[1].y is None
        assert "not enough answers" in chart.lines[0].marks[1].says


@pytest.mark.parametrize("language", languages.NAMES)
@pytest.mark.parametrize("width", [350, 860])
def test_labels_of_months_never_touch(app: Flask, language: str, width: int) -> None:
    figures = [LOW] * 12
    many = page(line("Buying", *figures), line("Selling", *figures))
    with app.test_request_context(f"/?lang={language}"):
        labels = pair_charts(many, width)[0].axis.months
    assert len(labels) >= 3
    for one, two in pairwise(labels):
        assert two.x - one.x > (one.width + two.width) / 2
    assert labels[0].x >= labels[0].width / 2
    assert labels[-1].x <= width - labels[-1].width / 2
    assert [label.year for label in labels if label.year] == [2026]
