"""Mails about agreements: once to each manager, on working days, in their language."""

import email
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select

from surveys import clock
from surveys.database import write_session
from surveys.improving import agreements
from surveys.improving.agreements import PlannedStep
from surveys.improving.reminding import queue_agreement_mails
from surveys.models.agreements import Agreement
from surveys.models.audit import ABOUT_AGREEMENTS, OutboxMessage
from surveys.models.people import Account, Grant, Person
from surveys.models.pulses import Pulse
from surveys.sending.outbox import deliver_due
from tests.factories import HR
from tests.surveys.improving.conftest import TODAY, House

#: managers of Buying and Selling: one of the directory and one account each
BOTH = 4


def look(house: House, day: date, hour: int = 10) -> int:
    """What the worker queues when it looks at this hour (UTC)."""
    with (
        clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC)),
        house.write_session() as s,
    ):
        return queue_agreement_mails(s)


def test_a_step_is_told_when_due_and_when_overdue_once_each(house: House) -> None:
    due = TODAY + timedelta(days=7)
    house.agreement(PlannedStep("Fix the day", due))
    told = [look(house, TODAY + timedelta(days=n)) for n in range(40)]
    assert {n: count for n, count in enumerate(told) if count} == {7: BOTH, 14: BOTH}


def test_a_step_that_is_done_or_of_an_ended_or_unsigned_agreement_is_let_be(house: House) -> None:
    done = house.agreement(PlannedStep("Fix the day", TODAY))
    ended = house.agreement(PlannedStep("Fix the day", TODAY))
    house.agreement(PlannedStep("Fix the day", TODAY), signed=False)
    with house.write_session() as session:
        one = session.get_one(Agreement, done)
        agreements.tick(session, HR, one, one.steps[0].id, done=True)
        agreements.end(session, HR, session.get_one(Agreement, ended), TODAY, "Enough.")
    assert sum(look(house, TODAY + timedelta(days=n)) for n in range(15)) == 0


def test_after_a_long_stop_only_the_latest_is_said(house: House) -> None:
    house.agreement(PlannedStep("Fix the day", TODAY))
    assert look(house, TODAY + timedelta(days=20)) == BOTH
    with house.installed.sessions() as session:
        kinds = set(session.scalars(select(OutboxMessage.kind).where(
            OutboxMessage.kind.in_(ABOUT_AGREEMENTS))))  # fmt: skip
    assert kinds == {"step_overdue"}


def test_nothing_goes_at_weekends_on_holidays_or_before_nine(house: House) -> None:
    saturday = date(2026, 3, 7)
    house.agreement(PlannedStep("Fix the day", saturday))
    with house.write_session() as session:
        session.scalars(select(Pulse)).one().holidays = ["2026-03-09"]
    days = [saturday + timedelta(days=n) for n in range(4)]
    assert [look(house, day) for day in days[:3]] == [0, 0, 0]
    assert look(house, days[3], hour=7) == 0, "eight o'clock in Berlin"
    assert look(house, days[3], hour=8) == BOTH


def test_a_second_signature_is_asked_for_after_a_week(house: House) -> None:
    number = house.agreement(signed=False)
    assert look(house, TODAY + timedelta(days=9)) == 0, "nobody has signed yet"
    with house.write_session() as session:
        made = session.get_one(Agreement, number)
        agreements.sign(session, HR, made, house.teams["Buying"], None)
    told = [look(house, TODAY + timedelta(days=n)) for n in range(20)]
    assert {n: count for n, count in enumerate(told) if count} == {7: BOTH}


def test_six_workers_at_once_say_it_once(house: House) -> None:
    house.agreement(PlannedStep("Fix the day", TODAY))

    def work(_n: int) -> int:
        at = datetime(2026, 3, 4, 10, tzinfo=UTC)
        with clock.at(at), write_session(house.installed.sessions) as session:
            return queue_agreement_mails(session)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(work, range(6))) == [0, 0, 0, 0, 0, BOTH]


@pytest.mark.parametrize("kind", ["step", "unsigned"])
def test_the_mail_is_in_the_readers_language_and_leads_to_the_pair(house: House, kind: str) -> None:
    with house.write_session() as session:
        manager = session.scalars(
            select(Account).join(Grant).where(Grant.team_id == house.teams["Buying"])
        ).first()
        assert manager is not None
        person = session.scalars(select(Person).where(Person.email == manager.email)).one()
        person.language = "de"
    if kind == "step":
        house.agreement(PlannedStep("Fix the day", TODAY))
        day = TODAY
    else:
        number, day = house.agreement(signed=False), TODAY + timedelta(days=7)
        with house.write_session() as session:
            made = session.get_one(Agreement, number)
            agreements.sign(session, HR, made, house.teams["Buying"], None)
    look(house, day)
    with clock.at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
        deliver_due(house.installed.sessions, house.installed.settings)
    folder = Path(house.installed.settings.outbox.removeprefix("file:"))
    mails = [email.message_from_bytes(p.read_bytes(), policy=default) for p in folder.glob("*.eml")]
    mine = [m for m in mails if "#agreements" in m.get_body(("plain",)).get_content()]
    assert len(mine) == BOTH
    assert [m["Content-Language"] for m in mine if manager.email in m["To"]] == ["de"]
    text = mine[0].get_body(("plain",)).get_content()
    assert house.page in text
    assert ("Fix the day" in text) == (kind == "step")
