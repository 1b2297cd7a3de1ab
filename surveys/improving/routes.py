"""Managers propose and sign agreements on the page of their pair."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import Length

from surveys import clock
from surveys.access import audit
from surveys.access.forms import NEEDED
from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import writing
from surveys.improving import agreements
from surveys.improving.playbook import playbook
from surveys.models.agreements import Agreement
from surveys.reading.causes import ORDER, cause_name
from surveys.reading.pages import NoSuchPair, readable_pair
from surveys.web import db, installation

blueprint = Blueprint("improving", __name__)


class AgreementForm(FlaskForm):
    """Cause, strategy, what exactly, and from when."""

    cause = SelectField(_l("Root cause"))
    strategy = SelectField(_l("Strategy"))
    text = TextAreaField(
        _l("What exactly will both teams do?"), validators=[NEEDED, Length(max=300)]
    )
    starts_on = DateField(_l("From"), validators=[NEEDED])

    def validate_starts_on(self, field: DateField) -> None:
        """Today or later."""
        if field.data and field.data < clock.now().date():
            raise ValidationError(_l("An agreement starts today or later."))


@blueprint.route("/pairs/<int:team_a>/<int:team_b>/agree", methods=["GET", "POST"])
@policy("manager")
def agree(team_a: int, team_b: int) -> Response | str:
    """Propose an agreement; proposing signs for one's own team."""
    page = readable_pair(db(), viewer(), team_a, team_b)
    form = AgreementForm(starts_on=clock.now().date())
    form.cause.choices = [SelectChoice(code, cause_name(code)) for code in ORDER]
    form.strategy.choices = [SelectChoice(s.code, _(s.name)) for s in playbook()]
    if form.validate_on_submit():
        with writing(installation().sessions) as session:
            made = agreements.propose(
                session,
                (page.a.id, page.b.id),
                form.cause.data,
                form.strategy.data,
                form.text.data,
                form.starts_on.data,
            )
            _sign_for_own_teams(session, made)
            audit.record(session, viewer().email, "proposed an agreement", agreement=made.id)
            runs = made.signed_by_both
        flash(
            _("Signed for both teams: it runs.")
            if runs
            else _("Proposed. It runs as soon as a manager of the other team has signed.")
        )
        return redirect(url_for("reading.pair", team_a=page.a.id, team_b=page.b.id))
    return render_template("improving/agree.html", form=form, page=page, strategies=playbook())


@blueprint.post("/agreements/<int:agreement_id>/sign")
@policy("manager")
def sign(agreement_id: int) -> Response:
    """Sign for one's own team."""
    with writing(installation().sessions) as session:
        agreement = session.get(Agreement, agreement_id)
        if agreement is None or not viewer().may_read_pair(
            agreement.team_a_id, agreement.team_b_id
        ):
            raise NoSuchPair
        _sign_for_own_teams(session, agreement)
        audit.record(session, viewer().email, "signed an agreement", agreement=agreement.id)
        pair = agreement.team_a_id, agreement.team_b_id
    return redirect(url_for("reading.pair", team_a=pair[0], team_b=pair[1]))


def _sign_for_own_teams(session: Session, agreement: Agreement) -> None:
    for team_id in viewer().teams & {agreement.team_a_id, agreement.team_b_id}:
        agreements.sign(session, agreement, team_id, viewer().account_id)
