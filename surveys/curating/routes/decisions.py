"""HR's decisions about themes and comments, the search, the log."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.curating import deciding, undoing, workbench
from surveys.database import write_session
from surveys.models.enums import Role
from surveys.models.people import Team
from surveys.publishing import comments
from surveys.reading.words import upper_first
from surveys.web import db, installation

blueprint = Blueprint("workbench", __name__, url_prefix="/hr/themes")


class DecisionForm(FlaskForm):
    """What a decision needs besides its address."""

    other = StringField()
    to = StringField()
    origin = StringField()
    text = TextAreaField()

    def number(self, name: str) -> int:
        """A field as a number; 0, which nothing has, if it is none."""
        typed = self[name].data or ""
        return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


@blueprint.post("/<int:theme_id>/pin/<any(yes, no):answer>")
@policy(Role.HR)
def pin(theme_id: int, answer: str) -> Response:
    """Keep a theme first on the board and whole in the engine, or no longer."""
    with write_session(installation().sessions) as session:
        deciding.pin(session, theme_id, answer == "yes", viewer().account_id)
    return _to_theme(theme_id)


@blueprint.post("/<int:theme_id>/merge")
@policy(Role.HR)
def merge(theme_id: int) -> Response:
    """Join another theme to this one, from the next wave on."""
    with write_session(installation().sessions) as session:
        other = DecisionForm().number("other")
        deciding.merge(session, theme_id, other, viewer().account_id)
    flash(upper_first(_("from the next wave on")))
    return _to_theme(theme_id)


@blueprint.post("/<int:theme_id>/split")
@policy(Role.HR)
def split(theme_id: int) -> Response:
    """Part a theme, from the next wave on."""
    with write_session(installation().sessions) as session:
        deciding.split(session, theme_id, viewer().account_id)
    flash(upper_first(_("to be parted")) + _(", ") + _("from the next wave on"))
    return _to_theme(theme_id)


@blueprint.post("/<int:theme_id>/note")
@policy(Role.HR)
def note(theme_id: int) -> Response:
    """Note something for HR alone."""
    with write_session(installation().sessions) as session:
        deciding.add_note(session, theme_id, DecisionForm().text.data or "", viewer().account_id)
    return _to_theme(theme_id, "notes")


@blueprint.post("/comments/<key>/move")
@policy(Role.HR)
def move(key: str) -> Response:
    """Put a comment into another theme, or under another root cause."""
    form = DecisionForm()
    with write_session(installation().sessions) as session:
        origin, to = form.number("origin"), form.to.data or ""
        goal = deciding.move(session, key, origin, to, viewer().account_id)
        goal_id = goal.id
    flash(_("Moved here by you. The counts follow with the next wave, and the engine learns."))
    return _to_theme(goal_id, "comments")


@blueprint.post("/comments/<key>/quote")
@policy(Role.HR)
def quote(key: str) -> Response:
    """Put a comment among the quotes of a theme; releasing it is a decision of its own."""
    theme_id = DecisionForm().number("origin")
    with write_session(installation().sessions) as session:
        made = deciding.propose_quote(session, theme_id, key)
        anchor = f"q{made.id}"
    return _to_theme(theme_id, anchor)


@blueprint.post("/comments/<key>/handled")
@policy(Role.HR)
def handled(key: str) -> Response:
    """A sensitive comment was read."""
    with write_session(installation().sessions) as session:
        deciding.handle(session, key, viewer().account_id)
    return redirect(url_for("curating.board"))


@blueprint.post("/quotes/<int:quote_id>/paraphrase")
@policy(Role.HR)
def paraphrase(quote_id: int) -> Response:
    """Say a quote in HR's words."""
    with write_session(installation().sessions) as session:
        text = DecisionForm().text.data or ""
        said = deciding.paraphrase(session, quote_id, text, viewer().account_id)
        theme_id = said.theme_id
    return _to_theme(theme_id, f"q{quote_id}")


@blueprint.post("/decisions/<int:correction_id>/undo")
@policy(Role.HR)
def undo(correction_id: int) -> Response:
    """Take the newest decision about a theme back."""
    with write_session(installation().sessions) as session:
        theme_id = undoing.undo(session, correction_id, viewer().account_id).id
    return _to_theme(theme_id, "log")


@blueprint.get("/search")
@policy(Role.HR)
def search() -> str:
    """Comments that hold every one of some words."""
    words = request.args.get("q", "")[:100]
    found = comments.search(db(), words)
    return render_template(
        "curating/search.html",
        words=words,
        found=found,
        most=comments.MAX_FOUND,
        teams=_team_names(),
    )


@blueprint.get("/loose")
@policy(Role.HR)
def loose() -> str:
    """Comments of the newest wave that are in no theme that is shown."""
    number = workbench.newest_wave(db())
    found = comments.without_theme(db(), number) if number is not None else []
    return render_template("curating/loose.html", number=number, found=found, teams=_team_names())


@blueprint.get("/log")
@policy(Role.HR)
def log() -> str:
    """The newest decisions about all themes."""
    return render_template("curating/log.html", decisions=workbench.decisions(db()))


def _team_names() -> dict[int, str]:
    return {team.id: team.name for team in db().scalars(select(Team))}


def _to_theme(theme_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("curating.theme", theme_id=theme_id, _anchor=anchor))
