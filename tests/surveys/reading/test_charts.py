"""The pair's chart: the page's SVG and the mail's PNG show the same parts in the same places.

After a meant change: `pytest tests/surveys/reading/test_charts.py --snapshot-update`, and read the
difference.
"""

import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask, get_template_attribute
from PIL import Image
from syrupy.assertion import SnapshotAssertion

from analysis.disclosure.rule import Withheld
from analysis.measures import Words
from surveys import languages
from surveys.models.agreements import Note
from surveys.models.enums import Better, Direction, FigureState
from surveys.models.people import Team
from surveys.reading.charts import pair_charts
from surveys.reading.colours import LIGHT, SIDES
from surveys.reading.drawing import PairChart
from surveys.reading.figures import NOT_ASKED, FigureView
from surveys.reading.hard_data import SeriesView
from surveys.reading.pages import Month, PairPage, SeamLine
from surveys.reading.picture import SCALE, chart_picture, plain_days
from surveys.reading.series import series_charts
from tests.factories import path_along

WITHHELD = FigureView(FigureState.WITHHELD, reason=Withheld.TOO_FEW)
UNDER, OVER = (
    FigureView(state, limit, n_band="8–11")
    for state, limit in ((FigureState.UNDER, 20), (FigureState.OVER, 70))
)


def shown(value: int) -> FigureView:
    return FigureView(FigureState.SHOWN, value, value - 9, value + 8, "8–11", Words.MIDDLE)


BUYING = (shown(30), shown(34), WITHHELD, UNDER, shown(26), shown(15))
SELLING = (shown(52), OVER, shown(55), WITHHELD, shown(61), shown(66))


def seam(rater: str, target: str, figures: tuple[FigureView, ...], alarm: Direction) -> SeamLine:
    return SeamLine(rater, target, figures, path_along(figures, alarm), None, 12, NOT_ASKED)


def page() -> PairPage:
    """Every kind of mark, an alarm of each kind, an event, and a series of another system."""
    months = tuple(Month(i + 1, date(2025, 12, 1) + timedelta(28 * i)) for i in range(6))
    event = Note(id=1, team_a_id=1, team_b_id=2, happened_on=date(2026, 2, 2), text="Reorganised")
    late = tuple((date(2025, 12, 20) + timedelta(40 * i), 7.5 * i) for i in range(4))
    return PairPage(
        Team(id=1, name="Buying"), Team(id=2, name="R&D"), months,
        (seam("Buying", "R&D", BUYING, Direction.FALLING),
         seam("R&D", "Buying", SELLING, Direction.RISING)),
        NOT_ASKED, NOT_ASKED, (), (), (), (), (event,),
        series=(SeriesView(1, "", None, "Late orders", "%", Better.LOWER, late),),
    )  # fmt: skip


@pytest.fixture
def chart(app: Flask) -> Iterator[PairChart]:
    with app.test_request_context():
        yield pair_charts(page(), 560)[0]


@pytest.fixture
def picture(chart: PairChart) -> Image.Image:
    return picture_of(chart)


def picture_of(chart: PairChart) -> Image.Image:
    png = chart_picture(chart)
    assert png is not None
    return Image.open(io.BytesIO(png)).convert("RGB")


def colour_at(picture: Image.Image, x: float, y: float) -> str:
    """The colour of a place given in the chart's pixels."""
    found = picture.getpixel((round(x * SCALE), round(y * SCALE)))
    assert isinstance(found, tuple)
    return "#{:02x}{:02x}{:02x}".format(*map(int, found))


def test_the_svg_of_every_kind_of_mark(chart: PairChart, snapshot: SnapshotAssertion) -> None:
    draw = get_template_attribute("macros/charts.html", "pair_chart")
    assert str(draw(chart, "wide")) == snapshot(name="pair")
    (beside,) = series_charts(page(), chart)
    draw = get_template_attribute("macros/series.html", "series_chart")
    assert str(draw(beside, "wide", "Late orders")) == snapshot(name="series")


def test_the_picture_has_the_values_where_the_svg_has_them(
    chart: PairChart, picture: Image.Image
) -> None:
    seen = 0
    for line, colour in zip(chart.lines, SIDES, strict=True):
        for mark in line.marks:
            if mark.state == "shown":
                assert mark.y is not None
                assert colour_at(picture, mark.x, mark.y) == colour
                seen += 1
    assert seen == 8


def test_a_bound_is_an_arrow_and_no_value_in_the_picture(
    chart: PairChart, picture: Image.Image
) -> None:
    """A dot at 20 would say that the figure is 20, where "under 20" is all that may be known."""
    for line, colour, state, way in zip(
        chart.lines, SIDES, ("under", "over"), (1, -1), strict=True
    ):
        (bound,) = (mark for mark in line.marks if mark.state == state)
        assert bound.y is not None
        assert colour_at(picture, bound.x, bound.y + 8 * way) == colour
        assert colour_at(picture, bound.x + 3, bound.y + 3 * way) != colour
        assert colour_at(picture, bound.x, bound.y - 3 * way) != colour


def test_a_month_without_a_figure_is_a_cross_in_the_picture(
    chart: PairChart, picture: Image.Image
) -> None:
    for side, (line, colour) in enumerate(zip(chart.lines, SIDES, strict=True)):
        (gone,) = (mark for mark in line.marks if mark.state == "withheld")
        assert colour_at(picture, gone.x, chart.axis.bottom - 11.5 + 8 * side) == colour


def test_the_picture_rings_a_clear_rise_and_a_clear_drop(
    chart: PairChart, picture: Image.Image
) -> None:
    for line, colour in zip(chart.lines, (LIGHT["good"], LIGHT["bad"]), strict=True):
        newest = line.marks[-1]
        assert newest.y is not None
        assert colour_at(picture, newest.x - 8, newest.y) == colour


def test_one_sides_band_does_not_hide_the_other(app: Flask) -> None:
    same = seam("R&D", "Buying", BUYING, "rising")
    alike = page()
    with app.test_request_context():
        both = pair_charts(
            PairPage(
                alike.a, alike.b, alike.months, (alike.lines[0], same),
                NOT_ASKED, NOT_ASKED, (), (), (), (), (),
            ),
            560,
        )[0]  # fmt: skip
        one = pair_charts(alike, 560)[0]
    x = (both.lines[0].marks[0].x + both.lines[0].marks[1].x) / 2 + 15
    low = both.lines[0].marks[0].y_low
    assert low is not None
    assert colour_at(picture_of(both), x, low - 6) != colour_at(picture_of(one), x, low - 6)


@pytest.mark.parametrize("language", languages.NAMES)
def test_the_picture_writes_no_letter_that_its_font_lacks(app: Flask, language: str) -> None:
    alike = page()
    figures = tuple(shown(40) for _month in range(13))
    line = seam("Buying", "R&D", figures, "rising")
    months = tuple(Month(i, date(2026, 1, 5) + timedelta(28 * i)) for i in range(13))
    with app.test_request_context(f"/?lang={language}"):
        charts = pair_charts(
            PairPage(
                alike.a, alike.b, months, (line, line), NOT_ASKED, NOT_ASKED, (), (), (), (), ()
            ),
            560, 2000,
        )  # fmt: skip
    for chart in charts:
        said = plain_days(chart.axis.months)
        assert "".join(said).isascii()
        assert all(said) is (language != "ar")
