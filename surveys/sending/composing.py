"""What mails say. A mail is written at the moment it is sent, so that no secret is ever stored."""

import hashlib
from email.message import EmailMessage
from email.utils import formataddr
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from surveys.access import audit
from surveys.access.accounts import make_link
from surveys.answering import tokens
from surveys.answering.replying import any_question_open
from surveys.answering.sealing import mail_secret
from surveys.database import ROOT
from surveys.models.audit import OutboxMessage
from surveys.models.people import Account, Person
from surveys.models.pulses import Wave
from surveys.settings import Settings

SUBJECTS = {
    "invitation": "How was working together this month? ({organisation})",
    "reminder": "Still open: how was working together this month? ({organisation})",
    "release": "New results: wave {number} ({organisation})",
    "trustee": "Head of the audit log after wave {number} ({organisation})",
    "forgot": "A new password for Tribometer ({organisation})",
    "account": "Your access to Tribometer ({organisation})",
}
_pages = Environment(
    loader=FileSystemLoader(ROOT / "templates" / "sending"),
    autoescape=lambda name: bool(name) and str(name).endswith(".html"),
    undefined=StrictUndefined,
    trim_blocks=True,
)


def compose(session: Session, settings: Settings, queued: OutboxMessage) -> EmailMessage:
    """The mail of a queued message, in text and HTML."""
    name, address, facts = _facts(session, settings, queued)
    facts |= {"organisation": settings.organisation, "name": name}
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = formataddr((_one_line(name), _one_line(address)))
    mail["Subject"] = _one_line(SUBJECTS[queued.kind].format(**facts))
    # The same message always has the same id, so that a mail server can drop a second copy.
    mail["Message-ID"] = f"<{hashlib.sha256(queued.once.encode()).hexdigest()[:32]}@tribometer>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_pages.get_template(f"{queued.kind}.txt").render(facts))
    mail.add_alternative(_pages.get_template(f"{queued.kind}.html").render(facts), subtype="html")
    return mail


def _facts(
    session: Session, settings: Settings, queued: OutboxMessage
) -> tuple[str, str, dict[str, Any]]:
    wave = session.get(Wave, queued.wave_id) if queued.wave_id else None
    facts: dict[str, Any] = {"number": wave.number if wave else None}
    if queued.person_id is not None and wave is not None:
        person = session.get_one(Person, queued.person_id)
        code = tokens.grouped(
            tokens.personal_code(mail_secret(settings, wave.id), wave.id, person.id)
        )
        zone = ZoneInfo(wave.pulse.time_zone)
        facts |= {
            "link": f"{settings.base_url}/s#{code}",
            "page": f"{settings.base_url}/s",
            "code": code,
            "closes": f"{wave.closes_at.astimezone(zone):%A, %d %B, %H:%M} ({zone})",
            "rule": wave.rule,
            "asked": any_question_open(session),
            "replies": f"{settings.base_url}/s/reply",
        }
        return person.name, person.email, facts
    if queued.kind == "trustee":
        facts["head"] = audit.head(session)
        return "Trustee", settings.trustee, facts
    account = session.get_one(Account, queued.account_id)
    if queued.kind in ("account", "forgot"):
        new = "?new=1" if queued.kind == "forgot" else ""
        facts["link"] = f"{settings.base_url}/enter{new}#{make_link(session, account)}"
    else:
        facts["link"] = f"{settings.base_url}/pairs"
    return account.name, account.email, facts


def _one_line(text: str) -> str:
    # A header is one line, whatever a name in the directory contains.
    return " ".join(text.split())
