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
    rosters = _published_rosters(session)
    return [
        _cell(session, wave, seam, items, scores.get(key, []), rosters.get(key, []))
        for seam in seams
        for key in [(seam.rater_id, seam.target_id)]
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
    session: Session,
    wave: Wave,
    seam: WaveSeam,
    items: Sequence[Item],
    rows: list[dict[str, int]],
    published: list[list[int]],
) -> Cell:
    codes = tuple(item.code for item in items)
    values = np.array([[row.get(code, np.nan) for code in codes] for row in rows], dtype=float)
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
        .where(Figure.measure == "index", Figure.state != "withheld")
    )
    found: dict[tuple[int, int], list[list[int]]] = {}
    for rater, target, wave_id in rows:
        found.setdefault((rater, target), []).append(rosters.get((wave_id, rater), []))
    return found
