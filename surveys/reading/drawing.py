"""What a chart consists of, in its own pixels, as two writers draw it.

`templates/macros/charts.html` and `series.html` write it as SVG, `picture.py` as a PNG. Every place
is a number here, so neither has to read what the other wrote.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import east_asian_width

#: width of a letter and of a Japanese one at the charts' 12 pixels, for readers too who have their
#: browser space letters out by 0.12 em (WCAG 2.2, 1.4.12)
LETTER, WIDE = 8.2, 13.5


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a chart."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid and what it stands for."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """A month under the axis: day and month, and the year where a new one begins.

    `digits` says day and month without letters, for writers whose font lacks some.
    """

    x: float
    text: str
    digits: str
    year: int | None

    @property
    def width(self) -> float:
        """About how many pixels the text takes."""
        return sum(WIDE if east_asian_width(c) in "WF" else LETTER for c in self.text)


@dataclass(frozen=True, slots=True)
class Axis:
    """The frame of a chart: where months lie between `left` and `right`, values above `bottom`."""

    left: float
    right: float
    bottom: float
    ticks: tuple[Tick, ...]
    months: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something on the time axis: an agreement or a note."""

    x: float
    number: int
    says: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One month of one seam: where it is drawn, in which state of its figure, and what it says."""

    x: float
    y: float | None
    y_low: float | None
    y_high: float | None
    state: str
    alarm: str | None
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """A seam: its marks, its smoothed line and the outline of the band around it."""

    marks: tuple[Mark, ...]
    level: tuple[Point, ...]
    band: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class PairChart:
    """Everything drawn of a pair, in a box of `width` × `height`; `text` says it in words."""

    width: int
    height: int
    axis: Axis
    lines: tuple[Line, ...]
    flags: tuple[Flag, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One value of another system: where it is drawn and what it says."""

    at: Point
    says: str


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Everything drawn of one series of another system, in a box of `width` × `height`."""

    width: int
    height: int
    axis: Axis
    dots: tuple[Dot, ...]
    flags: tuple[Flag, ...]


def svg_points(points: Iterable[Point]) -> str:
    """Places as SVG lists them in the attribute `points`."""
    return " ".join(f"{point.x},{point.y}" for point in points)
