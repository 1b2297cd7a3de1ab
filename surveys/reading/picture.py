"""The pair's chart as a PNG, for mails: drawn from the same geometry as the page's SVG.

Needs Pillow, which the extras `pdf` and `pptx` bring; without it mails come without pictures.
"""

import io
from typing import Any

from surveys.reading.charts import Line, PairChart

SCALE = 2
PAPER, GRID, INK, QUIET = "#fffdf8", "#d9d3c6", "#23262b", "#444444"
SIDES = ("#1d6a8c", "#a54a24")
TINTS = ("#d5e4ea", "#f0dcd2")
ALARMS = {"rising": "#9c2f2a", "falling": "#2c6e3f"}
LETTERS = 11
#: the font inside has Latin letters only; months in other scripts are left to the words below
FIRST_WITHOUT_FONT = "\u0250"


def chart_picture(chart: PairChart) -> bytes | None:
    """The chart as a PNG of twice its size; None without Pillow or without months."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        return None
    if not chart.months:
        return None
    picture = Image.new("RGB", (chart.width * SCALE, chart.height * SCALE), PAPER)
    pen = _Pen(ImageDraw.Draw(picture))
    for y, value in chart.ticks:
        pen.line([(chart.left, y), (chart.right, y)], GRID, 1)
        pen.text(chart.left - 6, y, str(value), "rm")
    for line, tint in zip(chart.lines, TINTS, strict=True):
        pen.area(_points(line.band), tint)
    for line, colour in zip(chart.lines, SIDES, strict=True):
        pen.line(_points(line.path), colour, 2)
    for side, line in enumerate(chart.lines):
        _marks(pen, line, side)
    for month in chart.months:
        if max(month.text) < FIRST_WITHOUT_FONT:
            pen.text(month.x, chart.bottom + 14, month.text, "mm")
            pen.text(month.x, chart.bottom + 30, str(month.year or ""), "mm")
    for flag in chart.flags:
        pen.line([(flag.x, 22), (flag.x, chart.bottom)], INK, 1)
        pen.text(flag.x, 13, str(flag.number), "mm")
    pen.line([(chart.left, chart.bottom), (chart.right, chart.bottom)], QUIET, 1)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Pen:
    """Draws in the chart's own pixels."""

    def __init__(self, draw: Any) -> None:
        from PIL import ImageFont

        self.draw = draw
        self.font = ImageFont.load_default(size=LETTERS * SCALE)

    def line(self, points: list[tuple[float, float]], colour: str, width: int) -> None:
        if len(points) > 1:
            self.draw.line(_large(points), fill=colour, width=width * SCALE, joint="curve")

    def area(self, points: list[tuple[float, float]], colour: str) -> None:
        if len(points) > 2:
            self.draw.polygon(_large(points), fill=colour)

    def dot(self, x: float, y: float, size: float, colour: str, square: bool) -> None:
        box = _large([(x - size, y - size), (x + size, y + size)])
        (self.draw.rectangle if square else self.draw.ellipse)(box, fill=colour)

    def ring(self, x: float, y: float, size: float, colour: str) -> None:
        box = _large([(x - size, y - size), (x + size, y + size)])
        self.draw.ellipse(box, outline=colour, width=2 * SCALE)

    def text(self, x: float, y: float, said: str, anchor: str) -> None:
        place = (x * SCALE, y * SCALE)
        self.draw.text(place, said, fill=QUIET, font=self.font, anchor=anchor)


def _marks(pen: _Pen, line: Line, side: int) -> None:
    for mark in line.marks:
        if mark.y is None:
            continue
        if mark.y_low is not None and mark.y_high is not None:
            pen.line([(mark.x, mark.y_low), (mark.x, mark.y_high)], SIDES[side], 1)
        pen.dot(mark.x, mark.y, 4, SIDES[side], square=side == 1)
        if mark.alarm:
            pen.ring(mark.x, mark.y, 9, ALARMS[mark.alarm])


def _points(path: str) -> list[tuple[float, float]]:
    pairs = [point.split(",") for point in path.split()]
    return [(float(x), float(y)) for x, y in pairs]


def _large(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x * SCALE, y * SCALE) for x, y in points]
