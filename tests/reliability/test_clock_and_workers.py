"""Two workers, a whole year, and a clock that jumps: everything happens once, never too early."""

import threading
from collections import Counter
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from surveys import clock
from surveys.answering.ballot_box import NotAccepted
from surveys.answering.sealing import Ballot
from surveys.database import write_session
from surveys.models.audit import OutboxMessage
from surveys.models.pulses import Wave
from surveys.models.releases import Release
from surveys.operating import worker
from surveys.publishing.close import close_wave
from surveys.sending.transports import FolderTransport
from surveys.web import Installation
from tests.factories import account, answer, cast, code_of, company, opened, part

WAVES = 13
PEOPLE = 16
BERLIN = ZoneInfo("Europe/Berlin")
JUMP = timedelta(hours=2)


def both(installed: Installation, moment: datetime) -> None:
    """Two workers look at the clock at the same moment."""
    ready = threading.Barrier(2)

    def look() -> None:
        with clock.at(moment):
            ready.wait()
            worker.advance(installed.sessions, installed.engine, installed.settings)

    workers = [threading.Thread(target=look) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()


def test_two_workers_run_a_year_and_everything_happens_once(
    either: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: Counter[str] = Counter()
    lock = threading.Lock()

    def send(_self: FolderTransport, mail: EmailMessage) -> None:
        with lock:
            sent[f"{mail['Message-ID']} {mail['Subject']}"] += 1

    monkeypatch.setattr(FolderTransport, "send", send)
    company(either, Buying=PEOPLE // 2, Selling=PEOPLE // 2)
    account(either, "hr@example.org", "hr")
    for _ in range(WAVES):
        with either.sessions() as session:
            wave = session.scalars(select(Wave).where(Wave.is_planned)).one()
        assert wave.opens_at.astimezone(BERLIN).hour == 9
        assert wave.closes_at.astimezone(BERLIN).hour == 18
        both(either, wave.opens_at - timedelta(minutes=1))
        for days in (0, 4, 8):
            both(either, wave.opens_at + timedelta(days=days, minutes=1))
        both(either, wave.closes_at - timedelta(minutes=1))
        both(either, wave.closes_at + timedelta(minutes=1))
    with either.sessions() as session:
        states = Counter(session.scalars(select(Wave.state)))
        assert session.scalar(select(func.count()).select_from(Release)) == WAVES
    assert states == {"published": WAVES, "planned": 1}
    assert set(sent.values()) == {1}
    kinds = Counter(mail.split()[1] for mail in sent)
    assert kinds["How"] == WAVES * PEOPLE
    assert kinds["Still"] == 2 * WAVES * PEOPLE
    assert kinds["New"] == 3 * WAVES  # HR and both managers


def test_after_closing_a_clock_set_back_takes_nothing(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    code = code_of(either, wave, "buying2@example.org")
    with clock.at(wave.closes_at + timedelta(minutes=1)):
        close_wave(either.sessions, either.engine, either.settings, wave.id)
    with clock.at(wave.closes_at - JUMP):
        worker.advance(either.sessions, either.engine, either.settings)
    ballot = Ballot(teams["Buying"], (part(teams["Selling"]),))
    with clock.at(wave.closes_at - JUMP), pytest.raises(NotAccepted):
        cast(either, code, ballot)


def test_a_clock_that_jumps_closes_nothing_early_and_reminds_once(either: Installation) -> None:
    company(either)
    wave = opened(either)
    reminder = wave.opens_at + timedelta(days=4)
    for moment in (reminder, reminder - JUMP, reminder + JUMP, reminder, wave.closes_at - JUMP):
        with clock.at(moment):
            worker.advance(either.sessions, either.engine, either.settings)
    with write_session(either.sessions) as session:
        assert session.get_one(Wave, wave.id).state == "open"
        marks = select(func.count()).where(OutboxMessage.kind == "mark")
        assert session.scalar(marks) == 2
