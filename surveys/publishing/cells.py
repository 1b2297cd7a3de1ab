"""From stored answers to the cells that the release rule works on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.release import Cell, CellKey, nearest_change
from analysis.disclosure.rule import Base
from analysis.measurement.instrument import CORE
from analysis.measurement.scoring import Ratings, friction_index
from analysis.measures import Measure
from surveys.models.ballots import Answer
from surveys.models.enums import FigureState
from surveys.models.pulses import Item, Wave, WaveSeam, WaveTeam
from surveys.models.releases import Figure, Release

Row = tuple[float, ...]
#: answers read at a time: a large company gives a million
BATCH_SIZE = 2000


def cells_of(session: Session, wave: Wave) -> list[Cell]:
    """One cell for each seam of the wave, also for those nobody answered."""
    items = session.scalars(
        select(Item)
        .where(
            Item.instrument_id == wave.pulse.instrument_id,
            Item.code.in_(wave.items),
            ~Item.is_open,
        )
        .order_by(Item.position)
    ).all()
    seams = session.scalars(select(WaveSeam).where(WaveSeam.wave_id == wave.id)).all()
    given = _given(session, wave, [item.code for item in items])
    rosters = _published_rosters(session)
    return [
        _cell(session, wave, seam, items, given.get(key, []), rosters.get(key, []))
        for seam in seams
        for key in [(seam.rater_id, seam.target_id)]
    ]


def bases_of(cells: list[Cell]) -> dict[tuple[int, int], Base]:
    """The base of each seam (rater, target): the same for its figures and its themes (rule 3)."""
    return {
        (int(cell.key.rater), int(cell.key.target)): Base(
            friction_index(_core(cell.ratings), [key.reverse for key in CORE]).n, cell.team_size
        )
        for cell in cells
    }


def _core(ratings: Ratings) -> NDArray[np.float64]:
    return ratings.values[:, [ratings.items.index(key.code) for key in CORE]]


def _given(session: Session, wave: Wave, codes: Sequence[str]) -> dict[tuple[int, int], list[Row]]:
    """What was answered about each seam, an entry for each of `codes`; NaN where nothing was."""
    answers = session.execute(
        select(Answer.rater_id, Answer.target_id, Answer.scores)
        .where(Answer.wave_id == wave.id)
        .execution_options(yield_per=BATCH_SIZE)
    )
    found: dict[tuple[int, int], list[Row]] = {}
    for rater, target, scores in answers:
        row = tuple(scores.get(code, np.nan) for code in codes)
        found.setdefault((rater, target), []).append(row)
    return found


def _cell(
    session: Session,
    wave: Wave,
    seam: WaveSeam,
    items: Sequence[Item],
    rows: list[Row],
    published: list[list[int]],
) -> Cell:
    codes = tuple(item.code for item in items)
    values = np.array(rows, dtype=float)
    now = session.get(WaveTeam, (wave.id, seam.rater_id))
    joined, left = nearest_change(now.roster if now else [], published)
    return Cell(
        CellKey(str(seam.rater_id), str(seam.target_id), wave.number),
        seam.team_size,
        Ratings(codes, tuple(item.reverse for item in items), values.reshape(-1, len(codes))),
        joined,
        left,
    )


def _published_rosters(session: Session) -> dict[tuple[int, int], list[list[int]]]:
    """For each seam (rater, target) the rater's roster in every wave with a published index."""
    told = session.execute(select(WaveTeam.wave_id, WaveTeam.team_id, WaveTeam.roster))
    rosters = {(wave_id, team_id): roster for wave_id, team_id, roster in told}
    rows = session.execute(
        select(Figure.rater_id, Figure.target_id, Release.wave_id)
        .join(Release, Figure.release_id == Release.id)
        .where(Figure.measure == Measure.INDEX, Figure.state != FigureState.WITHHELD)
    )
    found: dict[tuple[int, int], list[list[int]]] = {}
    for rater, target, wave_id in rows:
        found.setdefault((rater, target), []).append(rosters.get((wave_id, rater), []))
    return found
