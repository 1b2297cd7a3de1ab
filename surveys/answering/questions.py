"""The questions of a wave, and the form made from them."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import Length, NumberRange, Optional

from surveys.answering.ballot_box import NamedTeam
from surveys.answering.sealing import COMMENT_LIMIT, Ballot, SeamBallot
from surveys.errors import UserError
from surveys.handovers import HOURS, MAX_HOURS, POINT, POINTS
from surveys.languages import catalogue
from surveys.models.pulses import Item, Wave

ANSWERS = (
    SelectChoice("1", _l("Disagree")),
    SelectChoice("2", _l("Rather disagree")),
    SelectChoice("3", _l("In between")),
    SelectChoice("4", _l("Rather agree")),
    SelectChoice("5", _l("Agree")),
)
#: teams that one person is asked about in one wave, or it takes longer than three minutes
MAX_PARTNERS_ASKED = 3


class TooManyTeams(UserError):
    """An answer about more teams than can be asked about in one wave."""


@dataclass(frozen=True, slots=True)
class Question:
    """An item as one language words it; `{T}` stands for the other team's name."""

    code: str
    is_open: bool
    wording: str

    def about(self, team: str) -> str:
        """The wording about one team."""
        return self.wording.replace("{T}", team)


def questions_of(session: Session, wave: Wave, language: str) -> list[Question]:
    """The wave's frozen questions in their order, in `language` where translated, else English."""
    items = session.scalars(
        select(Item)
        .where(Item.instrument_id == wave.pulse.instrument_id, Item.code.in_(wave.items))
        .order_by(Item.position)
    )
    return [Question(i.code, i.is_open, wording_of(i, language)) for i in items]


def wording_of(item: Item, language: str) -> str:
    """The organisation's own wording in a language, else our translation of the English one."""
    english = item.wording["en"]
    ours = item.wording.get(language) or catalogue(language).gettext(english)
    return item.own.get(language) or ours


class BallotForm(FlaskForm):
    """Base of the form made for one wave and one team's partners."""

    class Meta(FlaskForm.Meta):
        """Without what would be done twice for each answer.

        The app has looked at the token against forged requests before (flask_wtf.CSRFProtect), and
        the library's own sentences, which it reads from a file, stand on no page of the form.
        """

        csrf = False

        def get_translations(self, form: BaseForm) -> None:
            """None: the page words its errors itself."""
            return


def make_form(questions: list[Question], targets: tuple[NamedTeam, ...]) -> type[BallotForm]:
    """A form class with fields named by `field_name`, one set for each target."""
    fields: dict[str, UnboundField] = {}
    for team in targets:
        fields[field_name(team.id, "met")] = BooleanField()
        fields[field_name(team.id, "none")] = BooleanField()
        fields[field_name(team.id, POINT)] = SelectField(choices=_points(), validators=[Optional()])
        fields[field_name(team.id, HOURS)] = IntegerField(
            validators=[Optional(), NumberRange(0, MAX_HOURS)]
        )
        for question in questions:
            fields[field_name(team.id, question.code)] = (
                TextAreaField(question.about(team.name), validators=[Length(max=COMMENT_LIMIT)])
                if question.is_open
                else RadioField(
                    question.about(team.name), choices=list(ANSWERS), validators=[Optional()]
                )
            )
    return type("WaveForm", (BallotForm,), fields)


def _points() -> list[SelectChoice]:
    numbered = [SelectChoice(str(i), name) for i, (_code, name) in enumerate(POINTS, start=1)]
    return [SelectChoice("", _l("(nowhere in particular)")), *numbered]


def _handover(form: BallotForm, team: NamedTeam) -> dict[str, int]:
    point, hours = (form[field_name(team.id, code)].data for code in (POINT, HOURS))
    return {code: int(value) for code, value in ((POINT, point), (HOURS, hours)) if value}


def screened(form: BallotForm, targets: tuple[NamedTeam, ...]) -> tuple[NamedTeam, ...]:
    """The teams to ask about: above MAX_PARTNERS_ASKED only those ticked as met, if any are."""
    met = tuple(team for team in targets if form[field_name(team.id, "met")].data)
    return met if met and len(targets) > MAX_PARTNERS_ASKED else targets


def field_name(team_id: int, code: str) -> str:
    """Name of the field of an item about a team."""
    return f"t{team_id}_{code}"


def ballot_from(
    form: BallotForm, rater_id: int, questions: list[Question], targets: tuple[NamedTeam, ...]
) -> Ballot:
    """The ballot of a validated form: only what was filled in; untouched teams are left out.

    Where there are more teams than can be asked about, only those ticked as met are read, if any
    are. Raises TooManyTeams beyond MAX_PARTNERS_ASKED: nobody's answer is cut silently.
    """
    parts = []
    for team in screened(form, targets):
        met = not form[field_name(team.id, "none")].data
        scores: dict[str, int] = {}
        comments: dict[str, str] = {}
        for question in questions if met else ():
            given = form[field_name(team.id, question.code)].data
            if not given or not given.strip():
                continue
            if question.is_open:
                comments[question.code] = given.strip()
            else:
                scores[question.code] = int(given)
        scores |= _handover(form, team) if met else {}
        if scores or comments or not met:
            parts.append(SeamBallot(team.id, met, scores, comments))
    if sum(part.met for part in parts) > MAX_PARTNERS_ASKED:
        raise TooManyTeams(
            _(
                "Tick at most %(n)s, those you had most to do with. "
                "You are asked about these only.",
                n=MAX_PARTNERS_ASKED,
            )
        )
    return Ballot(rater_id, tuple(parts))
