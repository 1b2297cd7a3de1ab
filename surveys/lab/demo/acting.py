"""What the story's two managers do: agree, tick steps off, lay goals open, bring in figures."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.directory.tabulating import table_of
from surveys.improving import agreements, goals, hard_data
from surveys.lab.demo import story
from surveys.models.agreements import Agreement
from surveys.models.people import Account, Grant, Team
from surveys.models.releases import Release


def manager_of(session: Session, team_id: int) -> Account:
    """The first manager of a team."""
    managers = select(Account).join(Grant).where(Grant.team_id == team_id).order_by(Account.id)
    return session.scalars(managers.limit(1)).one()


def agree(session: Session, teams: dict[str, int]) -> None:
    """Both managers sign the story's agreement, and lay their goals open."""
    pair = [teams[name] for name in story.CENTRE]
    cause, strategy, text = story.AGREEMENT
    begin = clock.now().date()
    points, days = story.EXPECTED
    steps = [
        agreements.PlannedStep(what, begin + timedelta(days=due), teams[who] if who else None)
        for what, due, who, _done in story.STEPS
    ]
    expected = agreements.Expected(points, begin + timedelta(days=days))
    first, second = (manager_of(session, team_id) for team_id in pair)
    made = agreements.propose(
        session, first.email, (pair[0], pair[1]), cause, strategy, text, begin, expected, steps
    )
    for team_id, manager in zip(pair, (first, second), strict=True):
        agreements.sign(session, manager.email, made, team_id, manager.id)
    _lay_goals_open(session, teams)


def _lay_goals_open(session: Session, teams: dict[str, int]) -> None:
    made = {
        goal[0]: goals.add_goal(session, manager_of(session, teams[team]).email, teams[team], *goal)
        for team, several in story.GOALS.items()
        for goal in several
    }
    says, one, two = story.CONFLICT
    actor = manager_of(session, made[one].team_id).email
    goals.mark_conflict(session, actor, made[one], made[two], says)


def tick_off(session: Session) -> None:
    """The steps that the story calls done are ticked off in the week in which they are due."""
    done = {what for what, _due, _who, done in story.STEPS if done}
    soon = clock.now().date() + timedelta(weeks=1)
    for agreement in session.scalars(select(Agreement)):
        for step in agreement.steps:
            if step.text in done and step.due_on <= soon:
                actor = manager_of(session, step.team_id or agreement.team_a_id).email
                agreements.tick(session, actor, agreement, step.id, done=True)


def bring_figures(session: Session, teams: dict[str, int]) -> None:
    """Late orders month by month, as a file."""
    a, b = sorted(teams[name] for name in story.CENTRE)
    days = session.scalars(select(Release.published_on).order_by(Release.number)).all()
    lines = [
        f"Late orders,orders a month,lower,{day},{late}"
        for day, late in zip(days, story.LATE_ORDERS, strict=True)
    ]
    table = table_of("\n".join(["name,unit,better,day,value", *lines]).encode())
    pair = session.get_one(Team, a), session.get_one(Team, b)
    hard_data.keep_series(
        session, story.HR[1], hard_data.plan_series(session, pair, table, frozenset())
    )
