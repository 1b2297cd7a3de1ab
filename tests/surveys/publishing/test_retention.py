"""What is forgotten, when, and that figures stay; the trustee's mail."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from surveys import clock
from surveys.access import accounts, audit
from surveys.database import write_session
from surveys.errors import SettingsError
from surveys.models.ballots import Comment
from surveys.models.people import SignIn
from surveys.models.pulses import Invitation
from surveys.models.releases import Figure
from surveys.models.themes import Quote
from surveys.models.threads import ThreadMessage
from surveys.operating import worker
from surveys.publishing.retention import MONTH, forget_old
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened

LATE = "They tell us about changes far too late, the forecast came after the order."
TABLES = (Invitation, Comment, Quote, ThreadMessage, Figure)


def counts(installed: Installation) -> dict[str, int]:
    with installed.sessions() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in TABLES
        }


def test_invitations_go_after_a_month_and_comments_after_two_years(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12}, LATE)
    closed(either, wave)
    before = counts(either)
    for age in (timedelta(days=29), timedelta(days=31), 24.1 * MONTH):
        with clock.at(wave.closes_at + age):
            forget_old(either.sessions, either.engine, either.settings)
        now = counts(either)
        assert (now["invitation"] == 0) == (age > timedelta(days=30))
        assert (now["comment"] == now["quote"] == 0) == (age > 24 * MONTH)
    assert before["comment"] > 20
    assert now["figure"] == before["figure"]


def test_comments_may_live_shorter_but_not_longer(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12}, LATE)
    closed(either, wave)
    short = replace(either.settings, comment_months=3)
    with clock.at(wave.closes_at + 3.1 * MONTH):
        forget_old(either.sessions, either.engine, short)
    assert counts(either)["comment"] == 0
    for months in ("25", "0", "many"):
        with pytest.raises(SettingsError, match="from 1 to 24"):
            Settings.read(Path("x"), {"TRIBOMETER_COMMENT_MONTHS": months})


def test_an_open_wave_loses_nothing(either: Installation) -> None:
    company(either)
    wave = opened(either)
    with clock.at(wave.opens_at + timedelta(days=400)):
        forget_old(either.sessions, either.engine, either.settings)
    assert counts(either)["invitation"] == 24


def test_old_sign_ins_go(installed: Installation) -> None:
    hr = account(installed, "hr@example.org", "hr")
    with write_session(installed.sessions) as session:
        accounts.sign_in(session, hr)
        accounts.make_link(session, hr)
    with clock.at(clock.now() + timedelta(days=8)):
        forget_old(installed.sessions, installed.engine, installed.settings)
    with installed.sessions() as session:
        assert session.scalars(select(SignIn)).all() == []


def test_the_trustee_gets_the_head_after_every_wave(installed: Installation) -> None:
    company(installed)
    wave = opened(installed)
    with write_session(installed.sessions) as session:
        audit.record(session, "hr@example.org", "did something")
        head = audit.head(session)
    settings = replace(installed.settings, trustee="council@example.org")
    with clock.at(wave.closes_at + timedelta(minutes=1)):
        for _ in range(2):
            worker.advance(installed.sessions, installed.engine, settings)
    outbox = Path(settings.outbox.removeprefix("file:"))
    mails = [m for p in outbox.glob("*.eml") if "council@" in (m := p.read_text())]
    assert len(mails) == 1
    assert head in mails[0].replace("=\n", "")
