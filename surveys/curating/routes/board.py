"""HR's theme pages: the board, one theme with its quotes, and the decisions."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.curating import asking, deciding, themes, workbench
from surveys.database import write_session
from surveys.models.enums import QuoteState, Role
from surveys.models.people import Team
from surveys.models.themes import Quote, Theme
from surveys.publishing import comments
from surveys.reading import words
from surveys.reading.agreements import agreements_begun
from surveys.reading.causes import theme_name
from surveys.reading.playbook import strategies_for
from surveys.web import db, installation

#: themes with most persons that the board shows at first
MAX_CARDS = 48
#: and seams
MAX_ROWS = 40

blueprint = Blueprint("curating", __name__, url_prefix="/hr/themes")


blueprint.add_app_template_filter(workbench.sensitive_name, "sensitive_name")


class NameForm(FlaskForm):
    """HR's own name for a theme."""

    name = StringField(validators=[Length(max=200)])


class QuestionForm(FlaskForm):
    """A question to the writer of a comment."""

    question = StringField()


@blueprint.get("")
@policy(Role.HR)
def board() -> str:
    """Root cause × seam, then the themes."""
    return render_template(
        "curating/board.html",
        board=themes.theme_board(db()),
        most=None if request.args.get("all") else MAX_CARDS,
        most_rows=None if request.args.get("all") else MAX_ROWS,
        replied=asking.themes_with_replies(db()),
        sensitive=comments.sensitive_first(db()),
        tried=agreements_begun(db(), viewer()),
        words=words,
    )


@blueprint.route("/<int:theme_id>", methods=["GET", "POST"])
@policy(Role.HR)
def theme(theme_id: int) -> Response | str:
    """One theme: name, both voices, history, what may help."""
    found = db().get(Theme, theme_id)
    if found is None:
        raise themes.CuratingError(_("This theme does not exist any more."))
    form = NameForm(name=theme_name(found))
    if form.validate_on_submit():
        with write_session(installation().sessions) as session:
            deciding.rename(session, theme_id, form.name.data or "", viewer().account_id)
        return redirect(url_for("curating.theme", theme_id=theme_id))
    return _theme_page(found, form)


def _theme_page(found: Theme, form: NameForm) -> str:
    quotes = themes.quotes(db(), Quote.theme_id == found.id)
    history = themes.history_of(db(), found.id)
    return render_template(
        "curating/theme.html",
        theme=found,
        form=form,
        teams=[db().get_one(Team, found.team_a_id), db().get_one(Team, found.team_b_id)],
        quotes=quotes,
        threads=asking.turns_of(db(), [quote for quote, _team, _number in quotes]),
        longest=asking.MAX_QUESTION_LENGTH,
        history=history,
        bench=workbench.workbench(db(), found, history[0][0] if history else None),
        strategies=strategies_for(found.cause or ""),
    )


@blueprint.post("/<int:theme_id>/dismiss/<any(yes, no):answer>")
@policy(Role.HR)
def dismiss(theme_id: int, answer: str) -> Response:
    """Take a theme off the readers' pages, or put it back."""
    with write_session(installation().sessions) as session:
        deciding.dismiss(session, theme_id, answer == "yes", viewer().account_id)
    return redirect(url_for("curating.theme", theme_id=theme_id))


@blueprint.post("/quotes/<int:quote_id>/<any(released, withheld):state>")
@policy(Role.HR)
def decide_quote(quote_id: int, state: str) -> Response:
    """Release a quote to both managers, or withhold it."""
    with write_session(installation().sessions) as session:
        decided = QuoteState(state)
        quote = deciding.decide_quote(session, quote_id, decided, viewer().account_id)
        goal = url_for("curating.theme", theme_id=quote.theme_id, _anchor=f"q{quote_id}")
    return redirect(goal)


@blueprint.post("/quotes/<int:quote_id>/ask")
@policy(Role.HR)
def ask(quote_id: int) -> Response:
    """Ask the writer of a quote something; who that is stays unknown."""
    form = QuestionForm()
    with write_session(installation().sessions) as session:
        quote = asking.ask(session, quote_id, form.question.data or "", viewer().account_id)
    return redirect(url_for("curating.theme", theme_id=quote.theme_id, _anchor=f"q{quote_id}"))
