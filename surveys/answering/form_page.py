"""The page of the form: made from a wave's frozen questions, empty or with what was sent."""

from collections.abc import Hashable

from flask import flash, render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from surveys.answering import ballot_box, ready
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
from surveys.models.pulses import Wave
from surveys.web import db


def sent_form(entry: ballot_box.Entry, reading: Session) -> tuple[BallotForm, Ballot | None]:
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


def render(
    entry: ballot_box.Entry,
    handle: str,
    signed: str,
    sent: BallotForm | None = None,
    used: bool = False,
) -> str:
    """The form's page, empty or with what was sent; `signed` is its opening.

    `used`: the code has been used, so the field for its receipt is open.
    """
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
        handle=handle,
        opening=signed,
        used=used,
    )


def render_empty(entry: ballot_box.Entry, handle: str, signed: str) -> str:
    """The empty form, rendered once for everybody with the same questions."""
    varying = {"draft": entry.draft, "handle": handle, "opening": signed}
    return ready.filled(("form", *_key(entry)), varying, lambda: render(entry, handle, signed))
