"""Mails as they are sent. A mail is written at that moment, so that no secret is ever stored."""

import hashlib
import textwrap
from email.message import EmailMessage
from email.utils import formataddr

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.access import audit
from surveys.access.accounts import make_link
from surveys.access.viewer import viewer_of
from surveys.answering import tokens
from surveys.answering.sealing import mail_secret
from surveys.database import ROOT
from surveys.languages import SOURCE, is_right_to_left, nearest
from surveys.models.agreements import Agreement, Step
from surveys.models.audit import ABOUT_AGREEMENTS, REMINDERS, OutboxMessage
from surveys.models.enums import MessageKind
from surveys.models.people import Account, Person
from surveys.models.pulses import Wave
from surveys.reading.colours import LIGHT
from surveys.sending import letters
from surveys.sending.agreement_letters import of_agreement
from surveys.sending.chat import ChatMessage, chat_message
from surveys.sending.digest import digest_of
from surveys.sending.letters import Invited, Letter
from surveys.settings import Settings

WIDTH = 72
_pages = Environment(
    loader=FileSystemLoader(ROOT / "templates" / "sending"),
    autoescape=lambda name: bool(name) and str(name).endswith(".html"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["wrapped"] = lambda text: textwrap.fill(
    text, WIDTH, break_long_words=False, break_on_hyphens=False
)

_pages.globals["colours"] = LIGHT


def compose(
    session: Session, settings: Settings, queued: OutboxMessage, asked: bool
) -> EmailMessage:
    """The mail of a queued message, in text and HTML; `asked`: whether a question of HR waits."""
    name, address, letter = _letter(session, settings, queued, asked)
    mail = dressed(letter)
    mail["From"] = settings.mail_from
    mail["To"] = formataddr((_one_line(name), _one_line(address)))
    # The same message always has the same id, so that a mail server can drop a second copy.
    mail["Message-ID"] = f"<{hashlib.sha256(queued.once.encode()).hexdigest()[:32]}@tribometer>"
    return mail


def compose_chat(
    session: Session, settings: Settings, queued: OutboxMessage, asked: bool
) -> ChatMessage:
    """The chat message of a queued invitation or reminder."""
    _name, address, letter = _letter(session, settings, queued, asked)
    return chat_message(address, letter)


def dressed(letter: Letter) -> EmailMessage:
    """A letter as a mail without addresses."""
    mail = EmailMessage()
    mail["Subject"] = _one_line(letter.subject)
    mail["Auto-Submitted"] = "auto-generated"
    direction = "rtl" if is_right_to_left(letter.language) else "ltr"
    mail.set_content(_pages.get_template("letter.txt").render(letter=letter))
    html = _pages.get_template("letter.html").render(letter=letter, direction=direction)
    mail.add_alternative(html, subtype="html")
    body = mail.get_body(("html",))
    for number, section in enumerate(letter.sections, start=1):
        if section.picture is not None and body is not None:
            body.add_related(section.picture, "image", "png", cid=f"<pair{number}@tribometer>")
    # At the end: setting the content takes all headers about it away.
    mail["Content-Language"] = letter.language
    return mail


def _letter(
    session: Session, settings: Settings, queued: OutboxMessage, asked: bool
) -> tuple[str, str, Letter]:
    """Name and address of the reader, and what to say."""
    wave = session.get(Wave, queued.wave_id) if queued.wave_id else None
    number = wave.number if wave else 0
    organisation = settings.organisation
    if queued.person_id is not None and wave is not None:
        person = session.get_one(Person, queued.person_id)
        code = tokens.personal_code(mail_secret(settings, wave.id), wave.id, person.id)
        invited = invited_to(settings, wave, tokens.grouped(code), asked)
        again = queued.kind in REMINDERS
        letter = letters.to_staff(
            nearest(person.language), person.name, organisation, invited, again
        )
        return person.name, person.email, letter
    if queued.kind == MessageKind.TRUSTEE:
        letter = letters.to_trustee(SOURCE, organisation, number, audit.head(session))
        return "Trustee", settings.trustee, letter
    account = session.get_one(Account, queued.account_id)
    own = session.scalar(select(Person.language).where(Person.email == account.email))
    language = nearest(own)
    if queued.kind in ABOUT_AGREEMENTS:
        letter = _about_agreement(session, settings, queued, language, account.name)
    elif queued.kind == MessageKind.RELEASE:
        link = f"{settings.base_url}/pairs?lang={language}"
        sections = digest_of(session, viewer_of(account), language)
        letter = letters.of_release(language, account.name, organisation, link, number, sections)
    else:
        letter = _to_account(session, settings, queued, language, account)
    return account.name, account.email, letter


def _to_account(
    session: Session, settings: Settings, queued: OutboxMessage, language: str, account: Account
) -> Letter:
    if not settings.by_password:
        link = f"{settings.base_url}/sign-in?lang={language}"
        way = letters.WayIn.PROVIDER
        return letters.to_account(language, account.name, settings.organisation, link, way)
    forgot = queued.kind == MessageKind.FORGOT
    query = f"?lang={language}{'&new=1' if forgot else ''}"
    link = f"{settings.base_url}/enter{query}#{make_link(session, account)}"
    way = letters.WayIn.NEW_PASSWORD if forgot else letters.WayIn.FIRST_PASSWORD
    return letters.to_account(language, account.name, settings.organisation, link, way)


def _about_agreement(
    session: Session, settings: Settings, queued: OutboxMessage, language: str, name: str
) -> Letter:
    agreement = session.get_one(Agreement, queued.agreement_id)
    step = session.get_one(Step, queued.step_id) if queued.step_id else None
    pair = f"{agreement.team_a_id}/{agreement.team_b_id}"
    link = f"{settings.base_url}/pairs/{pair}?lang={language}#agreements"
    return of_agreement(language, name, settings.organisation, link, agreement, step)


def invited_to(settings: Settings, wave: Wave, code: str, asked: bool) -> Invited:
    """What the mails to staff say of a wave."""
    return Invited(
        number=wave.number,
        closes=wave.closes_at,
        time_zone=wave.pulse.time_zone,
        rule=wave.rule,
        code=code,
        base_url=settings.base_url,
        asked=asked,
    )


def _one_line(text: str) -> str:
    # A header is one line, whatever a name in the directory contains.
    return " ".join(text.split())
