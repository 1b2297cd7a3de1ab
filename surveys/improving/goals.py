"""The ledger of goals: what each team is measured on, and which of them pull against each other.

Whether two goals are in conflict is a manager's word, never the machine's.
"""

from math import isfinite

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import audit
from surveys.errors import UserError
from surveys.models.enums import Better, Period
from surveys.models.goals import Goal, GoalConflict

#: more goals than this are none
MAX_GOALS = 12
MAX_TARGET = 1e12


class GoalError(UserError):
    """A goal or a conflict that cannot be kept as asked."""


def add_goal(
    session: Session,
    actor: str,
    team_id: int,
    name: str,
    better: str,
    unit: str,
    target: float,
    period: str,
) -> Goal:
    """A new goal of a team; raises GoalError."""
    if (
        better not in set(Better)
        or period not in set(Period)
        or not name.strip()
        or not unit.strip()
    ):
        raise GoalError(_("A goal needs a name, a direction, a unit, a target and a period."))
    if not isfinite(target) or abs(target) > MAX_TARGET:
        raise GoalError(_("The target must be a number, of up to a million millions."))
    mine = select(func.count()).where(Goal.team_id == team_id, Goal.ended_on.is_(None))
    if (session.scalar(mine) or 0) >= MAX_GOALS:
        raise GoalError(_("A team has up to %(most)s goals; end one first.", most=MAX_GOALS))
    goal = Goal(
        team_id=team_id,
        name=name.strip(),
        better=Better(better),
        unit=unit.strip(),
        target=target,
        period=Period(period),
    )
    session.add(goal)
    session.flush()
    audit.record(session, actor, "added a goal", goal=goal.id, team=team_id)
    return goal


def end_goal(session: Session, actor: str, goal: Goal) -> None:
    """The team is measured on this no more; conflicts that name it stay in the ledger."""
    goal.ended_on = goal.ended_on or clock.now().date()
    audit.record(session, actor, "ended a goal", goal=goal.id)


def mark_conflict(session: Session, actor: str, one: Goal, two: Goal, text: str) -> GoalConflict:
    """Mark a goal of each team as pulling against each other; raises GoalError."""
    a, b = sorted((one, two), key=lambda goal: goal.team_id)
    if a.team_id == b.team_id:
        raise GoalError(_("A conflict is between one goal of each team."))
    if not text.strip():
        raise GoalError(_("Say in one sentence how the two pull against each other."))
    known = select(GoalConflict.id).where(
        GoalConflict.goal_a_id == a.id, GoalConflict.goal_b_id == b.id
    )
    if session.scalar(known) is not None:
        raise GoalError(_("These two are marked already."))
    conflict = GoalConflict(
        goal_a_id=a.id, goal_b_id=b.id, text=text.strip(), marked_on=clock.now().date()
    )
    session.add(conflict)
    session.flush()
    audit.record(session, actor, "marked a conflict of goals", conflict=conflict.id)
    return conflict


def settle(session: Session, actor: str, conflict: GoalConflict, shared: str) -> None:
    """Settle a conflict by a figure that both teams are measured on; raises GoalError."""
    if conflict.settled_on is not None:
        raise GoalError(_("This conflict is settled already."))
    if not shared.strip():
        raise GoalError(_("Name the figure that both teams are measured on from now on."))
    conflict.settled_on, conflict.shared = clock.now().date(), shared.strip()
    said = "settled a conflict of goals"
    audit.record(session, actor, said, conflict=conflict.id, shared=conflict.shared)
