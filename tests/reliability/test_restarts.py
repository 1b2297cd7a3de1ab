"""Two hundred workers die at a random moment; every step of every wave still happens once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from random import Random

import pytest
from sqlalchemy import event, func, select

from surveys import clock
from surveys.models.audit import OutboxMessage
from surveys.models.pulses import Invitation, Wave, WaveTeam
from surveys.models.releases import Release
from surveys.operating import worker
from surveys.sending.transports import FolderTransport
from surveys.web import Installation
from tests.factories import account, company

WAVES = 5
DEATHS = 10
"""Workers that die at each of the four steps of a wave."""
MAX_LIFETIME = 40
"""Statements and mails that a worker gets done at most before it dies."""


class Killed(BaseException):
    """The process is gone: nothing in it may catch this."""


class Fate:
    """Ends the worker after so many statements and mails; a mail may go before or after that."""

    def __init__(self) -> None:
        self.left = float("inf")
        self.deaths = 0
        self.sent: Counter[str] = Counter()

    def step(self, *_args: object) -> None:
        self.left -= 1
        if self.left < 0:
            self.left, self.deaths = float("inf"), self.deaths + 1
            raise Killed

    def send(self, _transport: FolderTransport, mail: EmailMessage) -> None:
        self.step()
        self.sent[f"{mail['Message-ID']} {mail['Subject']}"] += 1
        self.step()


@pytest.fixture
def fate(either: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fate]:
    made = Fate()
    monkeypatch.setattr(FolderTransport, "send", lambda *given: made.send(*given))
    event.listen(either.engine, "before_cursor_execute", made.step)
    yield made
    event.remove(either.engine, "before_cursor_execute", made.step)


@contextmanager
def dying() -> Iterator[None]:
    try:
        yield
    except Killed:
        return


def unknown_messages(installed: Installation) -> dict[int, str]:
    """Kinds of the messages of which nobody knows whether they went, by number."""
    with installed.sessions() as session:
        rows = session.execute(
            select(OutboxMessage.id, OutboxMessage.kind).where(OutboxMessage.state == "unknown")
        )
        return dict(rows.all())


# Who dies here leaves its cursors to the collector of garbage, which a process that dies does not.
@pytest.mark.filterwarnings("ignore:.*ServerCursor:pytest.PytestUnraisableExceptionWarning")
def test_two_hundred_restarts_lose_and_double_nothing(either: Installation, fate: Fate) -> None:
    random = Random(7)
    company(either, Buying=6, Selling=6)
    account(either, "hr@example.org", "hr")

    def look(moment: datetime) -> None:
        with clock.at(moment), dying():
            worker.advance(either.sessions, either.engine, either.settings)

    unknown: dict[int, str] = {}
    for _ in range(WAVES):
        with either.sessions() as session:
            wave = session.scalars(select(Wave).where(Wave.is_planned)).one()
        opens, closes = wave.opens_at, wave.closes_at
        steps = [opens, opens + timedelta(days=4), opens + timedelta(days=8), closes]
        for moment in steps:
            before = fate.deaths
            while fate.deaths < before + DEATHS:
                fate.left = random.randrange(MAX_LIFETIME)
                look(moment + timedelta(minutes=1))
                if fate.left != float("inf"):
                    # All was done before its hour had come: the next one dies while it looks.
                    fate.left = 3
                    look(moment + timedelta(minutes=1 + random.randrange(600)))
            fate.left = float("inf")
            for hours in (11, 12):
                look(moment + timedelta(hours=hours))
            # Noted at once: what became of a message is forgotten a month after its wave.
            unknown |= unknown_messages(either)

    assert fate.deaths >= 200
    with either.sessions() as session:
        states = Counter(session.scalars(select(Wave.state)))
        assert states == {"published": WAVES, "planned": 1}
        assert session.scalar(select(func.count()).select_from(Release)) == WAVES
        assert session.scalar(select(func.count()).select_from(WaveTeam)) == 2 * WAVES
        invited = session.scalar(select(func.count()).select_from(Invitation))
    assert invited is not None
    assert invited % 12 == 0
    assert set(fate.sent.values()) == {1}
    kinds = Counter(mail.split()[1] for mail in fate.sent)
    kinds_of_unknown = Counter(unknown.values())
    # Whatever was on its way when a worker died is shown as unknown, and nothing else is missing.
    assert 12 * WAVES - kinds_of_unknown["invitation"] <= kinds["How"] <= 12 * WAVES
    assert 3 * WAVES - kinds_of_unknown["release"] <= kinds["New"] <= 3 * WAVES
    assert kinds["Still"] <= 2 * 12 * WAVES
    assert kinds["Still"] >= 2 * 12 * WAVES - fate.deaths
    print(f"{fate.deaths} deaths, sent {dict(kinds)}, unknown {dict(kinds_of_unknown)}")
