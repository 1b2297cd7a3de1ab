"""Attack 9: names, addresses and telephones that people write about colleagues, and who gets them.

Searched are every page, file, document and mail, and the log, as every role, while answers are
sealed, after they were published, and after HR has released every quote.
"""

import email
import email.policy
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

from flask import Flask
from sqlalchemy import select

from surveys import clock
from surveys.curating.deciding import decide_quote
from surveys.database import write_session
from surveys.lab.attacks.company import Company, Member, second_day
from surveys.lab.attacks.doors import ROLES, House, address, answer_all, furnish, rules_of
from surveys.lab.attacks.log_collector import listening
from surveys.lab.attacks.result import AttackResult, judged
from surveys.models.enums import QuoteState
from surveys.models.people import Account
from surveys.models.themes import Quote
from surveys.sending.outbox import deliver_due

NAME = "text leaker"
TEAM_SIZE = 12
#: an ordinary word of everybody's comment: in the month that is published, and in the open one
PUBLISHED, SEALED = "zambezikarte", "limpopokarte"
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
#: who may read quotes that HR has not released
CURATORS = ("hr",)

#: address of a page, file or mail, by role and stage, and its text
Text = tuple[str, str, str]


def leak(app: Flask, rng: Random) -> AttackResult:
    """Plant, publish, release, and read everything as everybody."""
    plants = Plants(rng)
    with listening() as heard:
        house = furnish(app, TEAM_SIZE, rng, plants.published)
        answer_all(house.company, house.open_wave, rng, plants.sealed)
        members = [m for m in house.company.members if m.email not in _managers(house.company)]
        plants.names = [m.name for m in members] + [m.name.split()[0] for m in members]
        before = list(_everything(house, "before HR released"))
        quotes = _release_all(house)
        after = list(_everything(house, "after HR released"))
    texts = [*before, *after, ("the log", "", "\n".join(heard))]
    found = [line for where, role, text in texts for line in plants.found_in(where, role, text)]
    for where, role, text in before:
        if PUBLISHED in text and role not in CURATORS:
            found.append(f"a quote that HR has not released is in {where}")
    says = f"{len(texts)} pages, files and mails; {quotes} quotes before and after their release"
    return judged(NAME, len(texts), found, says)


class Plants:
    """What people write: about colleagues, with telephones and addresses that nobody has."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.names: list[str] = []
        self.planted: list[str] = []

    def published(self, who: Member) -> str:
        """A comment of the month that is published."""
        return self._text(who, PUBLISHED)

    def sealed(self, who: Member) -> str:
        """A comment of the month that is still open."""
        return self._text(who, SEALED)

    def found_in(self, where: str, role: str, text: str) -> list[str]:
        """What of it stands in a text."""
        found = [f"“{plant}” is in {where}" for plant in self.planted if plant in text]
        # Everybody may read the own name in the own mail.
        if role != "mail":
            found += [f"the name {name} is in {where}" for name in self.names if name in text]
        if SEALED in text:
            found.append(f"a sealed comment is in {where}")
        return found

    def _text(self, who: Member, word: str) -> str:
        phone = f"+49 89 {self.rng.randrange(10**6, 10**7)}"
        mail = f"secret{self.rng.randrange(10**6)}@example.net"
        self.planted += [phone, mail]
        given, family = who.name.split()
        return (
            f"Changes to the {word} reach us too late. {given} {family} never tells us, "
            f"ask {given} on {phone} or {mail}."
        )


def _everything(house: House, stage: str) -> Iterator[Text]:
    """Every address as every role, with own and with others' objects; and every mail."""
    app = house.company.app
    with clock.at(second_day(house.open_wave)):
        for role in ROLES:
            for objects in (house.own.get(role, house.own["hr"]), house.foreign.get(role, {})):
                for rule in rules_of(app):
                    path = address(app, rule, objects)
                    if path and "GET" in (rule.methods or ()):
                        body = house.visitors[role].get(path).get_data()
                        yield f"{path} as {role}, {stage}", role, unpacked(body)
        installed = house.company.installed
        deliver_due(installed.sessions, installed.settings)
    for file in Path(installed.settings.outbox.removeprefix("file:")).glob("*.eml"):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        parts = [str(mail[name]) for name in mail]
        parts += [
            part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
        ]
        yield f"a mail, {stage}", "mail", "\n".join(parts)


def unpacked(body: bytes) -> str:
    """The text of a body: of a workbook its parts, of a PDF what its streams hold."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            body = b"\n".join(file.read(name) for name in file.namelist())
    if body.startswith(b"%PDF"):
        for packed in STREAM.findall(body):
            with suppress(zlib.error):
                body += zlib.decompress(packed)
    return body.decode(errors="replace")


def _release_all(house: House) -> int:
    """HR releases every quote; returns how many there were."""
    with write_session(house.company.installed.sessions) as session:
        hr = session.scalars(select(Account).where(Account.email == "hr@example.org")).one()
        quotes = session.scalars(select(Quote.id)).all()
        for quote in quotes:
            decide_quote(session, quote, QuoteState.RELEASED, hr.id)
    return len(quotes)


def _managers(company: Company) -> set[str]:
    """Addresses of those whose names HR sees on purpose: people who sign in."""
    with company.installed.sessions() as session:
        return set(session.scalars(select(Account.email)))
