"""Published figures, and everything that may be computed from them (rule 5).

Nothing here ever sees an answer: the functions take figures as they were released, so whatever
they return tells no more than the release already told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from analysis.disclosure.rule import Withheld
from analysis.measurement.trend import (
    USUAL_RESPONSE,
    Change,
    change_of,
    nothing_to_compare,
    turnover_variance,
)
from analysis.measurement.uncertainty import (
    PRIOR_DF,
    PRIOR_SD,
    RHO,
    NonResponse,
    half_width,
    tipping_point,
)
from analysis.measures import Words

LOW_BELOW: Final = 25
HIGH_FROM: Final = 38
"""Bands of the index, provisional until 30 directed pairs of own norms exist."""


MIN_QUIET_CHANGES: Final = 30


@dataclass(frozen=True, slots=True, order=True)
class CellKey:
    """One cell: what the rater team says about the target team in one wave."""

    rater: str
    target: str
    wave: int


@dataclass(frozen=True, slots=True, order=True)
class FigureKey:
    """One figure: `measure` is "index", the name of a root cause, or an item's code."""

    rater: str
    target: str
    wave: int
    measure: str

    @property
    def cell(self) -> CellKey:
        """The cell that the figure belongs to."""
        return CellKey(self.rater, self.target, self.wave)


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure that passed the rule: whole points 0..100, half width rounded up, n as a band."""

    value: int
    low: int
    high: int
    n_band: str


@dataclass(frozen=True, slots=True)
class Bounded:
    """A figure so near an end that its value would tell single answers: "under 30", "over 80"."""

    under: bool
    limit: int
    n_band: str

    def __str__(self) -> str:
        return f"{'under' if self.under else 'over'} {self.limit}"


Published = Shown | Bounded | Withheld


@dataclass(frozen=True, slots=True)
class Gap:
    """Difference of two published figures in whole points, with its interval."""

    value: int
    low: int
    high: int


def joined_band(a: str, b: str) -> str:
    """Band of the answers of both sides together, as far as their own bands tell."""
    low = band_floor(a) + band_floor(b)
    ends = [name.split("–")[-1] for name in (a, b)]
    return f"{low}–{sum(map(int, ends))}" if all(e.isdigit() for e in ends) else f"{low}+"


def band_floor(name: str) -> int:
    """Smallest number of answers in a band; 0 for an unknown band."""
    digits = name.replace("+", "–").split("–")[0]
    return int(digits) if digits.isdigit() else 0


def band(low: float, high: float) -> Words:
    """The interval in words; one word only where the whole interval lies in one band."""
    words = (Words.LOW, Words.MIDDLE, Words.HIGH)
    first, last = (0 if end < LOW_BELOW else 1 if end < HIGH_FROM else 2 for end in (low, high))
    return words[first] if first == last else Words(f"{words[first]} to {words[last]}")


def published_value(figure: Published) -> float:
    """The figure as a number for series and charts; NaN unless it is `Shown`."""
    return float(figure.value) if isinstance(figure, Shown) else float("nan")


def published_df(figure: Published) -> float:
    """Degrees of freedom behind a printed interval, by the smallest n in its band."""
    answers = band_floor(figure.n_band) if isinstance(figure, Shown) else 0
    return PRIOR_DF + max(answers - 1, 0)


def published_se(figure: Published) -> float:
    """Standard error in points, recovered from the printed interval; NaN unless `Shown`.

    The wider side is used, since the other may have been cut at an end of the scale; rounding up
    added half a point on average, which is taken off again.
    """
    if not isinstance(figure, Shown):
        return float("nan")
    half = max(figure.value - figure.low, figure.high - figure.value)
    return max(half - 0.5, 0.5) / half_width(1.0, published_df(figure))


def pair_level(a: Published, b: Published) -> Published:
    """Mean of the two published seams of a pair.

    Two bounds on the same side give the weaker bound; a bound beside a value, or bounds on
    opposite sides, give Withheld.EXTREME; a withheld side gives its reason.
    """
    for side in (a, b):
        if isinstance(side, Withheld):
            return side
    if isinstance(a, Shown) and isinstance(b, Shown):
        value = int(np.rint((a.value + b.value) / 2))
        band_of_n = joined_band(a.n_band, b.n_band)
        half = _half(a, b, parts=2)
        return Shown(value, max(0, value - half), min(100, value + half), band_of_n)
    if isinstance(a, Bounded) and isinstance(b, Bounded) and a.under == b.under:
        limit = max(a.limit, b.limit) if a.under else min(a.limit, b.limit)
        return Bounded(a.under, limit, joined_band(a.n_band, b.n_band))
    return Withheld.EXTREME


def perception_gap(a: Published, b: Published) -> Gap | Withheld:
    """How much worse the rater of `a` finds the work together than the rater of `b`: a - b.

    Also the blind spot: what one side guesses (M1) against what the other says. Withheld with
    the first side's reason where a side has no value.
    """
    for side in (a, b):
        if isinstance(side, Withheld):
            return side
    if not (isinstance(a, Shown) and isinstance(b, Shown)):
        return Withheld.EXTREME
    value, half = a.value - b.value, _half(a, b)
    return Gap(value, value - half, value + half)


def published_change(
    before: Published,
    after: Published,
    joiners: int = 0,
    leavers: int = 0,
    team_size: int = 0,
    rho: float = RHO,
) -> Change:
    """Change of one seam between two published waves, from published numbers and rosters only.

    Like `trend.compare`, with both errors recovered from the printed intervals and the prior
    spread for the turnover term. NaN throughout unless both sides are `Shown`.
    """
    if not (isinstance(before, Shown) and isinstance(after, Shown)):
        return nothing_to_compare()
    moved = turnover_variance(PRIOR_SD**2, joiners + leavers, team_size, rho)
    error = np.sqrt(published_se(before) ** 2 + published_se(after) ** 2 + moved)
    df = published_df(before) + published_df(after) - PRIOR_DF
    return change_of(float(after.value - before.value), float(error), df)


@dataclass(frozen=True, slots=True)
class Retest:
    """One-month retest correlation with its 95 % interval, and the changes behind it."""

    rho: float
    low: float
    high: float
    changes: int


def retest_correlation(quiet: Sequence[tuple[Published, Published]], rho: float = RHO) -> Retest:
    """Retest correlation, estimated anew from two successive months of quiet seams.

    Where nothing happened, (change/SE)^2 averages (1 - rho' f)/(1 - rho f), with SE as printed
    under `rho` and f the usual response; solved for rho', kept within 0..1, interval from chi
    square. The rounding of two figures is taken off first. From published figures only, so it
    tells nothing new. With fewer than 30 changes the given rho comes back, with interval 0..1.
    """
    known = [(a, b) for a, b in quiet if isinstance(a, Shown) and isinstance(b, Shown)]
    if len(known) < MIN_QUIET_CHANGES:
        return Retest(rho, 0.0, 1.0, len(known))
    rounding = 2 / 12
    squares = sum(
        ((b.value - a.value) ** 2 - rounding) / (published_se(a) ** 2 + published_se(b) ** 2)
        for a, b in known
    )
    ends = special.chdtri(len(known), [0.025, 0.975])

    def solved(ratio: float) -> float:
        answer = (1 - ratio * (1 - rho * USUAL_RESPONSE)) / USUAL_RESPONSE
        return float(np.clip(answer, 0.0, 1.0))

    return Retest(
        solved(squares / len(known)),
        solved(squares / float(ends[1])),
        solved(squares / float(ends[0])),
        len(known),
    )


def published_silence(figure: Published, finding: float, team_size: int) -> NonResponse | None:
    """What the silent could do to a published finding; None unless `Shown`.

    From the smallest n of the printed band, so it warns rather too early, and tells no exact
    number of answers. `team_size` is the roster, which everybody knows.
    """
    if not isinstance(figure, Shown):
        return None
    n = min(band_floor(figure.n_band), team_size)
    return tipping_point(finding, float(figure.value), n, team_size)


def _half(a: Shown, b: Shown, parts: int = 1) -> int:
    """Half width, in whole points rounded up, of a sum or difference divided by `parts`."""
    error = float(np.hypot(published_se(a), published_se(b))) / parts
    return int(np.ceil(half_width(error, published_df(a) + published_df(b) - PRIOR_DF)))
