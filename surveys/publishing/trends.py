"""What the published figures of a seam say together: line, alarm, smallest visible change."""

import math

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.figures import (
    Published,
    Shown,
    published_change,
    published_se,
    published_silence,
    published_value,
)
from analysis.measurement.smoothing import level
from analysis.measurement.trend import (
    Change,
    benjamini_hochberg,
    nothing_to_compare,
    renewing_alarm,
)
from analysis.measures import Measure
from surveys.models.enums import Direction
from surveys.models.pulses import Wave, WaveSeam, WaveTeam
from surveys.models.releases import Figure, Release, Trend, TrendPoint
from surveys.publishing.figures import published_figure


def series_of(
    session: Session, pulse_id: int, rater_id: int, target_id: int
) -> dict[int, Published]:
    """Published index figures of a seam by wave number, withheld ones included, in order."""
    rows = session.execute(
        select(Release.number, Figure)
        .join(Figure, Figure.release_id == Release.id)
        .join(Wave, Wave.id == Release.wave_id)
        .where(
            Wave.pulse_id == pulse_id,
            Figure.rater_id == rater_id,
            Figure.target_id == target_id,
            Figure.measure == Measure.INDEX,
        )
        .order_by(Release.number)
    )
    return {number: published_figure(row) for number, row in rows}


def add_trends(session: Session, wave: Wave, stored: Release) -> None:
    """Store the trend of every seam of the wave, computed from published figures only."""
    seams = session.scalars(select(WaveSeam).where(WaveSeam.wave_id == wave.id)).all()
    series = [series_of(session, wave.pulse_id, s.rater_id, s.target_id) for s in seams]
    changes = [_newest_change(session, wave, s, f) for s, f in zip(seams, series, strict=True)]
    # One family for the whole wave: with many seams some would move by chance.
    moved = benjamini_hochberg([change.p for change in changes]).rejected
    for seam, figures, change, stands_out in zip(seams, series, changes, moved, strict=True):
        session.add(_trend(wave, stored, seam, figures, change, bool(stands_out)))


def _trend(
    wave: Wave,
    stored: Release,
    seam: WaveSeam,
    figures: dict[int, Published],
    change: Change,
    stands_out: bool,
) -> Trend:
    path = path_of(figures)
    known = not math.isnan(change.value)
    silence = (
        published_silence(figures[wave.number], change.value, seam.team_size) if known else None
    )
    return Trend(
        release_id=stored.id,
        rater_id=seam.rater_id,
        target_id=seam.target_id,
        path=path,
        alarm=path[-1].alarm if path and path[-1].number == wave.number else None,
        change=round(change.value) if known else None,
        change_low=math.floor(change.low) if known else None,
        change_high=math.ceil(change.high) if known else None,
        moved=stands_out and change.visible,
        fragile=silence is not None and silence.fragile,
        smallest_change=math.ceil(change.smallest_seen) if known else None,
    )


def _newest_change(
    session: Session, wave: Wave, seam: WaveSeam, figures: dict[int, Published]
) -> Change:
    """The change of a seam since the month with a value before; NaN without two values."""
    known = [number for number, figure in figures.items() if isinstance(figure, Shown)]
    if len(known) < 2 or known[-1] != wave.number:
        return nothing_to_compare()
    before, now = (set(_roster(session, wave.pulse_id, seam.rater_id, n)) for n in known[-2:])
    return published_change(
        figures[known[-2]],
        figures[known[-1]],
        joiners=len(now - before),
        leavers=len(before - now),
        team_size=round((len(before) + len(now)) / 2),
    )


def _roster(session: Session, pulse_id: int, team_id: int, number: int) -> list[int]:
    return session.scalars(
        select(WaveTeam.roster)
        .join(Wave, Wave.id == WaveTeam.wave_id)
        .where(Wave.pulse_id == pulse_id, Wave.number == number, WaveTeam.team_id == team_id)
    ).one()


def path_of(series: dict[int, Published]) -> tuple[TrendPoint, ...]:
    """The drawn line: a point for each month with a level."""
    if not series:
        return ()
    numbers = list(range(min(series), max(series) + 1))
    figures = [series.get(number) for number in numbers]
    values = np.array([published_value(f) if f else np.nan for f in figures])
    errors = np.array([published_se(f) if f else np.nan for f in figures])
    line, alarm = level(values, errors), renewing_alarm(values, errors)
    path = []
    for i, number in enumerate(numbers):
        if not math.isnan(line.level[i]):
            drawn, low, high = (
                round(float(x), 1) for x in (line.level[i], line.low[i], line.high[i])
            )
            side = Direction.RISING if alarm.ewma[i] > alarm.upper[i] else Direction.FALLING
            path.append(TrendPoint(number, drawn, low, high, side if alarm.alarm[i] else None))
    return tuple(path)
