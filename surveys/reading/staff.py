"""You said, we did, it moved: what staff of a team see of the last wave, both sides at once."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.measures import Measure
from surveys.models.people import Team
from surveys.models.releases import Figure, Release
from surveys.reading.pages import PairPage, pair_page


@dataclass(frozen=True, slots=True)
class StaffPage:
    """The pairs of one team, as staff see them."""

    team: Team
    pairs: tuple[PairPage, ...]


def staff_page(session: Session, team: Team) -> StaffPage:
    """The page of a team's members; without pairs before the first release."""
    targets = session.scalars(
        select(Figure.target_id)
        .join(Release)
        .where(
            Figure.rater_id == team.id,
            Figure.measure == Measure.INDEX,
            Release.number == select(func.max(Release.number)).scalar_subquery(),
        )
        .distinct()
    ).all()
    pages = (pair_page(session, team.id, target) for target in sorted(targets))
    return StaffPage(team, tuple(page for page in pages if page is not None))
