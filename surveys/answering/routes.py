"""Staff's pages: enter by link or code, the form, the receipt. Nothing here is ever logged."""

from collections.abc import Hashable

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
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from surveys.access.policy import RESPONDENT, policy
from surveys.answering import ballot_box, ready, replying, tokens
from surveys.answering.ballot_box import NotAccepted
from surveys.answering.questions import (
    MAX_PARTNERS_ASKED,
    BallotForm,
    Question,
    TooManyTeams,
    ballot_from,
    field_name,
    make_form,
    questions_of,
)
from surveys.answering.sealing import COMMENT_LIMIT, Ballot
from surveys.answering.stored import stored_columns
from surveys.database import write_connection, write_session
from surveys.models.people import Team
from surveys.models.pulses import Wave
from surveys.reading import words
from surveys.reading.staff import staff_page
from surveys.web import db, installation

blueprint = Blueprint("answering", __name__)
#: holds the personal code in the browser while the form is open; sent to these pages only
COOKIE = "tribometer_link"
#: holds the team of somebody who just answered, for its last results
TICKET = "tribometer_results"
TICKET_LIFE = 15 * 60


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
        return render_template("answering/enter.html", form=form), 200
    code = tokens.normal(form.code.data or "")
    try:
        _entered(code)
    except NotAccepted as refused:
        flash(refused.sentence)
        return render_template("answering/enter.html", form=form), refused.status
    response = redirect(url_for("answering.form"))
    response.set_cookie(
        COOKIE,
        code,
        path="/s",
        httponly=True,
        samesite="Strict",
        secure=installation().settings.https,
    )
    return response


@blueprint.route("/s/form", methods=["GET", "POST"])
@policy(RESPONDENT)
def form() -> Response | str:
    """The form; a valid post is sealed, kept durably and acknowledged with the receipt."""
    code = request.cookies.get(COOKIE, "")
    if request.method == "POST":
        return _take(code)
    entry = _entered(code)
    if "_flashes" in session:
        return _form_page(entry)
    varying = {"draft": entry.draft, "token": generate_csrf()}
    return ready.filled(("form", *_key(entry)), varying, lambda: _form_page(entry))


def _entered(code: str) -> ballot_box.Entry:
    with installation().reader.connect() as connection:
        return ballot_box.enter(connection, code)


def _take(code: str) -> Response | str:
    """Cast what was sent, or show what needs another look."""
    with write_connection(installation().engine) as connection:
        entry = ballot_box.admit(connection, code)
        # Whatever is read for the form comes by this connection too: to wait for a second one while
        # the wave is held open could be to wait for oneself.
        with Session(connection) as reading:
            sent, ballot = _sent(entry, reading)
        receipt = ballot_box.cast(connection, entry, code, ballot) if ballot else None
    # Outside, so that only what has been stored durably is acknowledged.
    return _form_page(entry, sent) if receipt is None else _receipt_page(entry, receipt)


def _sent(entry: ballot_box.Entry, reading: Session) -> tuple[BallotForm, Ballot | None]:
    """The form that was sent, and its ballot unless something is wrong, which is then flashed."""
    questions, form_class = _asked(entry, reading)
    sent = form_class()
    if not sent.validate():
        flash(_("Something needs another look; it is marked below. Nothing was lost."))
        return sent, None
    try:
        ballot = ballot_from(sent, entry.team.id, questions, entry.targets)
    except TooManyTeams as refused:
        flash(refused.sentence)
        return sent, None
    if not ballot.parts:
        flash(_("Nothing is filled in yet. Answer about at least one team, or close the page."))
        return sent, None
    return sent, ballot


def _key(entry: ballot_box.Entry) -> tuple[Hashable, ...]:
    """All that the empty form of an entry depends on; its questions are frozen with the wave."""
    return (
        str(get_locale()),
        entry.wave_id,
        entry.closes_at,
        entry.answered,
        entry.team,
        entry.team_size,
        entry.targets,
    )


def _asked(entry: ballot_box.Entry, reading: Session) -> tuple[list[Question], type[BallotForm]]:
    def make() -> tuple[list[Question], type[BallotForm]]:
        wave = reading.get_one(Wave, entry.wave_id)
        questions = questions_of(reading, wave, str(get_locale()))
        return questions, make_form(questions, entry.targets)

    return ready.kept(("asked", *_key(entry)), make)


def _form_page(entry: ballot_box.Entry, sent: BallotForm | None = None) -> str:
    questions, form_class = _asked(entry, db())
    return render_template(
        "answering/form.html",
        entry=entry,
        wave=db().get_one(Wave, entry.wave_id),
        questions=questions,
        form=sent or form_class(),
        field_name=field_name,
        limit=COMMENT_LIMIT,
        most_asked=MAX_PARTNERS_ASKED,
    )


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
    done.delete_cookie(COOKIE, path="/s")
    # What it may still do is read the last results of a team; the ticket knows the team alone.
    done.set_cookie(
        TICKET,
        _tickets().dumps(entry.team.id),
        path="/s/results",
        max_age=TICKET_LIFE,
        httponly=True,
        samesite="Strict",
        secure=installation().settings.https,
    )
    return done


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
    team, code = _team_of_ticket(), request.cookies.get(COOKIE, "")
    if team is None or code:
        team = db().get_one(Team, _entered(code).team.id)
    page = staff_page(db(), team)
    return render_template("reading/staff.html", page=page, words=words, answering=bool(code))


def _tickets() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="results")


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
