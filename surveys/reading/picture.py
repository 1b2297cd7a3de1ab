"""The pair's chart as a PNG, for mails: the same parts as the page's SVG, in the light palette.

Needs Pillow, which the extras `pdf` and `pptx` bring; without it mails come without pictures.
"""

import io
from collections.abc import Iterator
from itertools import pairwise
from math import hypot
from typing import Any

from surveys.reading.colours import LIGHT, SIDES
from surveys.reading.drawing import Label, Line, Mark, PairChart, Point

#: pixels of the picture for one of the chart, and how many times finer it is drawn before: that
#: smooths its slanted lines
SCALE, FINER = 2, 2
LETTERS, SHADES = 12, 256
#: how much of a side's colour its band has, of 255; as --side-a-soft in tokens.css
SOFT = 0x26
#: a dash and the gap after it: of the second side's smoothed line, of an event
DASHED, DOTTED = (7.0, 3.0), (3.0, 3.0)
ALARMS = {"rising": LIGHT["bad"], "falling": LIGHT["good"]}
Points = tuple[Point, ...]


def chart_picture(chart: PairChart) -> bytes | None:
    """The chart as a PNG of twice its size; None without Pillow or without months."""
    try:
        from PIL import Image
    except ImportError:
        return None
    if not chart.axis.months:
        return None
    fine = (chart.width * SCALE * FINER, chart.height * SCALE * FINER)
    pen = _Pen(Image.new("RGB", fine, LIGHT["card"]))
    _frame(pen, chart)
    _flags(pen, chart)
    for side, line in enumerate(chart.lines):
        _line(pen, line, side, chart.axis.bottom)
    pen.line(_level(chart.axis.left, chart.axis.right, chart.axis.bottom), LIGHT["quiet"], 1)
    out = io.BytesIO()
    # A palette halves the file; what is smoothed has few shades.
    pen.picture.reduce(FINER).quantize(SHADES).save(out, "PNG", optimize=True)
    return out.getvalue()


class _Pen:
    """Draws in the chart's own pixels."""

    def __init__(self, picture: Any) -> None:
        from PIL import ImageDraw, ImageFont

        self.picture = picture
        self.draw = ImageDraw.Draw(picture)
        self.font = ImageFont.load_default(size=LETTERS * SCALE * FINER)

    def line(self, points: Points, colour: str, width: float) -> None:
        if len(points) > 1:
            fine = round(width * SCALE * FINER)
            self.draw.line(_fine(*points), fill=colour, width=fine, joint="curve")

    def area(self, points: Points, colour: str) -> None:
        """A band that lets through what lies below it."""
        from PIL import Image, ImageDraw

        if len(points) > 2:
            mask = Image.new("L", self.picture.size)
            ImageDraw.Draw(mask).polygon(_fine(*points), fill=SOFT)
            self.picture.paste(colour, mask=mask)

    def dot(self, at: Point, size: float, colour: str, square: bool = False) -> None:
        box = _fine(Point(at.x - size, at.y - size), Point(at.x + size, at.y + size))
        (self.draw.rectangle if square else self.draw.ellipse)(box, fill=colour)

    def ring(self, at: Point, size: float, colour: str) -> None:
        box = _fine(Point(at.x - size, at.y - size), Point(at.x + size, at.y + size))
        self.draw.ellipse(box, outline=colour, width=2 * SCALE * FINER)

    def text(self, at: Point, says: str, colour: str, anchor: str = "mm") -> None:
        self.draw.text(_fine(at)[0], says, fill=colour, font=self.font, anchor=anchor)


def _frame(pen: _Pen, chart: PairChart) -> None:
    axis = chart.axis
    for tick in axis.ticks:
        pen.line(_level(axis.left, axis.right, tick.y), LIGHT["line"], 1)
        pen.text(Point(axis.left - 6, tick.y), tick.text, LIGHT["quiet"], "rm")
    for month, says in zip(axis.months, plain_days(axis.months), strict=True):
        pen.text(Point(month.x, axis.bottom + 14), says, LIGHT["quiet"])
        year = str(month.year) if says and month.year else ""
        pen.text(Point(month.x, axis.bottom + 30), year, LIGHT["quiet"])


def plain_days(months: tuple[Label, ...]) -> tuple[str, ...]:
    """What stands under the axis: names of months, all in digits where one has other letters.

    The font inside Pillow has the letters of ASCII, and draws a box for any other. Empty where the
    digits too are written with others: the words of the mail say the months.
    """
    if all(month.text.isascii() for month in months):
        return tuple(month.text for month in months)
    return tuple(month.digits if month.digits.isascii() else "" for month in months)


def _flags(pen: _Pen, chart: PairChart) -> None:
    for flag in chart.flags:
        stem = (Point(flag.x, 22), Point(flag.x, chart.axis.bottom))
        for dash in _dashes(stem, *DOTTED):
            pen.line(dash, LIGHT["ink"], 1.2)
        pen.dot(Point(flag.x, 13), 10, LIGHT["ink"])
        pen.text(Point(flag.x, 13), str(flag.number), LIGHT["card"])


def _line(pen: _Pen, line: Line, side: int, bottom: float) -> None:
    pen.area(line.band, SIDES[side])
    for dash in _dashes(line.level, *DASHED) if side else [line.level]:
        pen.line(dash, SIDES[side], 2.5)
    for mark in line.marks:
        _mark(pen, mark, side, bottom)


def _mark(pen: _Pen, mark: Mark, side: int, bottom: float) -> None:
    """A value with its interval, an arrow away from a bound, or a cross where there is none."""
    colour, x = SIDES[side], mark.x
    if mark.y is None:
        y = bottom - 11.5 + 8 * side
        pen.line((Point(x - 3.5, y - 3.5), Point(x + 3.5, y + 3.5)), colour, 1.6)
        pen.line((Point(x + 3.5, y - 3.5), Point(x - 3.5, y + 3.5)), colour, 1.6)
    elif mark.y_low is None or mark.y_high is None:
        way = 1 if mark.state == "under" else -1
        pen.line(_level(x - 5, x + 5, mark.y), colour, 2)
        tip = Point(x, mark.y + 12 * way)
        pen.line((Point(x, mark.y), tip), colour, 2)
        wings = (Point(x - 4, tip.y - 5 * way), tip, Point(x + 4, tip.y - 5 * way))
        pen.line(wings, colour, 2)
    else:
        at = Point(x, mark.y)
        pen.line((Point(x, mark.y_low), Point(x, mark.y_high)), colour, 1.6)
        pen.dot(at, 4.5 if side == 0 else 4, colour, square=side == 1)
        if mark.alarm:
            pen.ring(at, 9, ALARMS[mark.alarm])


def _level(left: float, right: float, y: float) -> Points:
    return Point(left, y), Point(right, y)


def _dashes(points: Points, dash: float, gap: float) -> Iterator[Points]:
    """The parts of a line that are drawn where it is dashed, as SVG's stroke-dasharray does it."""
    walked = 0.0
    for one, two in pairwise(points):
        length = hypot(two.x - one.x, two.y - one.y)
        begin = -(walked % (dash + gap))
        while begin < length:
            ends = (max(begin, 0.0), min(begin + dash, length))
            if ends[0] < ends[1]:
                yield tuple(_between(one, two, end / length) for end in ends)
            begin += dash + gap
        walked += length


def _between(one: Point, two: Point, share: float) -> Point:
    return Point(one.x + (two.x - one.x) * share, one.y + (two.y - one.y) * share)


def _fine(*points: Point) -> list[tuple[float, float]]:
    return [(point.x * SCALE * FINER, point.y * SCALE * FINER) for point in points]
