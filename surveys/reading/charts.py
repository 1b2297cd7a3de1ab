"""Geometry of the pair's line chart: where each of its parts lies."""

from dataclasses import replace
from datetime import date
from math import ceil

from flask_babel import get_locale
from flask_babel import gettext as _

from surveys.languages import written
from surveys.reading.drawing import Axis, Flag, Label, Line, Mark, PairChart, Point, Tick
from surveys.reading.pages import PairPage, SeamLine

HEIGHT = 320
TOP, BOTTOM, LEFT, RIGHT = 34, 44, 36, 12
#: upper end of the scale: the next of these above everything drawn
SCALES = (60, 80, 100)
#: room between two labels
ROOM = 6


class _Horizontal:
    """Where months lie from left to right."""

    def __init__(self, months: int, width: int) -> None:
        self.count = months
        self.step = (width - LEFT - RIGHT) / max(months, 1)

    def x(self, month: float) -> float:
        return round(LEFT + (month + 0.5) * self.step, 1)


class _Vertical:
    """What a page's charts of all widths have in common: heights, and what months say."""

    def __init__(self, page: PairPage) -> None:
        highest = max(
            (f.high or f.value or 0 for line in page.lines for f in line.figures), default=0
        )
        self.top = next(scale for scale in SCALES if highest <= scale)
        self.ticks = tuple(Tick(self.y(v), str(v)) for v in range(0, self.top + 1, 20))
        language = str(get_locale())
        self.days = [
            (written(month.opened_on, "MMMd", language), written(month.opened_on, "Md", language))
            for month in page.months
        ]
        self.text = _alternative(page)
        #: for each side the months' marks, which every width moves to its own place
        self.marks = [
            [
                Mark(
                    0,
                    None if f.value is None or f.withheld else self.y(f.value),
                    None if f.low is None else self.y(f.low),
                    None if f.high is None else self.y(f.high),
                    f.state,
                    alarm,
                    says,
                )
                for f, alarm, says in zip(
                    line.figures, line.alarms, _said(page, line, language), strict=True
                )
            ]
            for line in page.lines
        ]
        #: for each side: level, low and high of the smoothed line where there is one
        self.paths = [
            [(self.y(p.level), self.y(p.low), self.y(p.high)) if p else None for p in line.path]
            for line in page.lines
        ]

    def y(self, value: float) -> float:
        inner = HEIGHT - TOP - BOTTOM
        return round(TOP + inner * (1 - max(0.0, min(value, self.top)) / self.top), 1)


def pair_charts(page: PairPage, *widths: int) -> tuple[PairChart, ...]:
    """The chart of a page for each width in pixels (about 360 on a phone, 860 on a desk)."""
    upright = _Vertical(page)
    return tuple(_chart(page, width, upright) for width in widths)


def _chart(page: PairPage, width: int, upright: _Vertical) -> PairChart:
    across = _Horizontal(len(page.months), width)
    return PairChart(
        width=width,
        height=HEIGHT,
        axis=Axis(
            left=LEFT,
            right=width - RIGHT,
            bottom=HEIGHT - BOTTOM,
            ticks=upright.ticks,
            months=_labels(page, across, width, upright.days),
        ),
        lines=tuple(_line(side, across, upright) for side in range(len(page.lines))),
        flags=_flags(page, across),
        text=upright.text,
    )


def _labels(
    page: PairPage, across: _Horizontal, width: int, days: list[tuple[str, str]]
) -> tuple[Label, ...]:
    """As many months, counted back from the newest, as have room in the reader's language."""
    # Day and month: waves are four weeks apart, a month can hold two.
    all_of_them = [
        Label(across.x(i), *day, month.opened_on.year)
        for i, (month, day) in enumerate(zip(page.months, days, strict=True))
    ]
    longest = max((label.width for label in all_of_them), default=0)
    every = max(1, ceil((longest + ROOM) / across.step))
    kept: list[Label] = []
    for label in all_of_them[(across.count - 1) % every :: every]:
        half = label.width / 2
        x = round(min(max(label.x, half), width - half), 1)
        told = any(before.year == label.year for before in kept)
        kept.append(replace(label, x=x, year=None if told else label.year))
    return tuple(kept)


def _said(page: PairPage, line: SeamLine, language: str) -> list[str]:
    """What each month of a side says, for pointers and screen readers."""
    return [
        _(
            "%(team)s, %(month)s: %(figure)s",
            team=line.rater,
            month=written(month.opened_on, "yMMM", language),
            figure=figure.why or f"{figure.digits} ({figure.interval or figure.words})",
        )
        for month, figure in zip(page.months, line.figures, strict=True)
    ]


def _line(side: int, across: _Horizontal, upright: _Vertical) -> Line:
    # The two sides stand a little apart, so that neither hides the other's interval.
    shift = (side - 0.5) * min(0.3, 9 / across.step)
    places = [across.x(i + shift) for i in range(across.count)]
    marks = [replace(mark, x=x) for x, mark in zip(places, upright.marks[side], strict=True)]
    drawn = [(x, *p) for x, p in zip(places, upright.paths[side], strict=True) if p is not None]
    level = tuple(Point(x, y) for x, y, _low, _high in drawn)
    upper = [Point(x, high) for x, _y, _low, high in drawn]
    lower = [Point(x, low) for x, _y, low, _high in reversed(drawn)]
    return Line(tuple(marks), level, (*upper, *lower))


def _flags(page: PairPage, across: _Horizontal) -> tuple[Flag, ...]:
    events = [
        # First-strong isolates keep the full stop of an English text at its end in Arabic.
        (a.starts_on, _("Agreement: %(text)s", text=f"\u2068{a.text}\u2069"))
        for a in page.agreements
        if a.signed_by_both and a.began
    ] + [(n.happened_on, n.text) for n in page.notes]
    flags = []
    for number, (day, says) in enumerate(sorted(events), start=1):
        if page.months and day >= page.months[0].opened_on:
            flags.append(Flag(across.x(_place(page, day)), number, says))
    return tuple(flags)


def _place(page: PairPage, day: date) -> float:
    """Where a day lies between the months, as a fraction of an index."""
    for i, (one, two) in enumerate(zip(page.months, page.months[1:], strict=False)):
        if one.opened_on <= day < two.opened_on:
            return i + (day - one.opened_on).days / (two.opened_on - one.opened_on).days
    return len(page.months) - 1


def _alternative(page: PairPage) -> str:
    parts = []
    for line in page.lines:
        known = [f for f in line.figures if f.value is not None]
        if known:
            parts.append(
                _(
                    "%(rater)s about %(target)s: from %(first)s to %(last)s over %(n)s months",
                    rater=line.rater,
                    target=line.target,
                    first=known[0].digits,
                    last=known[-1].digits,
                    n=len(line.figures),
                )
            )
    return str(_("; ")).join(parts) or str(_("no published figures yet"))
