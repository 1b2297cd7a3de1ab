"""HR's own wording of the items, language by language.

Before the first wave the wording is simply changed. Afterwards a new version of the instrument is
made, between two waves only, and every pair's chart gets a note: answers before and after may not
be quite comparable.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import audit
from surveys.errors import NotReady, UserError
from surveys.languages import NAMES, catalogue
from surveys.models.agreements import Note
from surveys.models.pulses import Instrument, Item, Pulse, Wave

MAX_WORDING_LENGTH = 200
OTHER_TEAM = "{T}"
SUFFIX = ", reworded"


class WordingError(UserError):
    """A wording that cannot be asked."""


@dataclass(frozen=True, slots=True)
class Worded:
    """An item in one language: our wording, and the organisation's own if there is one."""

    code: str
    construct: str
    standard: str
    own: str | None


def wordings_of(pulse: Pulse, language: str) -> list[Worded]:
    """Every item of the instrument in one language, in its order."""
    say = catalogue(language).gettext
    return [
        Worded(
            item.code,
            item.construct,
            item.wording.get(language) or say(item.wording["en"]),
            item.own.get(language),
        )
        for item in pulse.instrument.items
    ]


def languages_reworded(pulse: Pulse) -> list[str]:
    """Languages with a wording of their own, by code."""
    return sorted({language for item in pulse.instrument.items for language in item.own})


def reword(
    session: Session, actor: str, pulse: Pulse, language: str, texts: Mapping[str, str]
) -> int:
    """Keep the wordings of a language by item code; an empty one, or ours, means ours again.

    Returns how many items changed. Raises WordingError for a text that cannot be asked, NotReady
    while a wave is open or being published; then nothing is changed.
    """
    wanted = {
        worded.code: _checked(worded, texts.get(worded.code, ""))
        for worded in wordings_of(pulse, language)
    }
    changed = [
        item.code for item in pulse.instrument.items if item.own.get(language) != wanted[item.code]
    ]
    if not changed:
        return 0
    if pulse.instrument.used:
        _begin_new_version(session, pulse, language)
    for item in pulse.instrument.items:
        others = {code: text for code, text in item.own.items() if code != language}
        own = wanted[item.code]
        item.own = {**others, language: own} if own else others
    audit.record(session, actor, "reworded questions", language=language, items=len(changed))
    return len(changed)


def is_busy(session: Session, pulse: Pulse) -> bool:
    """Whether a wave that has begun is not published yet: its questions must not change."""
    busy = select(Wave.id).where(Wave.pulse_id == pulse.id, Wave.in_progress)
    return session.scalar(busy.limit(1)) is not None


def _checked(worded: Worded, typed: str) -> str | None:
    text = " ".join(typed.split())
    if not text or text == worded.standard:
        return None
    if len(text) > MAX_WORDING_LENGTH:
        raise WordingError(
            _("%(code)s is longer than %(n)s characters.", code=worded.code, n=MAX_WORDING_LENGTH)
        )
    braces = re.findall(r"\{[^}]*\}?|\}", text)
    if any(found != OTHER_TEAM for found in braces):
        raise WordingError(
            _("%(code)s: write no braces but {T}, the other team's name.", code=worded.code)
        )
    if OTHER_TEAM in worded.standard and not braces:
        raise WordingError(
            _("%(code)s must name the other team: write {T} for it.", code=worded.code)
        )
    return text


def _begin_new_version(session: Session, pulse: Pulse, language: str) -> None:
    """A copy of the instrument for the waves to come, and a note on every pair's chart."""
    if is_busy(session, pulse):
        raise NotReady(_("Questions change between two waves only: wait until this one is out."))
    old = pulse.instrument
    name = old.name.removesuffix(SUFFIX) + SUFFIX
    last = session.scalars(select(Instrument.version).where(Instrument.name == name)).all()
    pulse.instrument = Instrument(
        name=name,
        version=max(last, default=0) + 1,
        items=[
            Item(
                code=item.code,
                position=item.position,
                rotation=item.rotation,
                construct=item.construct,
                cause=item.cause,
                reverse=item.reverse,
                wording=item.wording,
                own=item.own,
            )
            for item in old.items
        ],
    )
    said = _("Questions reworded (%(language)s)", language=NAMES[language])
    today = clock.now().date()
    for seam in pulse.seams:
        if seam.rater_id < seam.target_id:
            session.add(
                Note(
                    team_a_id=seam.rater_id,
                    team_b_id=seam.target_id,
                    happened_on=today,
                    text=said,
                )
            )
    session.flush()
