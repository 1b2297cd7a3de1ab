"""You said, we did, it moved: what staff of a team see of the last wave, both sides at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from analysis.measures import Measure
from surveys.models.people import Team
from surveys.models.releases import Figure, Release, Trend
from surveys.reading.agreements import AgreementView, agreement_views
from surveys.reading.figures import COLUMNS, FigureView, view_of
from surveys.reading.pages import Month, SeamLine, seam_line
from surveys.reading.pairs import Pair
from surveys.reading.themes import ThemeLine, theme_lines

MAX_THEMES = 3


@dataclass(frozen=True, slots=True)
class StaffPair(Pair):
    """What staff see of a pair of their team."""

    lines: tuple[SeamLine, SeamLine]
    themes: tuple[ThemeLine, ...]
    agreements: tuple[AgreementView, ...]


@dataclass(frozen=True, slots=True)
class StaffPage:
    """The pairs of one team, as staff see them."""

    team: Team
    pairs: tuple[StaffPair, ...]


def staff_page(session: Session, team: Team) -> StaffPage:
    """The page of a team's members; without pairs before the first release."""
    newest = session.scalar(select(func.max(Release.number))) or 0
    partners = session.scalars(
        select(Team)
        .join(Figure, Figure.target_id == Team.id)
        .join(Release)
        .where(
            Figure.rater_id == team.id, Figure.measure == Measure.INDEX, Release.number == newest
        )
        .order_by(Team.id)
    ).all()
    pairs = [Pair(*sorted((team, other), key=lambda one: one.id)) for other in partners]
    lines = _lines(session, team, pairs, newest)
    themes = theme_lines(session, pairs, newest)
    agreements = agreement_views(session, pairs)
    return StaffPage(
        team,
        tuple(
            StaffPair(pair.a, pair.b, lines[pair], themes[pair][:MAX_THEMES], agreements[pair])
            for pair in pairs
        ),
    )


def _lines(
    session: Session, team: Team, pairs: Iterable[Pair], newest: int
) -> dict[Pair, tuple[SeamLine, SeamLine]]:
    """Both seams of each pair of the team, without what only managers see of them."""
    rows = session.execute(
        select(Figure.rater_id, Figure.target_id, *COLUMNS, Release.number, Release.opened_on)
        .join(Release)
        .where(
            or_(Figure.rater_id == team.id, Figure.target_id == team.id),
            Figure.measure == Measure.INDEX,
        )
        .order_by(Release.number)
    )
    figures: dict[int, dict[tuple[int, str, int], FigureView]] = {}
    days: dict[int, dict[int, Month]] = {}
    for row in rows:
        other = row.target_id if row.rater_id == team.id else row.rater_id
        figures.setdefault(other, {})[row.rater_id, Measure.INDEX, row.number] = view_of(row)
        days.setdefault(other, {})[row.number] = Month(row.number, row.opened_on)
    trends = {
        (trend.rater_id, trend.target_id): trend
        for trend in session.scalars(
            select(Trend)
            .join(Release)
            .where(
                or_(Trend.rater_id == team.id, Trend.target_id == team.id), Release.number == newest
            )
        )
    }
    found = {}
    for pair in pairs:
        a, b = pair.a, pair.b
        other = b.id if a.id == team.id else a.id
        months = tuple(days[other].values())
        found[pair] = (
            seam_line(a, b, months, figures[other], trends.get((a.id, b.id))),
            seam_line(b, a, months, figures[other], trends.get((b.id, a.id))),
        )
    return found
