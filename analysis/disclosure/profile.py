"""The root-cause profile: the figures of a cause over four months as one figure.

A cause is asked by one core item each month and by rotating items in some. Only published
figures go in (rule 5), so the profile tells no more than they did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from analysis.disclosure.figures import (
    Bounded,
    Published,
    Shown,
    band_floor,
    published_se,
)
from analysis.disclosure.rule import Withheld
from analysis.measurement.uncertainty import PRIOR_DF, PRIOR_SD, RHO, half_width

MONTHS: Final = 4
"""How many waves the profile looks back: a whole rotation of the items."""


def profile(figures: Sequence[Published], rho: float = RHO) -> Published:
    """Mean of the published figures of one cause over the last `MONTHS` waves, whole points.

    Two figures of one seam come from much the same people, whether of two months or two items,
    so their errors are taken to go together by `rho`: SE^2 = sum_ij r_ij SE_i SE_j / m^2 with
    r_ii = 1, else rho. A bound ("under 20") counts as the middle of its range and widens the
    interval by the range. The band of n is the smallest that went in. Without any value: the
    weakest bound, or the reason why one is withheld.
    """
    known = [figure for figure in figures if not isinstance(figure, Withheld)]
    if not any(isinstance(figure, Shown) for figure in known):
        return _without_value(figures)
    errors = np.array([_error(figure) for figure in known])
    middles, ranges = np.array([_place(figure) for figure in known]).T
    squares = (1 - rho) * float(errors @ errors) + rho * float(errors.sum()) ** 2
    fewest = min((figure.n_band for figure in known), key=band_floor)
    df = PRIOR_DF + band_floor(fewest) - 1
    half = math.ceil(half_width(math.sqrt(squares) / len(known), df) + float(ranges.mean()))
    value = math.floor(float(middles.mean()) + 0.5)
    return Shown(value, max(0, value - half), min(100, value + half), fewest)


def _place(figure: Shown | Bounded) -> tuple[float, float]:
    """Middle and half range of what a figure says its value is."""
    if isinstance(figure, Shown):
        return float(figure.value), 0.0
    half = (figure.limit if figure.under else 100 - figure.limit) / 2
    return (half if figure.under else 100 - half), half


def _error(figure: Shown | Bounded) -> float:
    if isinstance(figure, Shown):
        return published_se(figure)
    return float(PRIOR_SD / math.sqrt(band_floor(figure.n_band)))


def _without_value(figures: Sequence[Published]) -> Published:
    bounds = [figure for figure in figures if isinstance(figure, Bounded)]
    if bounds:
        same = len({bound.under for bound in bounds}) == 1
        return max(bounds, key=lambda b: _place(b)[1]) if same else Withheld.EXTREME
    reasons = [figure for figure in figures if figure is not Withheld.NOT_ASKED]
    return reasons[0] if reasons else Withheld.NOT_ASKED
