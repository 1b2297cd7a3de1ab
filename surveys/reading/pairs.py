"""The map of pairs: which seams there are and where each stands."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.measures import Measure, Words
from surveys.access.viewer import Viewer
from surveys.models.enums import Direction
from surveys.models.people import Team
from surveys.models.releases import Figure, Release, Trend
from surveys.reading.figures import COLUMNS, NOT_ASKED, FigureView, view_of

MEASURES = (Measure.INDEX, Measure.PAIR, Measure.RANKED, Measure.QUARTER)
MAX_CARDS = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """Two teams that depend on each other; `a` has the smaller id."""

    a: Team
    b: Team

    @property
    def title(self) -> str:
        """Both names."""
        return f"{self.a.name} – {self.b.name}"


@dataclass(frozen=True, slots=True)
class PairSummary(Pair):
    """One pair in the newest release: both seams, the pair's level, and the level it ranks by.

    `ranked` is drawn towards the mean of all pairs as far as the error says, so that a small
    team's luck does not top the list.
    """

    seams: tuple[FigureView, FigureView]
    level: FigureView
    ranked: FigureView
    alarms: tuple[Direction | None, Direction | None]
    quarter: FigureView = NOT_ASKED

    @property
    def quarter_moved(self) -> bool:
        """Whether the quarter's change stands out among all pairs."""
        return self.quarter.shown and self.quarter.band == Words.MOVED


@dataclass(frozen=True)
class PairMap:
    """All pairs that the viewer may read, most friction first; those without a figure last."""

    number: int | None
    pairs: tuple[PairSummary, ...]

    @cached_property
    def seams(self) -> dict[tuple[int, int], FigureView]:
        """Every seam's figure by the ids of rater and target."""
        there = {(pair.a.id, pair.b.id): pair.seams[0] for pair in self.pairs}
        return there | {(pair.b.id, pair.a.id): pair.seams[1] for pair in self.pairs}

    @cached_property
    def teams(self) -> list[Team]:
        """Every team of the map, by name."""
        found = {team.id: team for pair in self.pairs for team in (pair.a, pair.b)}
        return sorted(found.values(), key=lambda team: team.name)

    @property
    def many(self) -> bool:
        """Whether there are so many pairs that a list reads better than cards."""
        return len(self.pairs) > MAX_CARDS

    @property
    def quarter(self) -> tuple[tuple[PairSummary, ...], tuple[PairSummary, ...], int]:
        """Pairs whose friction fell and rose since the quarter before, and how many stayed."""
        judged = [pair for pair in self.pairs if pair.quarter.shown]
        moved = sorted(
            (pair for pair in judged if pair.quarter_moved), key=lambda p: p.quarter.value or 0
        )
        fell = tuple(pair for pair in moved if (pair.quarter.value or 0) < 0)
        rose = tuple(pair for pair in reversed(moved) if (pair.quarter.value or 0) > 0)
        return fell, rose, len(judged) - len(moved)

    @property
    def table(self) -> list[tuple[Team, list[tuple[Team, FigureView | None]]]]:
        """Each team with its figure about every team; None where they are no pair."""
        named = [(team.id, team) for team in self.teams]
        return [
            (rater, [(target, self.seams.get((one, other))) for other, target in named])
            for one, rater in named
        ]


def pair_map(session: Session, viewer: Viewer) -> PairMap:
    """The newest release's pairs."""
    newest = session.execute(
        select(Release.id, Release.number).order_by(Release.number.desc()).limit(1)
    ).first()
    if newest is None:
        return PairMap(None, ())
    release_id, number = newest
    rows = session.execute(
        select(Figure.rater_id, Figure.target_id, Figure.measure, *COLUMNS).where(
            Figure.release_id == release_id, Figure.measure.in_(MEASURES)
        )
    ).all()
    teams = {team.id: team for team in session.scalars(select(Team))}
    trends = session.execute(
        select(Trend.rater_id, Trend.target_id, Trend.alarm).where(Trend.release_id == release_id)
    )
    alarms = {(rater, target): alarm for rater, target, alarm in trends}
    figures = {(row.rater_id, row.target_id, row.measure): view_of(row) for row in rows}
    pairs = [
        PairSummary(
            a,
            b,
            (figures[(a.id, b.id, Measure.INDEX)], figures[(b.id, a.id, Measure.INDEX)]),
            figures[(a.id, b.id, Measure.PAIR)],
            figures.get((a.id, b.id, Measure.RANKED), NOT_ASKED),
            (alarms.get((a.id, b.id)), alarms.get((b.id, a.id))),
            figures.get((a.id, b.id, Measure.QUARTER), NOT_ASKED),
        )
        for a, b in (
            (teams[row.rater_id], teams[row.target_id])
            for row in rows
            if row.measure == Measure.PAIR
        )
        if viewer.may_read_pair(a.id, b.id)
    ]
    return PairMap(number, tuple(sorted(pairs, key=_order)))


def _order(pair: PairSummary) -> tuple[int, str]:
    best = pair.ranked if pair.ranked.shown else pair.level
    value = None if best.withheld else best.value
    return (-value if value is not None else 1, pair.a.name)
