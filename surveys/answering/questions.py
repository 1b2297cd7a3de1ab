"""The questions of a wave, and the form made from them."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import Length, Optional

from surveys.answering.sealing import COMMENT_LIMIT, Ballot, SeamBallot
from surveys.languages import catalogue
from surveys.models.people import Team
from surveys.models.pulses import Item, Wave

POINTS = (
    SelectChoice("1", _l("Disagree")),
    SelectChoice("2", _l("Rather disagree")),
    SelectChoice("3", _l("In between")),
    SelectChoice("4", _l("Rather agree")),
    SelectChoice("5", _l("Agree")),
)


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
    return [Question(i.code, i.rotation == "open", wording_of(i, language)) for i in items]


def wording_of(item: Item, language: str) -> str:
    """The organisation's own wording in a language, else our translation of the English one."""
    own = item.wording.get(language)
    return own or catalogue(language).gettext(item.wording["en"])


class BallotForm(FlaskForm):
    """Base of the form made for one wave and one team's partners."""


def make_form(questions: list[Question], targets: tuple[Team, ...]) -> type[BallotForm]:
    """A form class with fields named by `field_name`, one set for each target."""
    fields: dict[str, UnboundField] = {}
    for team in targets:
        fields[field_name(team.id, "none")] = BooleanField()
        for question in questions:
            fields[field_name(team.id, question.code)] = (
                TextAreaField(question.about(team.name), validators=[Length(max=COMMENT_LIMIT)])
                if question.is_open
                else RadioField(
                    question.about(team.name), choices=list(POINTS), validators=[Optional()]
                )
            )
    return type("WaveForm", (BallotForm,), fields)


def field_name(team_id: int, code: str) -> str:
    """Name of the field of an item about a team."""
    return f"t{team_id}_{code}"


def ballot_from(
    form: BallotForm, rater_id: int, questions: list[Question], targets: tuple[Team, ...]
) -> Ballot:
    """The ballot of a validated form: only what was filled in; untouched teams are left out."""
    parts = []
    for team in targets:
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
        if scores or comments or not met:
            parts.append(SeamBallot(team.id, met, scores, comments))
    return Ballot(rater_id, tuple(parts))
