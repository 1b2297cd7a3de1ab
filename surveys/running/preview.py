"""What HR can look at before launch: the questions of each month, and the form as staff see it."""

from email.utils import make_msgid

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from surveys import clock
from surveys.answering.ballot_box import Entry, NamedTeam
from surveys.answering.questions import Question, wording_of
from surveys.directory.teams import team_sizes
from surveys.errors import NotReady, UserError
from surveys.models.pulses import Item, Pulse, Wave
from surveys.running import calendar, setup
from surveys.running.instruments import ROTATION, items_of_wave
from surveys.sending import letters
from surveys.sending.composing import dressed
from surveys.sending.letters import Invited, Letter
from surveys.sending.transports import SendProblem, open_transport
from surveys.settings import Settings

#: a code in the form of a real one, which opens nothing
EXAMPLE_CODE = "-".join(["7XMP"] * 7)


def questions_by_month(pulse: Pulse) -> list[list[Item]]:
    """The items of four months in turn, after which the rotation begins again."""
    items = {item.code: item for item in pulse.instrument.items}
    return [
        [items[code] for code in items_of_wave(pulse.instrument, number, action_running=False)]
        for number in range(1, len(ROTATION) + 1)
    ]


def example_entry(session: Session, pulse: Pulse) -> tuple[Entry, Wave, list[Question]]:
    """The first wave's form for the first team that is asked; raises NotReady without pairs."""
    if not pulse.seams:
        raise NotReady(_("The preview needs a pair of teams: do step 2 first."))
    rater = min((seam.rater for seam in pulse.seams), key=lambda team: team.name)
    targets = sorted(
        (s.target for s in pulse.seams if s.rater_id == rater.id), key=lambda team: team.name
    )
    codes = items_of_wave(pulse.instrument, 1, action_running=False)
    wave = Wave(number=1, rule=pulse.rule, items=codes)
    size = next(s.size for s in team_sizes(session) if s.team.id == rater.id)
    asked = [
        Question(item.code, item.is_open, wording_of(item, str(get_locale())))
        for item in pulse.instrument.items
        if item.code in codes
    ]
    team, *others = (NamedTeam(team.id, team.name) for team in (rater, *targets))
    entry = Entry(0, clock.now(), team, size, tuple(others), draft="preview")
    return entry, wave, asked


def example_letters(
    session: Session, settings: Settings, pulse: Pulse, name: str
) -> tuple[Letter, Letter]:
    """Invitation and reminder of the next wave as `name` would get them; the code opens nothing."""
    first = setup.next_opening(session, pulse) or clock.now().date()
    invited = Invited(
        number=1,
        closes=calendar.dates_from(pulse, first)[1],
        time_zone=pulse.time_zone,
        rule=pulse.rule,
        code=EXAMPLE_CODE,
        base_url=settings.base_url,
        asked=False,
    )
    language = str(get_locale())
    one, two = (
        letters.to_staff(language, name, settings.organisation, invited, again)
        for again in (False, True)
    )
    return one, two


def text_of(letter: Letter) -> str:
    """The text part of a mail, with its subject."""
    body = dressed(letter).get_body(("plain",))
    return f"{letter.subject}\n\n{body.get_content() if body else ''}"


def send_test_mail(settings: Settings, letter: Letter, address: str) -> str | None:
    """Send a letter at once; returns what went wrong, in a sentence, or None."""
    mail = dressed(letter)
    mail["From"], mail["To"] = settings.mail_from, address
    mail["Message-ID"] = make_msgid(domain="tribometer")
    try:
        with open_transport(settings.outbox) as transport:
            transport.send(mail)
    except (SendProblem, UserError) as problem:
        return str(problem)
    return None
