"""What the published figures of a seam say together: line, alarm, smallest visible change."""

import math

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.figures import Published, Shown, published_change, published_se, published_value
from analysis.smoothing import level
from analysis.trend import ewma_alarm
from surveys.models.pulses import Wave, WaveSeam
from surveys.models.releases import Figure, Release, Trend
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
            Figure.measure == "index",
        )
        .order_by(Release.number)
    )
    return {number: published_figure(row) for number, row in rows}


def add_trends(session: Session, wave: Wave, stored: Release) -> None:
    """Store the trend of every seam of the wave, computed from published figures only."""
    for seam in session.scalars(select(WaveSeam).where(WaveSeam.wave_id == wave.id)).all():
        series = series_of(session, wave.pulse_id, seam.rater_id, seam.target_id)
        path = path_of(series)
        session.add(
            Trend(
                release_id=stored.id,
                rater_id=seam.rater_id,
                target_id=seam.target_id,
                path=path,
                alarm=path[-1][4] if path and path[-1][0] == wave.number else None,
                smallest_change=smallest_change(list(series.values())),
            )
        )


def path_of(series: dict[int, Published]) -> list[list[object]]:
    """[wave number, level, low, high, alarm] for each month with a level."""
    if not series:
        return []
    numbers = list(range(min(series), max(series) + 1))
    figures = [series.get(number) for number in numbers]
    values = np.array([published_value(f) if f else np.nan for f in figures])
    errors = np.array([published_se(f) if f else np.nan for f in figures])
    line, alarm = level(values, errors), ewma_alarm(values, errors)
    path: list[list[object]] = []
    for i, number in enumerate(numbers):
        if not math.isnan(line.level[i]):
            points = [round(float(x), 1) for x in (line.level[i], line.low[i], line.high[i])]
            side = "rising" if alarm.ewma[i] > alarm.centre else "falling"
            path.append([number, *points, side if alarm.alarm[i] else None])
    return path


def smallest_change(figures: list[Published]) -> int | None:
    """The change between two months, in whole points, that the last two figures could show."""
    known = [f for f in figures if isinstance(f, Shown)]
    if len(known) < 2:
        return None
    return math.ceil(published_change(known[-2], known[-1]).smallest_seen)
