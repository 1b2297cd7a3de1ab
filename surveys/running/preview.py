"""What HR can look at before launch: the questions of each month, and the form as staff see it."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from surveys import clock
from surveys.answering.ballot_box import Entry
from surveys.answering.questions import Question
from surveys.errors import NotReady
from surveys.models.pulses import Item, Pulse, Wave
from surveys.running.instruments import ROTATION, items_of_wave
from surveys.running.opening import rule_of
from surveys.running.setup import team_sizes


def questions_by_month(pulse: Pulse) -> list[list[Item]]:
    """The items of four months in turn, after which the rotation begins again."""
    items = {item.code: item for item in pulse.instrument.items}
    return [
        [items[code] for code in items_of_wave(pulse.instrument, number, action_running=False)]
        for number in range(1, len(ROTATION) + 1)
    ]


def example_entry(session: Session, pulse: Pulse) -> tuple[Entry, list[Question]]:
    """The first wave's form for the first team that is asked; raises NotReady without pairs."""
    if not pulse.seams:
        raise NotReady(_("The preview needs a pair of teams: do step 2 first."))
    rater = min((seam.rater for seam in pulse.seams), key=lambda team: team.name)
    targets = sorted(
        (s.target for s in pulse.seams if s.rater_id == rater.id), key=lambda team: team.name
    )
    codes = items_of_wave(pulse.instrument, 1, action_running=False)
    wave = Wave(
        number=1, rule=rule_of(pulse), items=codes, opens_at=clock.now(), closes_at=clock.now()
    )
    size = next(s.size for s in team_sizes(session) if s.team.id == rater.id)
    asked = [
        Question(item.code, item.rotation == "open", item.wording["en"])
        for item in pulse.instrument.items
        if item.code in codes
    ]
    return Entry(wave, rater, size, tuple(targets), answered=False, draft="preview"), asked
