"""Staff's pages: enter by link or code, the form, the receipt. Nothing here is ever logged."""

import re
import secrets

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from surveys.access.policy import RESPONDENT, SIGNED_FORM, policy
from surveys.answering import ballot_box, form_page, ready, replying, tokens
from surveys.answering.ballot_box import CodeUsed, NotAccepted
from surveys.answering.opening import FormForeign, Opening
from surveys.answering.sealing import COMMENT_LIMIT
from surveys.answering.stored import stored_columns
from surveys.database import write_connection, write_session
from surveys.models.people import Team
from surveys.reading import words
from surveys.reading.staff import staff_page
from surveys.web import db, installation

blueprint = Blueprint("answering", __name__)
BLUEPRINTS = (blueprint,)
#: holds the opening of a form in the browser until it is sent; goes to that form's address only
COOKIE = "tribometer_link"
#: holds the team of somebody who entered a code, for its last results
TICKET = "tribometer_results"
TICKET_LIFE = 30 * 60
#: what tells the forms of one browser apart
HANDLE = re.compile(r"[0-9a-f]{16}")


class CodeForm(FlaskForm):
    """A personal code or a receipt."""

    code = StringField(render_kw={"autocomplete": "off", "autocapitalize": "characters"})


class ReplyForm(CodeForm):
    """A receipt, and a reply to one of the questions under it."""

    place = IntegerField(validators=[Optional()])
    text = TextAreaField(validators=[Length(max=COMMENT_LIMIT)])


@blueprint.route("/s", methods=["GET", "POST"])
@policy(RESPONDENT)
def enter() -> Response | tuple[str, int]:
    """Take the code from the link's fragment (by the page's script) or from the keyboard."""
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(), 200
    code = tokens.normal(form.code.data or "")
    try:
        entry = _entered(code)
    except NotAccepted as refused:
        return _code_page(refused.sentence), refused.status
    # Every opened form has an address of its own, and its cookie goes there only: the forms of two
    # links in two tabs don't meet. The address is random and leads back to nothing.
    address = url_for("answering.form", handle=secrets.token_hex(8))
    response = redirect(address)
    _set_cookie(response, COOKIE, Opening.of(code).signed(_secret()), address)
    return _with_ticket(response, entry)


@blueprint.route("/s/form/<handle>", methods=["GET", "POST"])
@policy(RESPONDENT, SIGNED_FORM)
def form(handle: str) -> Response | str | tuple[str, int]:
    """The form; a valid post is sealed, kept durably and acknowledged with the receipt."""
    try:
        if request.method == "POST":
            return _take(handle, Opening.read(_secret(), request.form.get("opening", "")))
        opening = Opening.read(_secret(), request.cookies.get(COOKIE, ""))
    except FormForeign as refused:
        if request.method == "POST":
            return _code_page(refused.sentence), refused.status
        return _code_page(_not_open()), 404
    entry = _entered(opening.code)
    if "_flashes" in session:
        return form_page.render(entry, handle, opening.signed(_secret()))
    return form_page.render_empty(entry, handle, opening.signed(_secret()))


def _secret() -> str:
    return str(current_app.secret_key)


def _code_page(problem: str | None = None) -> str:
    if problem:
        flash(problem)
    return render_template("answering/enter.html", form=CodeForm())


def _not_open() -> str:
    return str(
        _(
            "This form is no longer open on this device. If you just sent it, your answers are in. "
            "Otherwise open the link in your mail again; your browser must allow cookies for "
            "this page."
        )
    )


def _set_cookie(
    response: Response, name: str, value: str, path: str, max_age: int | None = None
) -> None:
    response.set_cookie(
        name,
        value,
        path=path,
        max_age=max_age,
        httponly=True,
        samesite="Strict",
        secure=installation().settings.https,
    )


def _with_ticket(response: Response, entry: ballot_box.Entry) -> Response:
    """With the ticket to the last results of a team, which knows the team alone."""
    ticket = _tickets().dumps(entry.team.id)
    _set_cookie(response, TICKET, ticket, url_for("answering.results"), TICKET_LIFE)
    return response


def _entered(code: str) -> ballot_box.Entry:
    with installation().reader.connect() as connection:
        return ballot_box.enter(connection, code)


def _take(handle: str, opening: Opening) -> Response | str | tuple[str, int]:
    """Cast what was sent, or show what needs another look."""
    receipt, status = None, 200
    with write_connection(installation().engine) as connection:
        entry = ballot_box.admit(connection, opening.code)
        # Whatever is read for the form comes by this connection too: to wait for a second one while
        # the wave is held open could be to wait for oneself.
        with Session(connection) as reading:
            sent, ballot = form_page.sent_form(entry, reading)
        nonce = _nonce(opening)
        if ballot and nonce:
            try:
                receipt = ballot_box.cast(connection, entry, opening.code, ballot, nonce)
            except CodeUsed as refused:
                flash(refused.sentence)
                status = refused.status
    # Outside, so that only what has been stored durably is acknowledged.
    if receipt is None:
        used = status == CodeUsed.status
        return form_page.render(entry, handle, opening.signed(_secret()), sent, used), status
    return _receipt_page(entry, receipt)


def _nonce(opening: Opening) -> str | None:
    """The random half of the receipt that was entered, else the form's own; None is flashed."""
    typed = tokens.normal(request.form.get("receipt", ""))
    nonce = tokens.nonce_of(typed, opening.code) if typed else opening.nonce
    if nonce is None:
        flash(_("This receipt doesn't belong to your code. Check it, or leave the field empty."))
    return nonce


def _receipt_page(entry: ballot_box.Entry, code: str) -> Response:
    receipt = tokens.grouped(code)
    done = make_response(
        ready.filled(
            ("receipt", str(get_locale())),
            {"receipt": receipt},
            lambda: render_template("answering/receipt.html", receipt=receipt),
        )
    )
    # Whoever uses this browser next must not be taken for the person who just answered.
    done.delete_cookie(COOKIE, path=request.path)
    return _with_ticket(done, entry)


@blueprint.route("/s/withdraw", methods=["GET", "POST"])
@policy(RESPONDENT)
def withdraw() -> str | tuple[str, int]:
    """Take an answer back by its receipt, until the wave closes."""
    form = CodeForm()
    if not form.validate_on_submit():
        return render_template("answering/withdraw.html", form=form, done=False)
    try:
        with write_connection(installation().engine) as connection:
            ballot_box.withdraw(connection, tokens.normal(form.code.data or ""))
    except NotAccepted:
        flash(_("This receipt opens nothing: it is mistyped, or the survey has closed."))
        return render_template("answering/withdraw.html", form=form, done=False), 404
    return render_template("answering/withdraw.html", form=form, done=True)


@blueprint.route("/s/reply", methods=["GET", "POST"])
@policy(RESPONDENT)
def reply() -> str | tuple[str, int]:
    """HR's questions under the comments of a receipt, and replies to them."""
    form = ReplyForm()
    if not form.validate_on_submit():
        return render_template("answering/reply.html", form=form, questions=None)
    receipt = tokens.normal(form.code.data or "")
    if form.text.data:
        with write_session(installation().sessions) as storage:
            replying.reply(storage, receipt, form.place.data or 0, form.text.data)
        flash(_("Your reply has arrived, without your name. Look again later with your receipt."))
    questions = replying.waiting(db(), receipt)
    if not questions:
        flash(_("No question waits under this receipt."))
        return render_template("answering/reply.html", form=form, questions=None), 404
    return render_template(
        "answering/reply.html", form=form, questions=questions, limit=COMMENT_LIMIT
    )


@blueprint.get("/s/results")
@policy(RESPONDENT)
def results() -> str:
    """You said, we did, it moved: the last published wave for one's own team."""
    team = _team_of_ticket()
    if team is None:
        raise NotAccepted
    handle = request.args.get("form", "")
    return render_template(
        "reading/staff.html",
        page=staff_page(db(), team),
        words=words,
        handle=handle if HANDLE.fullmatch(handle) else None,
    )


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(), salt="results")


def _team_of_ticket() -> Team | None:
    try:
        ticket = _tickets().loads(request.cookies.get(TICKET, ""), max_age=TICKET_LIFE)
    except BadSignature:
        return None
    return db().get(Team, ticket)


@blueprint.get("/stored")
@policy(RESPONDENT)
def stored() -> str:
    """What is stored about an answer: read from the live database's own schema."""
    return render_template("answering/stored.html", tables=stored_columns(installation().engine))
