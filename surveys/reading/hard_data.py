"""Figures of the organisation's own systems as readers see them, apart from the survey's."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from surveys.models.enums import Better
from surveys.models.hard_data import HardPoint, HardSeries
from surveys.models.people import Team


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series of a pair or, where `team` is not empty, of one of its teams; points by day."""

    id: int
    team: str
    team_id: int | None
    name: str
    unit: str
    better: Better
    points: tuple[tuple[date, float], ...]

    @property
    def higher_is_better(self) -> bool:
        """Which way it improves."""
        return self.better == Better.HIGHER


def series_of(session: Session, a: Team, b: Team) -> tuple[SeriesView, ...]:
    """The series of a pair, then those of its teams."""
    rows = session.scalars(
        select(HardSeries)
        .where(
            or_(
                (HardSeries.team_a_id == a.id) & (HardSeries.team_b_id == b.id),
                HardSeries.team_a_id.in_((a.id, b.id)) & HardSeries.team_b_id.is_(None),
            )
        )
        .order_by(HardSeries.id)
    ).all()
    if not rows:
        return ()
    points: dict[int, list[tuple[date, float]]] = {row.id: [] for row in rows}
    for point in session.scalars(
        select(HardPoint).where(HardPoint.series_id.in_(points)).order_by(HardPoint.day)
    ):
        points[point.series_id].append((point.day, point.value))
    names = {a.id: a.name, b.id: b.name}
    return tuple(
        SeriesView(
            row.id,
            "" if row.team_b_id else names[row.team_a_id],
            None if row.team_b_id else row.team_a_id,
            row.name,
            row.unit,
            row.better,
            tuple(points[row.id]),
        )
        for row in sorted(rows, key=lambda row: (row.team_b_id is None, row.team_a_id, row.id))
    )
