"""From stored answers to the cells that the release rule works on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import Cell, CellKey, nearest_change
from analysis.scoring import CORE, Ratings, friction_index
from surveys.models.ballots import Answer
from surveys.models.pulses import Item, Wave, WaveSeam, WaveTeam
from surveys.models.releases import Figure, Release


def cells_of(session: Session, wave: Wave) -> list[Cell]:
    """One cell for each seam of the wave, also for those nobody answered."""
    items = session.scalars(
        select(Item)
        .where(
            Item.instrument_id == wave.pulse.instrument_id,
            Item.code.in_(wave.items),
            Item.rotation != "open",
        )
        .order_by(Item.position)
    ).all()
    seams = session.scalars(select(WaveSeam).where(WaveSeam.wave_id == wave.id)).all()
    scores: dict[tuple[int, int], list[dict[str, int]]] = {}
    for answer in session.scalars(select(Answer).where(Answer.wave_id == wave.id)):
        scores.setdefault((answer.rater_id, answer.target_id), []).append(answer.scores)
    return [
        _cell(session, wave, seam, items, scores.get((seam.rater_id, seam.target_id), []))
        for seam in seams
    ]


@dataclass(frozen=True, slots=True)
class Base:
    """How many answers a seam's figures rest on, and how many could have answered; never shown."""

    answers: int
    team_size: int


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


def _cell(
    session: Session, wave: Wave, seam: WaveSeam, items: Sequence[Item], rows: list[dict[str, int]]
) -> Cell:
    codes = tuple(item.code for item in items)
    values = np.array([[row.get(code, np.nan) for code in codes] for row in rows], dtype=float)
    joined, left = nearest_change(
        _roster(session, wave.id, seam.rater_id), _published_rosters(session, seam)
    )
    return Cell(
        CellKey(str(seam.rater_id), str(seam.target_id), wave.number),
        seam.team_size,
        Ratings(codes, tuple(item.reverse for item in items), values.reshape(-1, len(codes))),
        joined,
        left,
    )


def _roster(session: Session, wave_id: int, team_id: int) -> list[int]:
    found = session.get(WaveTeam, (wave_id, team_id))
    return found.roster if found else []


def _published_rosters(session: Session, seam: WaveSeam) -> list[list[int]]:
    waves = session.scalars(
        select(Release.wave_id)
        .join(Figure, Figure.release_id == Release.id)
        .where(
            Figure.rater_id == seam.rater_id,
            Figure.target_id == seam.target_id,
            Figure.measure == "index",
            Figure.state != "withheld",
        )
    )
    return [_roster(session, wave_id, seam.rater_id) for wave_id in waves.all()]
