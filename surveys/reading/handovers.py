"""Points at which work goes over and grates, as each side of a pair names them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from surveys.handovers import name_of
from surveys.models.people import Team
from surveys.models.releases import HandoverFigure, Release


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A point at which work goes over, as one side names it this month, in bands."""

    rater: str
    side: int
    name: str
    persons: str
    hours: str | None


def handover_lines(session: Session, a: Team, b: Team, number: int) -> tuple[HandoverLine, ...]:
    """The points of both sides, most hours first."""
    rows = session.scalars(
        select(HandoverFigure)
        .join(Release)
        .where(of_pair(HandoverFigure, a.id, b.id), Release.number == number)
    )
    lines = [
        HandoverLine(
            a.name if row.rater_id == a.id else b.name,
            int(row.rater_id != a.id),
            name_of(row.point),
            row.persons_band,
            row.hours_band,
        )
        for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: (-_floor(line.hours), -_floor(line.persons))))


def _floor(band: str | None) -> int:
    digits = (band or "0").replace("+", "–").split("–")[0]
    return int(digits)


def of_pair(table: type[Any], a: int, b: int) -> ColumnElement[bool]:
    """That a row with rater and target is of a pair, whichever side it is of."""
    return or_(
        (table.rater_id == a) & (table.target_id == b),
        (table.rater_id == b) & (table.target_id == a),
    )
