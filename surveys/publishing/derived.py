"""Figures made of published figures alone (rule 5): pairs, gaps, profiles, the ranking."""

import math
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.figures import (
    CellKey,
    FigureKey,
    Gap,
    Published,
    Shown,
    pair_level,
    perception_gap,
    published_se,
)
from analysis.disclosure.profile import MONTHS, profile
from analysis.disclosure.quarter import WAVES, quarters
from analysis.disclosure.release import Release as SafeFigures
from analysis.disclosure.rule import Withheld
from analysis.measurement.ranking import shrink
from analysis.measurement.uncertainty import half_width
from analysis.measures import Cause, Measure, Words, profile_of
from surveys.models.pulses import Item, Wave, WaveSeam
from surveys.models.releases import Figure, Release
from surveys.publishing.figures import figure_row, published_figure

DERIVED = (Measure.PAIR, Measure.GAP, Measure.BLIND_SPOT, Measure.RANKED, Measure.QUARTER)


def add_pairs(session: Session, release_id: int, safe: SafeFigures) -> None:
    """Level and gap of every pair, the blind spot of every side, and where each pair ranks."""
    cells = {key.cell for key in safe.figures}
    levels: dict[CellKey, Published] = {}
    for cell in sorted(cells):
        back = CellKey(cell.target, cell.rater, cell.wave)
        if back not in cells:
            continue
        ours = safe.get(cell.rater, cell.target, cell.wave)
        theirs = safe.get(back.rater, back.target, cell.wave)
        guess = safe.get(cell.rater, cell.target, cell.wave, "M1")
        _add(session, release_id, cell, Measure.BLIND_SPOT, perception_gap(guess, theirs))
        if int(cell.rater) < int(cell.target):
            levels[cell] = pair_level(ours, theirs)
            _add(session, release_id, cell, Measure.PAIR, levels[cell])
            _add(session, release_id, cell, Measure.GAP, perception_gap(ours, theirs))
    for cell, figure in ranked(levels).items():
        _add(session, release_id, cell, Measure.RANKED, figure)


def add_quarters(session: Session, wave: Wave, stored: Release) -> None:
    """How every pair's level changed from the quarter before to this one."""
    rows = session.execute(
        select(Figure, Release.number)
        .join(Release, Release.id == Figure.release_id)
        .join(Wave, Wave.id == Release.wave_id)
        .where(
            Wave.pulse_id == wave.pulse_id,
            Wave.number > wave.number - 2 * WAVES,
            Figure.measure == Measure.PAIR,
        )
    ).all()
    levels = {(row.rater_id, row.target_id, number): published_figure(row) for row, number in rows}
    pairs = sorted({(a, b) for a, b, number in levels if number == wave.number})
    numbers = range(wave.number - 2 * WAVES + 1, wave.number + 1)
    series = [[levels.get((*pair, n), Withheld.NOT_ASKED) for n in numbers] for pair in pairs]
    for (a, b), found in zip(pairs, quarters(series), strict=True):
        if found is not None:
            key = FigureKey(str(a), str(b), wave.number, Measure.QUARTER)
            row = figure_row(stored.id, key, found.change)
            row.words = Words.MOVED if found.moved else None
            session.add(row)


def ranked(levels: dict[CellKey, Published]) -> dict[CellKey, Shown]:
    """The level of each pair drawn towards the mean of all, as far as its error says."""
    known = {cell: figure for cell, figure in levels.items() if isinstance(figure, Shown)}
    if len(known) < 2:
        return {}
    drawn = shrink(
        [figure.value for figure in known.values()],
        [published_se(figure) for figure in known.values()],
    )
    return {
        cell: _around(value, error, figure.n_band)
        for (cell, figure), value, error in zip(
            known.items(), drawn.values, drawn.standard_errors, strict=True
        )
    }


def add_profiles(session: Session, wave: Wave, stored: Release) -> None:
    """The profile of every cause and seam over the last months (`analysis.disclosure.profile`)."""
    items = session.scalars(select(Item).where(Item.instrument_id == wave.pulse.instrument_id))
    causes: dict[Cause, list[str]] = {}
    for item in items:
        if item.cause and not item.is_open:
            causes.setdefault(item.cause, [item.cause]).append(item.code)
    seams = session.scalars(select(WaveSeam).where(WaveSeam.wave_id == wave.id)).all()
    for seam in seams:
        cell = CellKey(str(seam.rater_id), str(seam.target_id), wave.number)
        known = _recent(session, wave, seam)
        for cause, measures in causes.items():
            figures = [figure for name, figure in known if name in measures]
            if figures:
                _add(session, stored.id, cell, profile_of(cause), profile(figures))


def _recent(session: Session, wave: Wave, seam: WaveSeam) -> list[tuple[str, Published]]:
    rows: Iterable[Figure] = session.scalars(
        select(Figure)
        .join(Release, Release.id == Figure.release_id)
        .join(Wave, Wave.id == Release.wave_id)
        .where(
            Wave.pulse_id == wave.pulse_id,
            Wave.number > wave.number - MONTHS,
            Figure.rater_id == seam.rater_id,
            Figure.target_id == seam.target_id,
            Figure.measure.not_in(DERIVED),
        )
    )
    return [(row.measure, published_figure(row)) for row in rows]


def _around(value: float, error: float, n_band: str) -> Shown:
    middle, half = math.floor(value + 0.5), math.ceil(half_width(error, math.inf))
    return Shown(middle, max(0, middle - half), min(100, middle + half), n_band)


def _add(
    session: Session, release_id: int, cell: CellKey, measure: str, figure: Published | Gap
) -> None:
    key = FigureKey(cell.rater, cell.target, cell.wave, measure)
    session.add(figure_row(release_id, key, figure))
