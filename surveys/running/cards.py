"""Cards to hand out: the personal link as a QR code and as a code to type, for the shop floor.

Whoever prints them holds codes, as the mail server does: so printing is written into the log, the
cards are folded over the code, and every invited person of the team gets one, whether or not the
answer is there already.
"""

from dataclasses import dataclass

import segno
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.access import audit
from surveys.answering import tokens
from surveys.answering.sealing import mail_secret
from surveys.errors import NotReady
from surveys.languages import catalogue, is_right_to_left, nearest
from surveys.models.people import Person, Team
from surveys.models.pulses import Invitation, Wave
from surveys.sending.composing import invited_to
from surveys.sending.letters import staff_link, until_when
from surveys.settings import Settings


@dataclass(frozen=True, slots=True)
class Card:
    """One person's card in the own language; `picture` is the QR code as SVG."""

    name: str
    language: str
    direction: str
    title: str
    how: str
    code: str
    until: str
    promise: str
    picture: Markup


@dataclass(frozen=True, slots=True)
class CardSheet:
    """The cards of one team, by name."""

    team: str
    cards: tuple[Card, ...]


def open_wave_now(session: Session) -> Wave:
    """The wave that can be answered now; raises NotReady if there is none."""
    wave = session.scalar(select(Wave).where(Wave.is_open).limit(1))
    if wave is None:
        raise NotReady(_("Cards belong to an open wave, and none is open now."))
    return wave


def teams_with_cards(session: Session, wave: Wave) -> list[Team]:
    """The teams that were invited to a wave, by name."""
    invited = select(Invitation.team_id).where(Invitation.wave_id == wave.id)
    return list(session.scalars(select(Team).where(Team.id.in_(invited)).order_by(Team.name)))


def print_cards(session: Session, actor: str, settings: Settings, team_id: int) -> CardSheet | None:
    """The cards of a team, which the log keeps; None for a team that was not invited.

    Raises NotReady without an open wave, KeyMissing if its codes cannot be made.
    """
    wave = open_wave_now(session)
    team = next((t for t in teams_with_cards(session, wave) if t.id == team_id), None)
    if team is None:
        return None
    sheet = card_sheet(session, settings, wave, team)
    audit.record(session, actor, "printed cards", team=sheet.team, wave=wave.number)
    return sheet


def card_sheet(session: Session, settings: Settings, wave: Wave, team: Team) -> CardSheet:
    """The cards of a team; raises KeyMissing if the wave's codes cannot be made."""
    secret = mail_secret(settings, wave.id)
    people = session.scalars(
        select(Person)
        .join(Invitation, Invitation.person_id == Person.id)
        .where(Invitation.wave_id == wave.id, Invitation.team_id == team.id)
        .order_by(Person.name, Person.id)
    )
    return CardSheet(team.name, tuple(_card(settings, secret, wave, each) for each in people))


def _card(settings: Settings, secret: bytes, wave: Wave, person: Person) -> Card:
    code = tokens.grouped(tokens.personal_code(secret, wave.id, person.id))
    language = nearest(person.language)
    _ = catalogue(language).gettext
    invited = invited_to(settings, wave, code, asked=False)
    picture = segno.make(staff_link(language, invited), error="m").svg_inline(scale=3, border=2)
    return Card(
        name=person.name,
        language=language,
        direction="rtl" if is_right_to_left(language) else "ltr",
        title=_("How was working together this month?"),
        how=_("Scan this, or open %(page)s and type the code.")
        % {"page": f"{settings.base_url}/s"},
        code=code,
        until=until_when(language, invited),
        promise=_("Confidential until close, anonymous afterwards."),
        picture=Markup(picture),
    )
