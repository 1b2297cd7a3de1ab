"""HR's pages for people: step one of the set-up (the directory), and who signs in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from surveys.access import accounts
from surveys.access.forms import SimpleForm
from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.database import write_session
from surveys.directory import importing, provisioning, tabulating, undoing
from surveys.directory.forms import ColumnsForm, ConfirmImportForm, FileForm, ManagerForm
from surveys.directory.teams import team_sizes
from surveys.errors import UserError
from surveys.models.enums import Role
from surveys.models.people import Account, Grant
from surveys.web import db, installation

blueprint = Blueprint("people", __name__, url_prefix="/hr")
BLUEPRINTS = (blueprint,)


@blueprint.route("/setup/people", methods=["GET", "POST"])
@policy(Role.HR)
def directory() -> str:
    """Step 1: choose the file of teams and people; see what it would change."""
    form, text, columns = FileForm(), None, None
    if form.validate_on_submit():
        try:
            table = tabulating.table_of(form.file.data.read())
            found = tabulating.guess(table.heading)
            if tabulating.lacking(found):
                columns = ColumnsForm(formdata=None).offering(table, found)
            else:
                text = tabulating.our_csv(table, found)
        except UserError as error:
            flash(error.sentence)
    return _page(form, text, columns)


@blueprint.post("/setup/people/columns")
@policy(Role.HR)
def columns() -> str:
    """Step 1, where the file calls its columns otherwise: which is which."""
    form, text = ColumnsForm(), None
    try:
        table = form.table
    except UserError as error:
        flash(error.sentence)
        return _page(FileForm(formdata=None), None, None)
    chosen = form.offering(table, {}).chosen
    if form.validate_on_submit():
        text = tabulating.our_csv(table, chosen)
    return _page(FileForm(formdata=None), text, None if text else form)


@blueprint.post("/setup/people/import")
@policy(Role.HR)
def import_people() -> Response | str:
    """Step 1, last part: import what was shown."""
    confirm = ConfirmImportForm()
    if not confirm.validate_on_submit():
        return redirect(url_for("people.directory"))
    with write_session(installation().sessions) as session:
        plan = importing.plan_import(session, confirm.text.data)
        if plan.problems or (plan.guarded and not confirm.sure.data):
            return _page(FileForm(formdata=None), confirm.text.data, None)
        undoing.import_people(session, viewer().email, plan)
    flash(_("%(n)d people imported.", n=len(plan.rows)))
    return redirect(url_for("running.seams"))


@blueprint.post("/setup/people/held/<any(yes, no):answer>")
@policy(Role.HR)
def held(answer: str) -> Response:
    """What an identity provider may not do without a word from HR: let it, or forget it."""
    with write_session(installation().sessions) as session:
        provisioning.decide(session, viewer().email, allow=answer == "yes")
    if answer == "yes":
        flash(_("It may go on for a day. It sends its changes again by itself, or on request."))
    return redirect(url_for("people.directory"))


@blueprint.post("/setup/people/undo")
@policy(Role.HR)
def undo() -> Response:
    """Take the last import back."""
    with write_session(installation().sessions) as session:
        undoing.undo_import(session, viewer().email)
    flash(_("The directory is as it was before the last import."))
    return redirect(url_for("people.directory"))


def _page(form: FileForm, text: str | None, columns: ColumnsForm | None) -> str:
    plan, confirm = None, ConfirmImportForm(formdata=None)
    if text is not None:
        try:
            plan = importing.plan_import(db(), text)
            confirm.text.data = text
        except UserError as error:
            flash(error.sentence)
    return render_template(
        "running/people.html",
        form=form,
        plan=plan,
        confirm=confirm,
        columns=columns,
        before=undoing.last_import(db()),
        held=provisioning.held(db()),
        provided=provisioning.active(db()),
        simple=SimpleForm(formdata=None),
        sizes=team_sizes(db()),
    )


@blueprint.post("/access/<int:account_id>/remove")
@policy(Role.HR)
def remove_access(account_id: int) -> Response:
    """Take all access of an account away, except one's own."""
    if account_id != viewer().account_id:
        with write_session(installation().sessions) as session:
            accounts.take_access(session, viewer().email, account_id)
    return redirect(url_for("people.access"))


@blueprint.route("/access", methods=["GET", "POST"])
@policy(Role.HR)
def access() -> Response | str:
    """Who signs in, and adding a manager or a colleague."""
    form = ManagerForm().offering((size.team.id, size.team.name) for size in team_sizes(db()))
    if form.validate_on_submit() and _meant(form):
        with write_session(installation().sessions) as session:
            accounts.give_access(
                session, viewer().email, form.email.data, form.name.data, form.team_id
            )
        installation().jobs.ask_to_advance()
        flash(_("%(name)s gets a link by mail.", name=form.name.data))
        return redirect(url_for("people.access"))
    roles = selectinload(Account.grants).joinedload(Grant.team)
    everybody = db().scalars(select(Account).order_by(Account.name).options(roles)).all()
    return render_template(
        "running/access.html",
        form=form,
        accounts=everybody,
        groups_give=bool(installation().settings.oidc_groups),
    )


def _meant(form: ManagerForm) -> bool:
    """Whether all of HR's view goes to somebody new, or is asked for twice by the same words."""
    there = accounts.find_account(db(), form.email.data)
    more = form.team_id is None and there is not None and bool(there.grants)
    if there is None or not more or form.sure.data == there.email:
        return True
    form.sure.data = there.email
    flash(
        _(
            "%(email)s has access as %(name)s already and would see everything now. Press the "
            "button again if that is meant.",
            email=there.email,
            name=there.name,
        )
    )
    return False
