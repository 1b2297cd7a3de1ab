"""The quarter against the one before it, for every pair, from published figures alone (rule 5)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm

from analysis.disclosure.figures import Gap, Published, Shown, published_se
from analysis.measurement.trend import benjamini_hochberg
from analysis.measurement.uncertainty import half_width

WAVES: Final = 3
"""Waves of a quarter: four weeks each."""
FALSE_DISCOVERIES: Final = 0.05
"""Share of the pairs called moved that may be so by chance; half of the monthly one, since the
summary names few pairs and is read by many."""
MIN_MONTHS: Final = 2
"""Published figures that either quarter needs."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """Change of a pair's mean level in points, with its interval; `moved` beyond chance among all.

    `moved` is told by Benjamini and Hochberg (1995) over the pairs of one release.
    """

    change: Gap
    moved: bool


def quarters(levels: Sequence[Sequence[Published]]) -> list[Quarter | None]:
    """For each pair the change from the earlier to the later half of its six newest levels.

    `levels`: per pair the published levels of the last 2 x WAVES waves, oldest first, fewer or
    withheld ones allowed. None where a half has less than LEAST shown figures. The errors of
    waves are taken as independent: the same people answer, so the true error is smaller.
    """
    found = [_change(list(one)) for one in levels]
    p = [float("nan") if each is None else 2 * norm.sf(abs(each[0]) / each[1]) for each in found]
    rejected = benjamini_hochberg(np.array(p), FALSE_DISCOVERIES).rejected
    changes = [None if each is None else _interval(*each) for each in found]
    return [
        # What is called moved must not be printed with an interval that holds zero.
        None if gap is None else Quarter(gap, bool(rejected[i]) and not gap.low <= 0 <= gap.high)
        for i, gap in enumerate(changes)
    ]


def _change(levels: list[Published]) -> tuple[float, float] | None:
    newest = levels[-2 * WAVES :]
    before, now = newest[:-WAVES], newest[-WAVES:]
    means, variance = [], 0.0
    for half in (before, now):
        shown = [figure for figure in half if isinstance(figure, Shown)]
        if len(shown) < MIN_MONTHS:
            return None
        means.append(sum(figure.value for figure in shown) / len(shown))
        variance += sum(published_se(figure) ** 2 for figure in shown) / len(shown) ** 2
    return means[1] - means[0], math.sqrt(variance)


def _interval(value: float, error: float) -> Gap:
    middle, half = math.floor(value + 0.5), math.ceil(half_width(error, math.inf))
    return Gap(middle, middle - half, middle + half)
