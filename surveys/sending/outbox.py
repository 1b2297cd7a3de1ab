"""The outbox: claim, send, mark. A message is never sent twice by two workers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveys import clock, logs
from surveys.database import Sessions, writing
from surveys.errors import SettingsError
from surveys.models.audit import BY_CHAT, REMINDERS, OutboxMessage
from surveys.models.pulses import Invitation
from surveys.sending.chat import open_chat
from surveys.sending.composing import compose, compose_chat
from surveys.sending.transports import SendProblem, open_transport
from surveys.settings import Settings

BATCH = 200
#: tries of a message over about two days, after which it counts as failed
ATTEMPTS = 15
BACK_OFF = timedelta(minutes=2)
LONGEST_BACK_OFF = timedelta(hours=6)
#: how long a message may be on its way before its worker is taken for dead
LEASE = timedelta(minutes=5)
#: kinds whose mail makes a one-time link when it is written
WITH_LINK = ("account", "forgot")
#: writes a queued message and returns what sends it
Prepare = Callable[[Session, OutboxMessage], Callable[[], None]]


def queue_account_mail(session: Session, account_id: int, kind: str = "account") -> None:
    """Queue a mail with a one-time link: of a new "account", or for a "forgot"ten password."""
    session.add(
        OutboxMessage(
            once=f"{kind} {account_id} {clock.now().isoformat()}",
            kind=kind,
            account_id=account_id,
            due_at=clock.now(),
        )
    )


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
    sent = 0
    try:
        with _way_out(settings, by_chat) as prepare:
            for ident in batch:
                sent += _send(sessions, prepare, ident)
    except (SendProblem, SettingsError) as problem:
        if not by_chat:  # the address of a chat is a secret, and stands in what goes wrong with it
            logs.log.error("the mail server is away", says=str(problem))
        for ident in batch:
            _put_back(sessions, ident, SendProblem(str(problem), final=False), "waiting")
    return sent


@contextmanager
def _way_out(settings: Settings, by_chat: bool) -> Iterator[Prepare]:
    if by_chat:
        chat = open_chat(settings.chat)
        yield lambda session, queued: partial(chat.send, compose_chat(session, settings, queued))
        return
    with open_transport(settings.outbox) as transport:
        yield lambda session, queued: partial(transport.send, compose(session, settings, queued))


def mark_interrupted(sessions: Sessions) -> None:
    """What was being sent when a worker died may or may not have gone.

    It is shown as unknown rather than sent again: one message for each worker that died, since
    each is claimed by itself, just before it is sent.
    """
    with writing(sessions) as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == "claimed", OutboxMessage.due_at <= clock.now())
            .values(state="unknown")
        )


def _due(sessions: Sessions, by_chat: bool, after: int) -> list[int]:
    with sessions() as session:
        return list(
            session.scalars(
                select(OutboxMessage.id)
                .where(
                    OutboxMessage.id > after,
                    OutboxMessage.state == "waiting",
                    OutboxMessage.due_at <= clock.now(),
                    OutboxMessage.kind.in_(BY_CHAT) == by_chat,
                )
                .order_by(OutboxMessage.id)
                .limit(BATCH)
            )
        )


def _send(sessions: Sessions, prepare: Prepare, ident: int) -> bool:
    """Claim and write the message, send it outside of any transaction, and mark it."""
    try:
        kind = _claim(sessions, ident)
        if kind is None:
            return False  # another worker has it, or the person was erased, or the wave closed
        # Only a mail with a one-time link writes; nobody waits while pictures are drawn.
        with writing(sessions) if kind in WITH_LINK else sessions() as session:
            send = prepare(session, session.get_one(OutboxMessage, ident))
        send()
    except SendProblem as problem:
        _put_back(sessions, ident, problem, "claimed")
        return False
    except Exception as error:
        # One message that cannot be written (a strange address, a missing key) stops no other.
        logs.fault("a mail could not be written", error, message=ident)
        final = SendProblem("this mail could not be written", final=True)
        _put_back(sessions, ident, final, "claimed", "waiting")
        return False
    with writing(sessions) as session:
        message = session.get(OutboxMessage, ident)
        if message is not None:
            _mark_sent(session, message)
    return True


def _claim(sessions: Sessions, ident: int) -> str | None:
    """The message's kind if nobody else has taken it; until LEASE is over nobody else will."""
    with writing(sessions) as session:
        message = session.scalar(
            select(OutboxMessage)
            .where(OutboxMessage.id == ident, OutboxMessage.state == "waiting")
            .with_for_update(skip_locked=True)
        )
        if message is None:
            return None
        message.state, message.due_at = "claimed", clock.now() + LEASE
        return message.kind


def _mark_sent(session: Session, message: OutboxMessage) -> None:
    message.state = "sent"
    if message.kind == "invitation":
        _mark_invitation(session, message, "sent")
    if message.kind in REMINDERS:
        # A reminder that stays in the table would tell who had not answered on that day.
        session.delete(message)


def _put_back(sessions: Sessions, ident: int, problem: SendProblem, *states: str) -> None:
    """Try a message again later, or never; one that is in none of `states` by now is let be."""
    with writing(sessions) as session:
        message = session.get(OutboxMessage, ident, with_for_update=True)
        if message is None or message.state not in states:
            return
        message.attempts += 1
        message.problem = str(problem)[:300]
        message.state = "waiting"
        message.due_at = clock.now() + pause_after(message.attempts)
        if problem.final or message.attempts >= ATTEMPTS:
            message.state = "failed"
            if message.kind == "invitation":
                _mark_invitation(session, message, "failed")


def pause_after(attempts: int) -> timedelta:
    """How long a message rests after so many attempts."""
    return min(BACK_OFF * (1 << attempts), LONGEST_BACK_OFF)


def _mark_invitation(session: Session, message: OutboxMessage, state: str) -> None:
    session.execute(
        update(Invitation)
        .where(Invitation.wave_id == message.wave_id, Invitation.person_id == message.person_id)
        .values(mail_state=state)
    )
