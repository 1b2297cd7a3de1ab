"""Makes companies, waves and answers for tests, through the product's own functions."""

from collections.abc import Collection, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys import clock
from surveys.access import accounts
from surveys.answering import ballot_box, tokens
from surveys.answering.sealing import Ballot, SeamBallot, mail_secret
from surveys.database import write_connection, write_session
from surveys.directory import importing
from surveys.models.enums import Direction
from surveys.models.people import Account, Person, Team
from surveys.models.pulses import Wave
from surveys.models.releases import TrendPoint
from surveys.operating import worker
from surveys.reading.figures import FigureView
from surveys.running import calendar, setup
from surveys.running.opening import open_wave
from surveys.web import Installation

FIRST_DAY = date(2026, 3, 2)  # a Monday
#: who acts in the name of HR
HR = "hr@example.org"
PASSWORD = "a long enough password"
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
CORE = ("C1", "C2", "C3", "C4", "C5", "K1", "M1")
Comments = dict[str, str]


def directory(sizes: Mapping[str, int]) -> str:
    """The CSV of a company: person 1 of each team manages it."""
    lines = ["name,email,team,manager"]
    for team, size in sizes.items():
        for i in range(1, size + 1):
            manager = "yes" if i == 1 else ""
            lines.append(f"{team} Person {i},{team.lower()}{i}@example.org,{team},{manager}")
    return "\n".join(lines)


def company(installed: Installation, **sizes: int) -> dict[str, int]:
    """Teams with their people, every two of them a pair, launched; returns team ids by name."""
    sizes = sizes or {"Buying": 12, "Selling": 12}
    with clock.at(datetime(2026, 3, 1, tzinfo=UTC)), write_session(installed.sessions) as session:
        pulse = setup.the_pulse(session)
        importing.apply_import(session, importing.plan_import(session, directory(sizes)))
        teams = {team.name: team.id for team in session.scalars(select(Team))}
        for one, two in combinations(sizes, 2):
            setup.add_pair(session, HR, pulse, teams[one], teams[two])
        setup.set_calendar(session, HR, pulse, FIRST_DAY, 4, 10, "Europe/Berlin")
        setup.launch(session, HR, pulse)
    return teams


def opened(installed: Installation) -> Wave:
    """The next wave, opened at its hour."""
    with write_session(installed.sessions) as session:
        wave = session.scalars(select(Wave).where(Wave.is_planned)).one()
        with clock.at(wave.opens_at):
            open_wave(session, installed.settings, wave)
            calendar.plan_next(session, wave.pulse)
    return wave


@contextmanager
def during(wave: Wave):  # type: ignore[no-untyped-def]
    """Inside the block the wave is in its second day."""
    with clock.at(wave.opens_at + timedelta(days=1)):
        yield


def code_of(installed: Installation, wave: Wave, email: str) -> str:
    """The personal code of somebody in a wave."""
    with installed.sessions() as session:
        person = session.scalars(select(Person).where(Person.email == email)).one()
    return tokens.personal_code(mail_secret(installed.settings, wave.id), wave.id, person.id)


def part(target: int, score: int = 3, comments: Comments | None = None) -> SeamBallot:
    """An answer about one team with the same tick everywhere."""
    return SeamBallot(target, True, dict.fromkeys(CORE, score), comments or {})


def answer(installed: Installation, wave: Wave, email: str, rater: int, *parts: SeamBallot) -> str:
    """Cast a ballot; returns the receipt."""
    code = code_of(installed, wave, email)
    with during(wave):
        return cast(installed, code, Ballot(rater, parts))


def cast(installed: Installation, code: str, ballot: Ballot) -> str:
    """Put a ballot in as the page does; returns the receipt."""
    with write_connection(installed.engine) as connection:
        return ballot_box.cast(connection, ballot_box.admit(connection, code), code, ballot)


def everybody_answers(
    installed: Installation,
    wave: Wave,
    teams: Mapping[str, int],
    sizes: Mapping[str, int],
    comment: str | None = None,
    but: Collection[str] = (),
) -> None:
    """`sizes` says how many of each team answer, about every other team, with varied scores.

    Not those whose addresses are in `but`.
    """
    for team, size in sizes.items():
        others = [ident for name, ident in teams.items() if name != team]
        for i in range(1, size + 1):
            said = {"O1": comment} if comment else {}
            parts = [part(other, 1 + i % 4, said) for other in others]
            email = f"{team.lower()}{i}@example.org"
            if email not in but:
                answer(installed, wave, email, teams[team], *parts)


def closed(installed: Installation, wave: Wave) -> None:
    """Close and publish the wave at its hour."""
    with clock.at(wave.closes_at + timedelta(minutes=1)):
        worker.close_and_publish_due(installed.sessions, installed.engine, installed.settings)


def account(installed: Installation, email: str, role: str, team_id: int | None = None) -> Account:
    """An account with a password and one role.

    Its hash takes no time: one as the product makes takes a tenth of a second, and as much again at
    each sign-in. Tests of hashes and times use `accounts.set_password`.
    """
    with write_session(installed.sessions) as session:
        made = accounts.add_account(session, email, email.split("@")[0])
        made.password_hash = QUICK_HASH
        accounts.grant(session, made, role, team_id)
    return made


def sign_in(client: FlaskClient, email: str) -> None:
    """Sign a client in."""
    done = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert done.status_code == 302, done.text


def path_along(
    figures: tuple[FigureView, ...], alarm: Direction | None
) -> tuple[TrendPoint | None, ...]:
    """A drawn line that goes through the figures themselves, with an alarm in the newest month."""
    return tuple(
        TrendPoint(n, f.value, f.low, f.high, alarm if n == len(figures) else None)
        if f.value is not None and f.low is not None and f.high is not None
        else None
        for n, f in enumerate(figures, start=1)
    )


def first_month(installed: Installation) -> dict[str, int]:
    """A first published month: Buying and Selling answered, of Shipping and Legal three each.

    So one pair has figures of both sides, four have those of one side, one has none; HR and the
    manager of Buying have passwords. Returns team ids by name.
    """
    sizes = {"Buying": 12, "Selling": 12, "Shipping": 12, "Legal": 12}
    teams = company(installed, **sizes)
    account(installed, "hr@example.org", "hr")
    account(installed, "buying@example.org", "manager", teams["Buying"])
    wave = opened(installed)
    everybody_answers(
        installed, wave, teams, {"Buying": 12, "Selling": 12, "Shipping": 3, "Legal": 3},
        "Contracts wait for weeks with the lawyers and nobody says where they are.",
    )  # fmt: skip
    closed(installed, wave)
    return teams
