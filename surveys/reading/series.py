"""Small charts of figures of other systems, on the time axis of the pair's chart."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import ceil, floor, log10

from babel.numbers import format_compact_decimal
from flask_babel import format_decimal, get_locale

from surveys.languages import written
from surveys.reading.drawing import Dot, PairChart, Point, SeriesChart, Tick
from surveys.reading.hard_data import SeriesView
from surveys.reading.pages import Month, PairPage

HEIGHT = 150
TOP, BOTTOM = 24, 44
#: from here on a number on the axis is written in short ("12K")
LARGE = 10_000
#: lines of the grid at most, beside the lowest
GRID = 3
CLOSE = 0.75
WAVE = 28.0


def series_charts(page: PairPage, chart: PairChart) -> tuple[SeriesChart | None, ...]:
    """One chart for each series of the page below `chart`; None where nothing lies on its axis."""
    return tuple(_chart(series, page.months, chart) for series in page.series)


def _chart(series: SeriesView, months: tuple[Month, ...], chart: PairChart) -> SeriesChart | None:
    places = [(month_of(months, day), day, value) for day, value in series.points]
    inside = [(place, day, value) for place, day, value in places if place is not None]
    if not inside:
        return None
    low, high, step = grid(min(v for *_, v in inside), max(v for *_, v in inside))
    bottom = HEIGHT - BOTTOM
    width = (chart.axis.right - chart.axis.left) / len(months)

    def y(value: float) -> float:
        return round(bottom - (bottom - TOP) * (value - low) / (high - low), 1)

    def at(place: float, value: float) -> Point:
        return Point(round(chart.axis.left + (place + 0.5) * width, 1), y(value))

    lines = round((high - low) / step)
    values = [low + i * step for i in range(lines + 1)]
    return SeriesChart(
        width=chart.width,
        height=HEIGHT,
        axis=replace(chart.axis, bottom=bottom, ticks=tuple(Tick(y(v), _short(v)) for v in values)),
        dots=tuple(Dot(at(place, value), said(series, day, value)) for place, day, value in inside),
        flags=chart.flags,
    )


def month_of(months: tuple[Month, ...], day: date) -> float | None:
    """Where a day lies among the months, as a fraction of an index; None outside of the axis.

    The axis reaches half a wave beyond its first and its last month.
    """
    days = [month.opened_on for month in months]
    if not days:
        return None
    spans = [float((two - one).days) for one, two in pairwise(days)] or [WAVE]
    if day < days[0]:
        place = (day - days[0]).days / spans[0]
    elif day >= days[-1]:
        place = len(days) - 1 + (day - days[-1]).days / spans[-1]
    else:
        i = max(i for i, start in enumerate(days) if start <= day)
        place = i + (day - days[i]).days / spans[i]
    return place if -0.5 <= place <= len(days) - 0.5 else None


def grid(lowest: float, highest: float) -> tuple[float, float, float]:
    """Ends and step of an axis in round numbers around these values, at most GRID steps.

    It begins at zero, unless all values lie so close together that this would hide their course.
    """
    if 0 <= lowest < highest * CLOSE:
        lowest = 0.0
    span = max(highest - lowest, abs(highest) * 0.02, 1e-9)
    tens = 10.0 ** floor(log10(span / GRID))
    for step in (1 * tens, 2 * tens, 2.5 * tens, 5 * tens, 10 * tens, 20 * tens):
        low = floor(lowest / step) * step
        high = max(ceil(highest / step) * step, low + step)
        if round((high - low) / step) <= GRID:
            break
    return low, high, step


def said(series: SeriesView, day: date, value: float) -> str:
    """A value with its day, as it is read out."""
    when = written(day, "yMMMd", str(get_locale()))
    return f"{when}: {format_decimal(value)} {series.unit}"


def _short(value: float) -> str:
    if abs(value) < LARGE:
        return str(format_decimal(round(value, 6)))
    return str(format_compact_decimal(value, locale=get_locale(), fraction_digits=1))
