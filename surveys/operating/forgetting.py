"""What is kept only so that things run, and for how long; answers are `publishing.retention`'s."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select

from surveys import clock
from surveys.access import audit
from surveys.database import Base, Sessions, write_session
from surveys.models.access import ApiToken
from surveys.models.agreements import Agreement
from surveys.models.audit import DONE, OutboxMessage
from surveys.models.people import SignInFailure
from surveys.models.pulses import DirectoryBefore, Wave

#: messages that went or never will, after what they belong to is over; an import to go back to
MONTH: Final = timedelta(days=30)
#: counted failures count for a quarter of an hour
FAILURES: Final = timedelta(days=1)
#: tokens that were taken back
TOKENS: Final = timedelta(days=365)
#: who did what
AUDIT: Final = timedelta(days=5 * 365)

Old = tuple[type[Base], ColumnElement[bool]]


def forget_operational(sessions: Sessions) -> None:
    """Delete what has lived long enough; without any such row nothing is written."""
    for table, is_old in _old():
        with sessions() as session:
            found = session.scalar(select(table).where(is_old).limit(1))
        if found is not None:
            with write_session(sessions) as session:
                session.execute(delete(table).where(is_old))
    _forget_audit(sessions)


def _old() -> Iterator[Old]:
    now = clock.now()
    over = select(Wave.id).where(Wave.is_published, Wave.closes_at < now - MONTH)
    ended = select(Agreement.id).where(Agreement.ended_on < (now - MONTH).date())
    done = OutboxMessage.state.in_(DONE)
    # What belongs to a wave or an agreement that goes on must stay: by it they know what was said.
    alone = OutboxMessage.wave_id.is_(None) & OutboxMessage.agreement_id.is_(None)
    yield OutboxMessage, done & OutboxMessage.wave_id.in_(over)
    yield OutboxMessage, done & OutboxMessage.agreement_id.in_(ended)
    yield OutboxMessage, done & alone & (OutboxMessage.due_at < now - MONTH)
    yield SignInFailure, SignInFailure.since < now - FAILURES
    yield DirectoryBefore, DirectoryBefore.made_at < now - MONTH
    yield ApiToken, ApiToken.revoked_on < (now - TOKENS).date()


def _forget_audit(sessions: Sessions) -> None:
    oldest_kept = clock.now() - AUDIT
    with sessions() as session:
        first = audit.begins_at(session)
    # Once a month: the log notes each time that it was shortened.
    if first is not None and first < oldest_kept - MONTH:
        with write_session(sessions) as session:
            audit.forget_before(session, oldest_kept)
