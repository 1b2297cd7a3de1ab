"""Did it help? The verdict on every running agreement, from published figures only."""

import math
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.effects import Effect, Verdict, judge
from analysis.figures import published_se, published_value
from surveys.models.agreements import Agreement
from surveys.models.pulses import Wave
from surveys.models.releases import Figure, Release
from surveys.publishing.figures import published_figure

Pair = tuple[int, int]


def judge_agreements(session: Session, wave: Wave) -> None:
    """Write the verdict of each agreement that both sides have signed and that has begun."""
    numbers = _wave_starts(session, wave)
    series = _pair_series(session, wave, len(numbers))
    running = [
        agreement
        for agreement in session.scalars(select(Agreement))
        if agreement.signed_by_both and agreement.starts_on <= wave.closes_at.date()
    ]
    touched = {(agreement.team_a_id, agreement.team_b_id) for agreement in running}
    for agreement in running:
        pair = (agreement.team_a_id, agreement.team_b_id)
        if pair in series:
            untouched = [
                rows[0]
                for other, rows in series.items()
                if other not in touched and not set(other) & set(pair)
            ]
            effect = _effect(series[pair], untouched, numbers, agreement.starts_on)
            agreement.verdict = verdict_words(effect)


def verdict_words(effect: Effect | None) -> str:
    """The verdict as the page prints it, with its design, beside what the other pairs did."""
    if effect is None or effect.verdict is Verdict.TOO_EARLY:
        return "Too early to say."
    against = effect.method == "difference in differences"
    others = "" if math.isnan(effect.others) else f" The other pairs moved by {effect.others:+.0f}."
    if effect.verdict is Verdict.NO_VISIBLE_CHANGE:
        than = " against the other pairs" if against else ""
        return f"No visible change{than} ({effect.low:+.0f} … {effect.high:+.0f} points).{others}"
    side = "less" if effect.value < 0 else "more"
    than = " than in the other pairs" if against else ""
    low, high = sorted((abs(effect.low), abs(effect.high)))
    points = f"{abs(effect.value):.0f} points {side} friction{than} since then"
    return f"{points} (very likely {low:.0f} to {high:.0f}; {effect.method}).{others}"


def _effect(
    own: NDArray[np.float64], others: list[NDArray[np.float64]], starts: list[date], begun: date
) -> Effect | None:
    """The effect, or None as long as there is no wave before it or none after it."""
    values, errors = own
    start = sum(day < begun for day in starts)
    if not 0 < start < len(values):
        return None
    return judge(values, errors, start, np.array(others) if others else None)


def _wave_starts(session: Session, wave: Wave) -> list[date]:
    moments = session.scalars(
        select(Wave.opens_at)
        .where(Wave.pulse_id == wave.pulse_id, Wave.number <= wave.number)
        .order_by(Wave.number)
    )
    zone = ZoneInfo(wave.pulse.time_zone)
    return [moment.astimezone(zone).date() for moment in moments]


def _pair_series(session: Session, wave: Wave, months: int) -> dict[Pair, NDArray[np.float64]]:
    """Published pair levels and their errors, shape (2, months) each, NaN where withheld."""
    rows = session.execute(
        select(Release.number, Figure)
        .join(Figure, Figure.release_id == Release.id)
        .join(Wave, Wave.id == Release.wave_id)
        .where(Wave.pulse_id == wave.pulse_id, Figure.measure == "pair")
    )
    series: dict[Pair, NDArray[np.float64]] = {}
    for number, row in rows:
        known = series.setdefault((row.rater_id, row.target_id), np.full((2, months), np.nan))
        figure = published_figure(row)
        known[:, number - 1] = published_value(figure), published_se(figure)
    return series
