"""Did it help? The verdict on every running agreement, from published figures only."""

import math
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.figures import published_se, published_value
from analysis.measurement.effects import Effect, Verdict, judge
from analysis.measures import Measure
from surveys.models.agreements import Agreement, EffectVerdict
from surveys.models.pulses import Wave
from surveys.models.releases import Figure, Release
from surveys.publishing.figures import published_figure

Pair = tuple[int, int]


def judge_agreements(session: Session, wave: Wave) -> None:
    """Write the verdict of each agreement that both sides have signed and that has begun.

    One that had ended when the wave opened keeps its last verdict; its pair stays a touched one.
    """
    numbers = _wave_starts(session, wave)
    series = _pair_series(session, wave, len(numbers))
    begun = [
        agreement
        for agreement in session.scalars(select(Agreement))
        if agreement.signed_by_both and agreement.starts_on <= wave.closes_at.date()
    ]
    touched = {(agreement.team_a_id, agreement.team_b_id) for agreement in begun}
    for agreement in begun:
        pair = (agreement.team_a_id, agreement.team_b_id)
        ended = agreement.ended_on is not None and agreement.ended_on < wave.opens_at.date()
        if pair in series and not ended:
            untouched = [
                rows[0]
                for other, rows in series.items()
                if other not in touched and not set(other) & set(pair)
            ]
            effect = _effect(series[pair], untouched, numbers, agreement.starts_on)
            agreement.effect = as_stored(effect)


def as_stored(effect: Effect | None) -> EffectVerdict | None:
    """The effect in whole points, rounded away from certainty; None while it is too early."""
    if effect is None or effect.verdict is Verdict.TOO_EARLY:
        return None
    return EffectVerdict(
        changed=effect.verdict is Verdict.CHANGED,
        value=round(effect.value),
        low=math.floor(effect.low),
        high=math.ceil(effect.high),
        method=effect.method,
        others=None if math.isnan(effect.others) else round(effect.others),
    )


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
        .where(Wave.pulse_id == wave.pulse_id, Figure.measure == Measure.PAIR)
    )
    series: dict[Pair, NDArray[np.float64]] = {}
    for number, row in rows:
        known = series.setdefault((row.rater_id, row.target_id), np.full((2, months), np.nan))
        figure = published_figure(row)
        known[:, number - 1] = published_value(figure), published_se(figure)
    return series
