"""The ledger of goals: both sides' goals, and the conflicts between them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import write_session
from surveys.errors import UserError
from surveys.improving import goals
from surveys.improving.forms import ConflictForm, GoalForm, SettleForm
from surveys.models.enums import Role
from surveys.models.goals import Goal, GoalConflict
from surveys.reading.goals import goal_ledger
from surveys.reading.pages import NoSuchPair, readable_teams
from surveys.reading.pairs import Pair
from surveys.web import db, installation

blueprint = Blueprint("goals", __name__)
PAGE = "/pairs/<int:team_a>/<int:team_b>/goals"


@blueprint.route(PAGE, methods=["GET", "POST"])
@policy(Role.HR, Role.MANAGER)
def ledger(team_a: int, team_b: int) -> Response | str:
    """Both sides' goals; a manager enters those of the own team, HR any."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    form = GoalForm().offering(_teams(pair))
    if not form.validate_on_submit():
        return _page(pair, form, None)
    with write_session(installation().sessions) as session:
        goals.add_goal(
            session,
            viewer().email,
            form.team.data,
            form.name.data,
            form.better.data,
            form.unit.data,
            form.target.data,
            form.period.data,
        )
    return _back(pair)


@blueprint.post(f"{PAGE}/conflict")
@policy(Role.HR, Role.MANAGER)
def conflict(team_a: int, team_b: int) -> Response | str:
    """Mark a goal of each side as pulling against each other."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    form = ConflictForm().offering(pair, goal_ledger(db(), pair.a, pair.b).sides)
    if not form.validate_on_submit():
        return _page(pair, None, form)
    with write_session(installation().sessions) as session:
        one, two = (session.get_one(Goal, f.data) for f in (form.goal_a, form.goal_b))
        goals.mark_conflict(session, viewer().email, one, two, form.text.data)
    return _back(pair)


@blueprint.post(f"{PAGE}/<int:goal_id>/end")
@policy(Role.HR, Role.MANAGER)
def end(team_a: int, team_b: int, goal_id: int) -> Response:
    """The team is measured on a goal no more."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    with write_session(installation().sessions) as session:
        goal = session.get(Goal, goal_id)
        if goal is None or goal.team_id not in dict(_teams(pair)):
            raise NoSuchPair
        goals.end_goal(session, viewer().email, goal)
    return _back(pair)


@blueprint.post(f"{PAGE}/conflicts/<int:conflict_id>/settle")
@policy(Role.HR, Role.MANAGER)
def settle(team_a: int, team_b: int, conflict_id: int) -> Response:
    """Settle a conflict by a shared figure."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    shared = (SettleForm().shared.data or "")[:200]
    try:
        with write_session(installation().sessions) as session:
            goals.settle(session, viewer().email, _conflict(session, pair, conflict_id), shared)
    except UserError as error:
        flash(error.sentence)
    return _back(pair)


def _conflict(session: Session, pair: Pair, conflict_id: int) -> GoalConflict:
    row = session.get(GoalConflict, conflict_id)
    if row is None or (row.goal_a.team_id, row.goal_b.team_id) != (pair.a.id, pair.b.id):
        raise NoSuchPair
    return row


def _teams(pair: Pair) -> list[tuple[int, str]]:
    """The teams of the pair that the viewer may speak for."""
    mine = viewer().speaks_for((pair.a.id, pair.b.id))
    return [(team.id, team.name) for team in (pair.a, pair.b) if team.id in mine]


def _page(pair: Pair, form: GoalForm | None, conflict: ConflictForm | None) -> str:
    kept = goal_ledger(db(), pair.a, pair.b)
    return render_template(
        "improving/goals.html",
        pair=pair,
        ledger=kept,
        own={name for _ident, name in _teams(pair)},
        form=form or GoalForm(formdata=None).offering(_teams(pair)),
        conflict=conflict or ConflictForm(formdata=None).offering(pair, kept.sides),
        settle=SettleForm(formdata=None),
    )


def _back(pair: Pair) -> Response:
    return redirect(url_for("goals.ledger", team_a=pair.a.id, team_b=pair.b.id))
