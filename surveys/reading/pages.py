"""The pair page as a view model: page, export, mail and API all render this and nothing else."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Withheld
from analysis.measures import ROOT_CAUSES, Cause, Measure, profile_of
from surveys.access.viewer import Viewer
from surveys.errors import UserError
from surveys.models.agreements import Note
from surveys.models.enums import Direction
from surveys.models.people import Team
from surveys.models.releases import Figure, Release, Trend, TrendPoint
from surveys.reading.agreements import AgreementView, agreement_views
from surveys.reading.causes import cause_name
from surveys.reading.figures import COLUMNS, NOT_ASKED, FigureView, view_of
from surveys.reading.goals import ConflictView, goal_conflicts
from surveys.reading.handovers import HandoverLine, handover_lines, of_pair
from surveys.reading.hard_data import SeriesView, series_of
from surveys.reading.pairs import Pair
from surveys.reading.themes import ThemeLine, quoted, theme_lines

#: the item on whether a change was noticed, as a measure
NOTICED = "A1"


@dataclass(frozen=True, slots=True)
class Month:
    """One published wave."""

    number: int
    opened_on: date


@dataclass(frozen=True, slots=True)
class Movement:
    """The change since the month published before, in points; `stands_out` among all seams.

    `fragile`: those who did not answer could plausibly undo it.
    """

    value: int
    low: int
    high: int
    stands_out: bool
    fragile: bool = False


@dataclass(frozen=True, slots=True)
class SeamLine:
    """One seam over all months: `figures` and `path` have an entry for each month of the page."""

    rater: str
    target: str
    figures: tuple[FigureView, ...]
    path: tuple[TrendPoint | None, ...]
    change: Movement | None
    smallest_change: int | None
    blind_spot: FigureView

    @property
    def now(self) -> FigureView:
        """The newest figure."""
        return self.figures[-1] if self.figures else NOT_ASKED

    @property
    def alarms(self) -> tuple[Direction | None, ...]:
        """For each month whether and which way the seam left its usual level."""
        return tuple(point.alarm if point else None for point in self.path)

    @property
    def alarm(self) -> Direction | None:
        """The newest month's alarm."""
        return self.path[-1].alarm if self.path and self.path[-1] else None


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A root cause as each side rates it: this month, and over the last four (`recent`)."""

    code: Cause
    name: str
    sides: tuple[FigureView, FigureView]
    recent: tuple[FigureView, FigureView]

    @property
    def asked(self) -> bool:
        """Whether an item of this cause was asked in the last four months."""
        return any(figure.reason != Withheld.NOT_ASKED for figure in (*self.sides, *self.recent))


@dataclass(frozen=True, slots=True)
class PairPage(Pair):
    """All that the page of a pair says.

    `noticed`: what each side answered to whether it noticed a change for the better, asked while
    an agreement runs (0: all did). `series` are figures of other systems, not of the survey.
    """

    months: tuple[Month, ...]
    lines: tuple[SeamLine, SeamLine]
    level: FigureView
    gap: FigureView
    causes: tuple[CauseRow, ...]
    themes: tuple[ThemeLine, ...]
    handovers: tuple[HandoverLine, ...]
    agreements: tuple[AgreementView, ...]
    notes: tuple[Note, ...]
    noticed: tuple[FigureView, FigureView] = (NOT_ASKED, NOT_ASKED)
    conflicts: tuple[ConflictView, ...] = ()
    series: tuple[SeriesView, ...] = ()

    @property
    def has_figures(self) -> bool:
        """Whether any month of either side has a value or a bound."""
        return any(not f.withheld for line in self.lines for f in line.figures)

    @property
    def has_causes(self) -> bool:
        """Whether any root cause has a value, this month or over four."""
        return any(not f.withheld for c in self.causes for f in (*c.sides, *c.recent))

    @property
    def withheld(self) -> list[tuple[Month, SeamLine, FigureView]]:
        """Months without a value, each with its reason."""
        return [
            (month, line, figure)
            for line in self.lines
            for month, figure in zip(self.months, line.figures, strict=True)
            if figure.withheld
        ]


class NoSuchPair(UserError):
    """Not a pair, or not for this viewer: the two look alike."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing here for you: the address may be mistyped."))


def readable_teams(session: Session, viewer: Viewer, team_a: int, team_b: int) -> Pair:
    """A pair that the viewer may read, without its page; raises NoSuchPair."""
    pair = pair_of(session, team_a, team_b) if viewer.may_read_pair(team_a, team_b) else None
    if pair is None:
        raise NoSuchPair
    return pair


def readable_pair(session: Session, viewer: Viewer, team_a: int, team_b: int) -> PairPage:
    """The page of a pair that the viewer may read; raises NoSuchPair."""
    page = pair_page(session, team_a, team_b) if viewer.may_read_pair(team_a, team_b) else None
    if page is None:
        raise NoSuchPair
    return page


def pair_of(session: Session, team_a: int, team_b: int) -> Pair | None:
    """Two teams, in either order; None if there are no such two."""
    found = select(Team).where(Team.id.in_((team_a, team_b))).order_by(Team.id)
    teams = session.scalars(found).all()
    return Pair(*teams) if len(teams) == 2 else None


def pair_page(session: Session, team_a: int, team_b: int) -> PairPage | None:
    """The page of two teams, in either order; None if there are no such two."""
    pair = pair_of(session, team_a, team_b)
    if pair is None:
        return None
    a, b = pair.a, pair.b
    months, figures = _figures(session, a.id, b.id)
    newest = months[-1].number if months else 0
    trends = _trends(session, a.id, b.id, newest)
    noted = (Note.team_a_id == a.id) & (Note.team_b_id == b.id)
    return PairPage(
        a=a,
        b=b,
        months=months,
        lines=(
            seam_line(a, b, months, figures, trends.get(a.id)),
            seam_line(b, a, months, figures, trends.get(b.id)),
        ),
        level=figures.get((a.id, Measure.PAIR, newest), NOT_ASKED),
        gap=figures.get((a.id, Measure.GAP, newest), NOT_ASKED),
        causes=tuple(row for row in _causes(a, b, figures, newest) if row.asked),
        themes=quoted(session, pair, theme_lines(session, [pair], newest)[pair], newest),
        handovers=handover_lines(session, a, b, newest),
        agreements=agreement_views(session, [pair])[pair],
        notes=tuple(session.scalars(select(Note).where(noted).order_by(Note.happened_on))),
        noticed=_both_sides(a, b, figures, NOTICED, newest),
        conflicts=goal_conflicts(session, a, b),
        series=series_of(session, a, b),
    )


def _both_sides(
    a: Team, b: Team, figures: dict[tuple[int, str, int], FigureView], measure: str, number: int
) -> tuple[FigureView, FigureView]:
    one, two = (figures.get((team.id, measure, number), NOT_ASKED) for team in (a, b))
    return one, two


def _causes(
    a: Team, b: Team, figures: dict[tuple[int, str, int], FigureView], newest: int
) -> list[CauseRow]:
    def both(measure: str) -> tuple[FigureView, FigureView]:
        return _both_sides(a, b, figures, measure, newest)

    return [
        CauseRow(cause, cause_name(cause), both(cause), both(profile_of(cause)))
        for cause in ROOT_CAUSES
    ]


def _figures(
    session: Session, a: int, b: int
) -> tuple[tuple[Month, ...], dict[tuple[int, str, int], FigureView]]:
    """The months in which the pair was published, and its figures by rater, measure and month.

    Of the months before the newest only the lines of the chart are read.
    """
    index = Figure.measure == Measure.INDEX
    newest = (
        select(Figure.release_id)
        .join(Release)
        .where(of_pair(Figure, a, b), index)
        .order_by(Release.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Figure.rater_id, Figure.measure, *COLUMNS, Release.number, Release.opened_on)
        .join(Release)
        .where(of_pair(Figure, a, b), index | (Figure.release_id == newest))
        .order_by(Release.number)
    ).all()
    days = {row.number: row.opened_on for row in rows}
    figures = {(row.rater_id, row.measure, row.number): view_of(row) for row in rows}
    return tuple(Month(number, day) for number, day in days.items()), figures


def _trends(session: Session, a: int, b: int, number: int) -> dict[int, Trend]:
    rows = session.scalars(
        select(Trend).join(Release).where(of_pair(Trend, a, b), Release.number == number)
    )
    return {trend.rater_id: trend for trend in rows}


def seam_line(
    rater: Team,
    target: Team,
    months: tuple[Month, ...],
    figures: dict[tuple[int, str, int], FigureView],
    trend: Trend | None,
) -> SeamLine:
    """A seam over the months of its pair; `figures` by rater, measure and month."""
    path = {point.number: point for point in trend.path} if trend else {}
    newest = months[-1].number if months else 0
    return SeamLine(
        rater=rater.name,
        target=target.name,
        figures=tuple(figures.get((rater.id, Measure.INDEX, m.number), NOT_ASKED) for m in months),
        path=tuple(path.get(m.number) for m in months),
        change=_movement(trend),
        smallest_change=trend.smallest_change if trend else None,
        blind_spot=figures.get((rater.id, Measure.BLIND_SPOT, newest), NOT_ASKED),
    )


def _movement(trend: Trend | None) -> Movement | None:
    if trend is None or trend.change is None:
        return None
    low, high = trend.change_low or 0, trend.change_high or 0
    return Movement(trend.change, low, high, trend.moved, trend.fragile)
