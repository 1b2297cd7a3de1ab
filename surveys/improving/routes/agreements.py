"""Managers propose, sign, tick off and end agreements on the page of their pair."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from surveys import clock
from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import write_session
from surveys.errors import UserError
from surveys.improving import agreements
from surveys.improving.forms import AgreementForm, EndForm, prefilled
from surveys.models.agreements import Agreement
from surveys.models.enums import Role
from surveys.reading.pages import NoSuchPair, readable_teams
from surveys.reading.pairs import Pair
from surveys.reading.playbook import strategies_for, strategy_of
from surveys.web import db, installation

blueprint = Blueprint("improving", __name__)


@blueprint.route("/pairs/<int:team_a>/<int:team_b>/agree", methods=["GET", "POST"])
@policy(Role.MANAGER)
def agree(team_a: int, team_b: int) -> Response | str:
    """Propose an agreement; proposing signs for one's own team."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    cause, strategy = request.args.get("cause", ""), strategy_of(request.args.get("strategy", ""))
    start = prefilled(strategy, cause, request.args.get("theme", ""))
    form = AgreementForm(data=start).offering(pair)
    if form.validate_on_submit() and _proposed(pair, form):
        return redirect(url_for("reading.pair", team_a=pair.a.id, team_b=pair.b.id))
    return render_template(
        "improving/agree.html",
        form=form,
        pair=pair,
        strategies=strategies_for(cause),
        chosen=strategy,
    )


def _proposed(pair: Pair, form: AgreementForm) -> bool:
    """Whether it could be proposed and signed; what became of it is flashed."""
    try:
        runs = _propose(pair, form)
    except UserError as error:
        flash(error.sentence)
        return False
    flash(
        _("Signed for both teams: it runs.")
        if runs
        else _("Proposed. It runs as soon as a manager of the other team has signed.")
    )
    return True


def _propose(pair: Pair, form: AgreementForm) -> bool:
    """Propose and sign what the form says; whether it runs by that."""
    theme = form.theme.data or ""
    with write_session(installation().sessions) as session:
        made = agreements.propose(
            session,
            viewer().email,
            (pair.a.id, pair.b.id),
            form.cause.data,
            form.strategy.data,
            form.text.data,
            form.starts_on.data,
            form.expectation,
            form.planned,
            int(theme) if theme.isascii() and theme.isdigit() and len(theme) < 10 else None,
        )
        _sign_for_own_teams(session, made)
        return made.signed_by_both


@blueprint.post("/agreements/<int:agreement_id>/sign")
@policy(Role.MANAGER)
def sign(agreement_id: int) -> Response:
    """Sign for one's own team."""
    with write_session(installation().sessions) as session:
        agreement = _own(session, agreement_id)
        _sign_for_own_teams(session, agreement)
    return _back(agreement)


@blueprint.post("/agreements/<int:agreement_id>/steps/<int:step_id>/<any(done, open):now>")
@policy(Role.MANAGER)
def tick(agreement_id: int, step_id: int, now: str) -> Response:
    """Tick a step off, or open it again."""
    with write_session(installation().sessions) as session:
        agreement = _own(session, agreement_id)
        agreements.tick(session, viewer().email, agreement, step_id, done=now == "done")
    return _back(agreement)


@blueprint.post("/agreements/<int:agreement_id>/end")
@policy(Role.MANAGER)
def end(agreement_id: int) -> Response:
    """End an agreement, with a day and a reason."""
    with write_session(installation().sessions) as session:
        agreement, form = _own(session, agreement_id), EndForm()
        day: date = form.day.data or clock.now().date()
        agreements.end(session, viewer().email, agreement, day, form.reason.data or "")
    return _back(agreement)


def _own(session: Session, agreement_id: int) -> Agreement:
    """An agreement of a pair of the viewer's; raises NoSuchPair for any other number."""
    agreement = session.get(Agreement, agreement_id)
    if agreement is None or not viewer().may_read_pair(agreement.team_a_id, agreement.team_b_id):
        raise NoSuchPair
    return agreement


def _back(agreement: Agreement) -> Response:
    a, b = agreement.team_a_id, agreement.team_b_id
    return redirect(url_for("reading.pair", team_a=a, team_b=b, _anchor="agreements"))


def _sign_for_own_teams(session: Session, agreement: Agreement) -> None:
    for team_id in viewer().own_of((agreement.team_a_id, agreement.team_b_id)):
        agreements.sign(session, viewer().email, agreement, team_id, viewer().account_id)
