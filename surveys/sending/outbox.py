"""The outbox: claim, send, mark. A message is never sent twice by two workers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, joinedload

from surveys import clock, logs
from surveys.answering.replying import any_question_open
from surveys.database import Sessions, write_session
from surveys.errors import SettingsError
from surveys.models.audit import BY_CHAT, REMINDERS, UNSENT, OutboxMessage
from surveys.models.enums import MailState, MessageKind, MessageState
from surveys.models.people import Person
from surveys.models.pulses import Invitation, Wave
from surveys.sending.chat import open_chat
from surveys.sending.composing import compose, compose_chat
from surveys.sending.transports import SendProblem, open_transport
from surveys.settings import Settings

BATCH = 200
#: messages whose reader is read ahead. Few, since an address may be put right meanwhile; whoever is
#: erased meanwhile gets nothing, as the message is gone.
AHEAD = 20
#: tries of a message over about two days, after which it counts as failed
ATTEMPTS = 15
BACK_OFF = timedelta(minutes=2)
MAX_BACK_OFF = timedelta(hours=6)
#: how long a message may be on its way before its worker is taken for dead
LEASE = timedelta(minutes=5)
#: kinds whose mail makes a one-time link when it is written
WITH_LINK = (MessageKind.ACCOUNT, MessageKind.FORGOT)
# Run for each mail of a large wave, so put together once.
TO_WHOM = (
    select(OutboxMessage, Person)
    .outerjoin(Person, Person.id == OutboxMessage.person_id)
    .where(OutboxMessage.id.in_(bindparam("few", expanding=True)))
    .execution_options(populate_existing=True)
)
CLAIM = (
    update(OutboxMessage)
    .where(OutboxMessage.id == bindparam("one"), OutboxMessage.state == MessageState.PENDING)
    .values(state=MessageState.CLAIMED, due_at=bindparam("until"))
    .returning(OutboxMessage.kind)
)
SENT = (
    update(OutboxMessage)
    .where(OutboxMessage.id == bindparam("one"))
    .values(state=MessageState.SENT)
    .returning(OutboxMessage.wave_id, OutboxMessage.person_id)
)
INVITED = (
    update(Invitation)
    .where(Invitation.wave_id == bindparam("wave"), Invitation.person_id == bindparam("person"))
    .values(mail_state=bindparam("state"))
)
#: writes a queued message and returns what sends it
Prepare = Callable[[Session, OutboxMessage], Callable[[], None]]


class Claimed(NamedTuple):
    """A message that this worker alone may send."""

    ident: int
    kind: MessageKind


def deliver_due(sessions: Sessions, settings: Settings) -> int:
    """Send all that is due; returns how many went out. A dead server delays, never fails."""
    sent = _deliver(sessions, settings, by_chat=False)
    return sent + (_deliver(sessions, settings, by_chat=True) if settings.chat else 0)


def _deliver(sessions: Sessions, settings: Settings, by_chat: bool) -> int:
    batch = _due(sessions, by_chat, after=0)
    if not batch:
        return 0
    # One job however many batches: their number would tell how many are reminded.
    with logs.job(chat=by_chat):
        sent = 0
        while batch:
            sent += _deliver_batch(sessions, settings, by_chat, batch)
            batch = _due(sessions, by_chat, after=batch[-1])
        return sent


def _deliver_batch(sessions: Sessions, settings: Settings, by_chat: bool, batch: list[int]) -> int:
    sent, gone = 0, None
    try:
        with _way_out(sessions, settings, by_chat) as prepare, sessions() as reading:
            # What all mails of a wave have in common is read once, and in no transaction: a mail
            # server may be slow.
            reading.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            in_common = select(Wave).where(Wave.is_open).options(joinedload(Wave.pulse))
            _held = reading.scalars(in_common).all()
            for place, ident in enumerate(batch):
                if place % AHEAD == 0:
                    few = {"few": batch[place : place + AHEAD]}
                    _next = reading.execute(TO_WHOM, few).all()
                # One durable write for two: that the last one went out, and that this one is ours.
                claimed, gone = _claim(sessions, ident, gone), None
                if claimed is not None and _send(sessions, reading, prepare, claimed):
                    sent, gone = sent + 1, claimed
    except (SendProblem, SettingsError) as problem:
        if not by_chat:  # the address of a chat is a secret, and stands in what goes wrong with it
            logs.log.error("the mail server is away", says=str(problem))
        for ident in batch:
            _put_back(sessions, ident, SendProblem(str(problem), final=False), MessageState.PENDING)
    finally:
        if gone is not None:
            with write_session(sessions) as session:
                _mark_sent(session, gone)
    return sent


@contextmanager
def _way_out(sessions: Sessions, settings: Settings, by_chat: bool) -> Iterator[Prepare]:
    with sessions() as session:
        asked = any_question_open(session)
    if by_chat:
        chat = open_chat(settings.chat)
        yield lambda session, queued: partial(
            chat.send, compose_chat(session, settings, queued, asked)
        )
        return
    with open_transport(settings.outbox) as transport:
        yield lambda session, queued: partial(
            transport.send, compose(session, settings, queued, asked)
        )


def mark_interrupted(sessions: Sessions) -> None:
    """What was being sent when a worker died may or may not have gone.

    It is shown as unknown rather than sent again: one message for each worker that died, since
    each is claimed by itself, just before it is sent.
    """
    with write_session(sessions) as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == MessageState.CLAIMED, OutboxMessage.due_at <= clock.now())
            .values(state=MessageState.UNKNOWN)
        )


def _due(sessions: Sessions, by_chat: bool, after: int) -> list[int]:
    with sessions() as session:
        return list(
            session.scalars(
                select(OutboxMessage.id)
                .where(
                    OutboxMessage.id > after,
                    OutboxMessage.state == MessageState.PENDING,
                    OutboxMessage.due_at <= clock.now(),
                    OutboxMessage.kind.in_(BY_CHAT) == by_chat,
                )
                .order_by(OutboxMessage.id)
                .limit(BATCH)
            )
        )


def _claim(sessions: Sessions, ident: int, gone: Claimed | None) -> Claimed | None:
    """Mark `gone` as sent, and take the next message if nobody else has; until LEASE nobody will.

    None: another worker has it, or the person was erased, or the wave closed.
    """
    with write_session(sessions) as session:
        if gone is not None:
            _mark_sent(session, gone)
        until = clock.now() + LEASE
        taken = session.connection().execute(CLAIM, {"one": ident, "until": until}).first()
        return None if taken is None else Claimed(ident, taken.kind)


def _send(sessions: Sessions, reading: Session, prepare: Prepare, message: Claimed) -> bool:
    """Write a claimed message and send it, outside of any transaction; whether it went out."""
    try:
        # Only a mail with a one-time link writes; nobody waits while pictures are drawn.
        with (
            write_session(sessions)
            if message.kind in WITH_LINK
            else nullcontext(reading) as session
        ):
            send = prepare(session, session.get_one(OutboxMessage, message.ident))
        send()
    except SendProblem as problem:
        _put_back(sessions, message.ident, problem, MessageState.CLAIMED)
        return False
    except DBAPIError:
        # Not the mail's fault: it has not gone, and will be tried again.
        away = SendProblem("the database did not answer", final=False)
        _put_back(sessions, message.ident, away, MessageState.CLAIMED)
        raise
    except Exception as error:
        # One message that cannot be written (a strange address, a missing key) stops no other.
        logs.fault("a mail could not be written", error, message=message.ident)
        final = SendProblem("this mail could not be written", final=True)
        _put_back(sessions, message.ident, final, *UNSENT)
        return False
    return True


def _mark_sent(session: Session, message: Claimed) -> None:
    if message.kind in REMINDERS:
        # A reminder that stays in the table would tell who had not answered on that day.
        session.execute(delete(OutboxMessage).where(OutboxMessage.id == message.ident))
        return
    sent = session.connection().execute(SENT, {"one": message.ident}).first()
    if sent is not None and message.kind == MessageKind.INVITATION:
        _mark_invitation(session, sent.wave_id, sent.person_id, MailState.SENT)


def _put_back(sessions: Sessions, ident: int, problem: SendProblem, *states: MessageState) -> None:
    """Try a message again later, or never; one that is in none of `states` by now is let be."""
    with write_session(sessions) as session:
        message = session.get(OutboxMessage, ident, with_for_update=True)
        if message is None or message.state not in states:
            return
        message.attempts += 1
        message.problem = str(problem)[:300]
        message.state = MessageState.PENDING
        message.due_at = clock.now() + pause_after(message.attempts)
        if problem.final or message.attempts >= ATTEMPTS:
            message.state = MessageState.FAILED
            if message.kind == MessageKind.INVITATION:
                _mark_invitation(session, message.wave_id, message.person_id, MailState.FAILED)


def pause_after(attempts: int) -> timedelta:
    """How long a message rests after so many attempts."""
    return min(BACK_OFF * (1 << attempts), MAX_BACK_OFF)


def _mark_invitation(
    session: Session, wave_id: int | None, person_id: int | None, state: MailState
) -> None:
    given = {"wave": wave_id, "person": person_id, "state": state}
    session.connection().execute(INVITED, given)
