"""Each kind of row that is kept only so that things run has an end of life, and the log says so."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from surveys import clock
from surveys.access import api_tokens, audit, throttle
from surveys.database import Base, write_session
from surveys.directory import undoing
from surveys.improving import agreements
from surveys.models.access import ApiToken
from surveys.models.agreements import Agreement
from surveys.models.audit import AuditEntry, OutboxMessage
from surveys.models.people import SignInFailure
from surveys.models.pulses import DirectoryBefore
from surveys.operating import worker
from surveys.operating.forgetting import AUDIT, MONTH, forget_operational
from surveys.reading.playbook import playbook
from surveys.web import Installation
from tests.factories import HR, account, closed, company, opened

DAY = timedelta(days=1)


def count(installed: Installation, table: type[Base]) -> int:
    with installed.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def messages(installed: Installation) -> set[str]:
    with installed.sessions() as session:
        return set(session.scalars(select(OutboxMessage.kind)))


def test_messages_of_a_wave_go_a_month_after_it_and_are_not_sent_again(
    either: Installation,
) -> None:
    company(either)
    account(either, "hr@example.org", "hr")
    wave = opened(either)
    closed(either, wave)
    with clock.at(wave.closes_at + timedelta(hours=1)):
        worker.advance(either.sessions, either.engine, either.settings)
    assert {"release", "account"} <= messages(either)
    for age, left in ((MONTH - DAY, True), (MONTH + DAY, False)):
        with clock.at(wave.closes_at + age):
            forget_operational(either.sessions)
            assert ("release" in messages(either)) == left
    with clock.at(wave.closes_at + MONTH + 2 * DAY):
        worker.advance(either.sessions, either.engine, either.settings)
    assert "release" not in messages(either)
    assert "account" not in messages(either)


def test_what_waits_and_what_an_agreement_needs_stays(either: Installation) -> None:
    """By its sent mails an agreement knows whom it told of a step: they stay as long as it runs."""
    teams = sorted(company(either).values())
    today, plan = clock.now().date(), playbook()[0]
    with write_session(either.sessions) as session:
        session.execute(delete(OutboxMessage))
        made = agreements.propose(
            session, HR, (teams[0], teams[1]), plan.causes[0], plan.code, "As said.", today
        )
        session.flush()
        about = {"once": "unsigned 1", "kind": "unsigned", "agreement_id": made.id}
        session.add(OutboxMessage(**about, state="sent", due_at=clock.now()))
        session.add(OutboxMessage(once="x", kind="forgot", state="waiting", due_at=clock.now()))
    later = clock.now() + timedelta(days=200)
    with clock.at(later):
        forget_operational(either.sessions)
    assert messages(either) == {"unsigned", "forgot"}
    with write_session(either.sessions) as session:
        ended = {"ended_on": today, "end_reason": "Over."}
        session.execute(update(Agreement).values(**ended))
    with clock.at(later):
        forget_operational(either.sessions)
    assert messages(either) == {"forgot"}


def test_failures_an_old_directory_and_ended_tokens_go(either: Installation) -> None:
    with write_session(either.sessions) as session:
        throttle.count(session, throttle.second_bucket(1))
        session.execute(delete(DirectoryBefore))
        undoing.remember(session)
        for name in ("ended", "live"):
            api_tokens.make_token(session, "test", name, ["scim"])
        api_tokens.revoke_token(session, "test", 1)
    tables = (SignInFailure, DirectoryBefore, ApiToken)
    seen = []
    for days in (0, 2, 31, 366):
        with clock.at(clock.now() + days * DAY):
            forget_operational(either.sessions)
        seen.append([count(either, table) for table in tables])
    assert seen == [[1, 1, 2], [0, 1, 2], [0, 0, 2], [0, 0, 1]]


@pytest.fixture
def old_log(either: Installation) -> Installation:
    """Entries of seven years, one each quarter."""
    now = clock.now()
    for quarter in range(28):
        with (
            clock.at(now - timedelta(days=7 * 365 - 91 * quarter)),
            write_session(either.sessions) as session,
        ):
            audit.record(session, "hr@example.org", f"did {quarter}")
    return either


def test_the_audit_log_forgets_after_five_years_and_still_fits(old_log: Installation) -> None:
    for _ in range(3):  # it is shortened once, not at every look
        forget_operational(old_log.sessions)
    with old_log.sessions() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert audit.first_broken(session) is None
    assert [entry.action for entry in entries].count(audit.FORGOT) == 1
    assert entries[0].at >= clock.now() - AUDIT
    assert entries[0].action == "did 9"
    with clock.at(clock.now() + timedelta(days=200)):
        forget_operational(old_log.sessions)
        with write_session(old_log.sessions) as session:
            audit.record(session, "hr@example.org", "did more")
            assert audit.first_broken(session) is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_whoever_cuts_the_log_is_still_found(old_log: Installation, when: str) -> None:
    if when == "after":
        forget_operational(old_log.sessions)
    with write_session(old_log.sessions) as session:
        oldest = select(AuditEntry.id).order_by(AuditEntry.id).limit(3)
        session.execute(delete(AuditEntry).where(AuditEntry.id.in_(session.scalars(oldest).all())))
    with old_log.sessions() as session:
        assert audit.first_broken(session) is not None
