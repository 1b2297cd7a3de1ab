"""The throwaway organisation of the attacks: its people answer through the product's own functions.

The attackers' ledger is here: who answered, in which order, with which answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys import clock
from surveys.access import accounts
from surveys.access.viewer import COOKIE
from surveys.answering import ballot_box, tokens
from surveys.answering.sealing import Ballot, SeamBallot, mail_secret
from surveys.database import write_connection, write_session
from surveys.directory import importing
from surveys.models.enums import Role
from surveys.models.people import Account, Person, Team
from surveys.models.pulses import Wave
from surveys.operating import worker
from surveys.operating.serving import parts_of
from surveys.running import calendar, setup
from surveys.running.opening import open_wave
from surveys.web import Installation

ZONE = "Europe/Berlin"
HR = "hr@example.org"
#: the wave opened so long ago that a server with the true time takes answers
OPEN_SINCE = timedelta(days=2)
CODES = ("C1", "C2", "C3", "C4", "C5", "K1", "M1")
_SYLLABLES = ("bra", "cko", "dil", "fen", "gur", "hev", "jol", "kip", "lum", "mas", "nor", "pel")

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the throwaway organisation."""

    name: str
    email: str
    team: str


@dataclass(slots=True)
class Company:
    """A throwaway organisation on an empty installation."""

    app: Flask
    rng: Random
    teams: dict[str, int]
    members: list[Member]

    @property
    def installed(self) -> Installation:
        """The installation that it lives on."""
        return parts_of(self.app)

    def of_team(self, team: str) -> list[Member]:
        """The members of a team, the manager first."""
        return [m for m in self.members if m.team == team]


def found_company(app: Flask, sizes: Mapping[str, int], pairs: Pairs, rng: Random) -> Company:
    """Teams of these sizes, imported, paired and launched; the first wave is planned."""
    first = (clock.now() - OPEN_SINCE).astimezone(ZoneInfo(ZONE)).date()
    members = [member(n, team, rng) for team, size in sizes.items() for n in range(size)]
    company = Company(app, rng, {}, members)
    with (
        clock.at(datetime.combine(first, time(8), ZoneInfo(ZONE))),
        write_session(company.installed.sessions) as session,
    ):
        pulse = setup.the_pulse(session)
        text = directory(members)
        importing.apply_import(session, importing.plan_import(session, text))
        company.teams = {team.name: team.id for team in session.scalars(select(Team))}
        for one, two in pairs:
            setup.add_pair(session, HR, pulse, company.teams[one], company.teams[two])
        setup.set_calendar(session, HR, pulse, first, 4, 10, ZONE)
        setup.launch(session, HR, pulse)
    return company


def member(number: int, team: str, rng: Random) -> Member:
    """A newcomer with a name that no text contains by chance."""
    given, family = ("".join(rng.choices(_SYLLABLES, k=3)).capitalize() for _ in range(2))
    address = f"{given}.{family}.{number}.{rng.randrange(10**6)}@example.org".lower()
    return Member(f"{given} {family}", address, team)


def directory(members: Iterable[Member]) -> str:
    """The CSV of the people; the first of each team manages it."""
    lines, known = ["name,email,team,manager"], set()
    for m in members:
        lines.append(f"{m.name},{m.email},{m.team},{'' if m.team in known else 'yes'}")
        known.add(m.team)
    return "\n".join(lines)


def open_next(company: Company) -> Wave:
    """The planned wave, opened at its hour with today's members."""
    installed = company.installed
    with write_session(installed.sessions) as session:
        wave = session.scalars(select(Wave).where(Wave.is_planned)).one()
        with clock.at(wave.opens_at):
            plan = importing.plan_import(session, directory(company.members), True)
            importing.apply_import(session, plan)
            open_wave(session, installed.settings, wave)
            calendar.plan_next(session, wave.pulse)
    return wave


def codes_of(company: Company, wave: Wave) -> dict[str, str]:
    """Personal codes of a wave by address: what the mails carry."""
    secret = mail_secret(company.installed.settings, wave.id)
    with company.installed.sessions() as session:
        return {
            p.email: tokens.personal_code(secret, wave.id, p.id)
            for p in session.scalars(select(Person).where(Person.active))
        }


def cast(company: Company, wave: Wave, code: str, ballot: Ballot) -> str:
    """Put a ballot in on the wave's second day; returns the receipt."""
    with clock.at(second_day(wave)), write_connection(company.installed.engine) as connection:
        return ballot_box.cast(connection, ballot_box.admit(connection, code), code, ballot)


def second_day(wave: Wave) -> datetime:
    """A moment at which the wave is open."""
    return wave.opens_at + timedelta(days=1)


def after(wave: Wave) -> datetime:
    """A moment at which the wave is over."""
    return wave.closes_at + timedelta(minutes=1)


def numbered(number: int, target: int, comments: dict[str, str] | None = None) -> SeamBallot:
    """An answer about a team whose scores are the number in base five: the attackers' mark."""
    digits = [number // 5**place % 5 for place in range(len(CODES))]
    scores = {code: digit + 1 for code, digit in zip(CODES, digits, strict=True)}
    return SeamBallot(target, True, scores, comments or {})


def number_of(scores: Mapping[str, int]) -> int:
    """The number that `numbered` put into the scores."""
    return sum((scores[code] - 1) * 5**place for place, code in enumerate(CODES))


def end(company: Company, wave: Wave) -> None:
    """Close and publish the wave at its hour."""
    installed = company.installed
    with clock.at(after(wave)):
        worker.close_and_publish_due(installed.sessions, installed.engine, installed.settings)


def add_account(company: Company, email: str, role: Role, team: str | None = None) -> None:
    """An account with one role."""
    with write_session(company.installed.sessions) as session:
        made = accounts.add_account(session, email, email.split("@")[0])
        accounts.grant(session, made, role, company.teams[team] if team else None)


def visitor(company: Company, email: str | None = None) -> FlaskClient:
    """A browser in which an account is signed in, or nobody; forms need no token here."""
    company.app.config["WTF_CSRF_ENABLED"] = False
    client = company.app.test_client()
    if email is not None:
        with write_session(company.installed.sessions) as session:
            account = session.scalars(select(Account).where(Account.email == email)).one()
            client.set_cookie(COOKIE, accounts.sign_in(session, account))
    return client
