"""The ledger of goals: what each side of a pair is measured on, and which goals are in conflict."""

from dataclasses import dataclass
from datetime import date

from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from surveys.models.enums import Better, Period
from surveys.models.goals import Goal, GoalConflict
from surveys.models.people import Team


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal of a team."""

    id: int
    team: str
    name: str
    better: Better
    unit: str
    target: float
    period: Period

    @property
    def aim(self) -> str:
        """The target with its direction and unit, such as "≥ 98 %"."""
        sign = "≥" if self.better == Better.HIGHER else "≤"
        return f"{sign} {format_decimal(self.target)} {self.unit}"

    @property
    def period_name(self) -> str:
        """What the target is for."""
        return period_names()[self.period]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two goals that pull against each other, in a manager's words; `shared` settled it."""

    id: int
    goals: tuple[GoalView, GoalView]
    text: str
    marked_on: date
    settled_on: date | None
    shared: str


@dataclass(frozen=True, slots=True)
class GoalLedger:
    """The present goals of both sides (first that of the smaller id), and all conflicts."""

    sides: tuple[tuple[GoalView, ...], tuple[GoalView, ...]]
    conflicts: tuple[ConflictView, ...]


def period_names() -> dict[Period, str]:
    """The periods that a target can be for."""
    return {
        Period.MONTH: str(_("month")),
        Period.QUARTER: str(_("quarter")),
        Period.YEAR: str(_("year")),
    }


def goal_ledger(session: Session, a: Team, b: Team) -> GoalLedger:
    """The ledger of a pair."""
    rows = session.scalars(
        select(Goal)
        .where(Goal.team_id.in_((a.id, b.id)), Goal.ended_on.is_(None))
        .order_by(Goal.id)
    ).all()
    names = {a.id: a.name, b.id: b.name}
    one, two = (tuple(_goal(g, names) for g in rows if g.team_id == t.id) for t in (a, b))
    return GoalLedger((one, two), goal_conflicts(session, a, b))


def goal_conflicts(session: Session, a: Team, b: Team) -> tuple[ConflictView, ...]:
    """The conflicts of a pair, those that are not settled first."""
    names = {a.id: a.name, b.id: b.name}
    of_a, of_b = (select(Goal.id).where(Goal.team_id == team.id) for team in (a, b))
    rows = session.scalars(
        select(GoalConflict)
        .where(GoalConflict.goal_a_id.in_(of_a), GoalConflict.goal_b_id.in_(of_b))
        .options(
            joinedload(GoalConflict.goal_a, innerjoin=True),
            joinedload(GoalConflict.goal_b, innerjoin=True),
        )
    ).all()
    found = [
        ConflictView(
            row.id,
            (_goal(row.goal_a, names), _goal(row.goal_b, names)),
            row.text,
            row.marked_on,
            row.settled_on,
            row.shared or "",
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda c: (c.settled_on is not None, c.id)))


def _goal(row: Goal, names: dict[int, str]) -> GoalView:
    return GoalView(
        row.id, names[row.team_id], row.name, row.better, row.unit, row.target, row.period
    )
