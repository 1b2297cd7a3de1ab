"""Close a wave: decrypt, redact, mix, store; then leave no trace and destroy the key.

Resumable at every step: `open` → `closing` (no ballot is taken any more) → `closed` (answers and
comments stored, box empty, in one transaction) → traces rewritten → keys destroyed.
"""

import secrets
from collections.abc import Iterable
from random import SystemRandom

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from analysis.redaction.redactor import Redactor
from surveys import clock
from surveys.answering import sealing, tokens
from surveys.answering.ballot_box import ballots_in
from surveys.answering.redacting import redactor_of
from surveys.answering.sealing import Ballot
from surveys.database import Sessions, forget_traces, write_session
from surveys.errors import NotReady
from surveys.models.audit import INVITATIONS, REMINDERS, UNSENT, OutboxMessage
from surveys.models.ballots import Answer, Comment, SealedBallot
from surveys.models.enums import WaveState
from surveys.models.pulses import Invitation, Wave
from surveys.settings import Settings

Rows = list[dict[str, object]]
#: rows read at a time
BATCH_SIZE = 500


def close_wave(sessions: Sessions, engine: Engine, settings: Settings, wave_id: int) -> None:
    """Bring a wave whose hour has come to `closed`; does nothing if it is there already.

    Raises KeyMissing if ballots lie in the box and the key file is gone; nothing is lost then.
    """
    with write_session(sessions) as session:
        wave = session.get_one(Wave, wave_id, with_for_update=True)
        if wave.state == WaveState.OPEN and wave.closes_at <= clock.now():
            wave.state = WaveState.CLOSING
    # No ballot changes any more: they are opened and redacted while nobody waits at the database.
    with sessions() as session:
        wave = session.get_one(Wave, wave_id)
        opened = _opened(session, settings, wave) if wave.state == WaveState.CLOSING else None
    with write_session(sessions) as session:
        wave = session.get_one(Wave, wave_id, with_for_update=True)
        if wave.state == WaveState.CLOSING and opened is not None:
            # HR may have given the wave up meanwhile.
            _store(session, wave, *(([], []) if wave.rule.given_up else opened))
            wave.state = WaveState.CLOSED
    if sealing.keys_exist(settings, wave_id) and _is_stored(sessions, wave_id):
        if not forget_traces(engine):
            raise NotReady("The database is being read; its log is emptied at the next try.")
        # Only now, with the answers durable and read back, may the key go.
        sealing.destroy_keys(settings, wave_id)


def _is_stored(sessions: Sessions, wave_id: int) -> bool:
    with sessions() as session:
        wave = session.get_one(Wave, wave_id)
        left = session.scalar(
            select(SealedBallot.box_key).where(SealedBallot.wave_id == wave_id).limit(1)
        )
        return wave.is_stored and left is None


def _opened(session: Session, settings: Settings, wave: Wave) -> tuple[Rows, Rows]:
    """Rows of answers and comments of the wave's sealed ballots; raises KeyMissing."""
    # HR may give up a wave whose key is lost: then nothing of it can be read by anybody.
    if wave.rule.given_up or not ballots_in(session, wave.id):
        return [], []
    key, redactor = sealing.private_key(settings, wave.id), redactor_of(session)
    box = (
        select(SealedBallot.ciphertext)
        .where(SealedBallot.wave_id == wave.id)
        # Each is many times as large as what is in it: all of them at once need not be held.
        .execution_options(yield_per=BATCH_SIZE)
    )
    with session.scalars(box) as sealed:
        return rows_of((sealing.unseal(key, ballot) for ballot in sealed), redactor)


def _store(session: Session, wave: Wave, answers: Rows, comments: Rows) -> None:
    _insert(session, Answer, wave.id, answers)
    _insert(session, Comment, wave.id, comments)
    session.execute(delete(SealedBallot).where(SealedBallot.wave_id == wave.id))
    _forget_order(session, wave.id)
    # Mails not sent yet would carry links that no longer open anything, and a reminder that stays
    # would tell who had not answered on its day.
    unsent = OutboxMessage.state.in_(UNSENT)
    late = OutboxMessage.kind.in_(INVITATIONS) & unsent
    session.execute(
        delete(OutboxMessage).where(
            OutboxMessage.wave_id == wave.id, late | OutboxMessage.kind.in_(REMINDERS)
        )
    )


def _forget_order(session: Session, wave_id: int) -> None:
    """Write the wave's invitations anew in the order of people.

    PostgreSQL keeps with each row the transaction that changed it last: their order would be the
    order of answering.
    """
    columns = Invitation.__table__.columns
    rows = session.execute(
        select(*columns).where(Invitation.wave_id == wave_id).order_by(Invitation.person_id)
    ).all()
    session.execute(delete(Invitation).where(Invitation.wave_id == wave_id))
    if rows:
        session.execute(insert(Invitation), [dict(row._mapping) for row in rows])


def rows_of(ballots: Iterable[Ballot], redactor: Redactor) -> tuple[Rows, Rows]:
    """Rows of answers and of comments, apart from each other, each in a random order."""
    answers: Rows = []
    comments: Rows = []
    for ballot in ballots:
        place = 0
        for part in ballot.parts:
            seam = {"rater_id": ballot.rater_id, "target_id": part.target_id}
            if part.met and part.scores:
                answers.append({**seam, "scores": part.scores})
            for question, text in part.comments.items():
                said = {"question": question, "text": redactor.redact(text).text}
                comments.append({**seam, **said, "key": _comment_key(ballot, place)})
                place += 1
    rng = SystemRandom()
    rng.shuffle(answers)
    rng.shuffle(comments)
    return answers, comments


def _insert(
    session: Session, table: type[Answer] | type[Comment], wave_id: int, rows: Rows
) -> None:
    if rows:
        keyed = [{"key": secrets.token_hex(16), **row, "wave_id": wave_id} for row in rows]
        session.execute(insert(table), keyed)


def _comment_key(ballot: Ballot, place: int) -> str:
    """A key that only the holder of the receipt can compute; a random one without a thread."""
    if not ballot.thread:
        return secrets.token_hex(16)
    return tokens.comment_key(ballot.thread, place)
