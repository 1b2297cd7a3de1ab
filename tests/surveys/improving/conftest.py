"""Two managers and HR of a launched company, on either database, with their browsers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.database import write_session
from surveys.improving import agreements
from surveys.models.agreements import Agreement
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import HR, account, company, sign_in

#: a Wednesday
TODAY = date(2026, 3, 4)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass
class House:
    """Buying and Selling are a pair; so are both with Making, whom nobody here manages."""

    installed: Installation
    teams: dict[str, int]
    browsers: dict[str, FlaskClient]

    @property
    def pair(self) -> tuple[int, int]:
        return self.teams["Buying"], self.teams["Selling"]

    @property
    def page(self) -> str:
        return "/pairs/{}/{}".format(*self.pair)

    @contextmanager
    def write_session(self) -> Iterator[Session]:
        with write_session(self.installed.sessions) as session:
            yield session

    def agreement(self, *steps: agreements.PlannedStep, signed: bool = True) -> int:
        """An agreement of today; returns its number."""
        with self.write_session() as session:
            made = agreements.propose(
                session,
                HR,
                self.pair,
                "communication",
                "joint_meetings",
                "Meet.",
                TODAY,
                steps=steps,
            )
            if signed:
                for team in self.pair:
                    agreements.sign(session, HR, made, team, None)
            return made.id

    def stored(self, number: int) -> Agreement:
        with self.installed.sessions() as session:
            found = session.scalars(select(Agreement).where(Agreement.id == number)).one()
            assert found.signatures is not None
            assert found.steps is not None
            return found


@pytest.fixture
def house(either: Installation) -> Iterator[House]:
    app = APPS[id(either)]
    app.config["WTF_CSRF_ENABLED"] = False
    teams = company(either, Buying=6, Selling=6, Making=6)
    account(either, "buyer@example.org", "manager", teams["Buying"])
    account(either, "seller@example.org", "manager", teams["Selling"])
    account(either, "maker@example.org", "manager", teams["Making"])
    account(either, "hr@example.org", "hr")
    with clock.at(NOON):
        browsers = {}
        for name in ("buyer", "seller", "maker", "hr"):
            browsers[name] = app.test_client()
            sign_in(browsers[name], f"{name}@example.org")
        yield House(either, teams, browsers)
