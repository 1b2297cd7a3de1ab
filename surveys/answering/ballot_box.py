"""The ballot box: one durable transaction per ballot, one ballot per invitation.

Written in it: *that* a person answered, and a sealed ballot under a key that the database cannot
compute. Nothing else, and never a time.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from surveys.answering import tokens
from surveys.answering.sealing import Ballot, seal
from surveys.errors import UserError
from surveys.models.ballots import SealedBallot
from surveys.models.people import Team
from surveys.models.pulses import Invitation, Wave, WaveSeam

# In the last minute before a close these run thousands of times: they are put together once, and
# run on a connection, without a session's bookkeeping.
_target = aliased(Team)
OPENED_BY = (
    select(
        Wave.id.label("wave_id"),
        Wave.closes_at,
        Wave.public_key,
        Team.id.label("team_id"),
        Team.name.label("team_name"),
        WaveSeam.team_size,
        _target.id.label("target_id"),
        _target.name.label("target_name"),
    )
    .select_from(Invitation)
    .join(Wave, Wave.id == Invitation.wave_id)
    .join(Team, Team.id == Invitation.team_id)
    .outerjoin(WaveSeam, (WaveSeam.wave_id == Wave.id) & (WaveSeam.rater_id == Team.id))
    .outerjoin(_target, _target.id == WaveSeam.target_id)
    .where(
        Invitation.token_hash == bindparam("hash"),
        Wave.is_open,
    )
    .order_by(_target.name)
)
# The shared lock makes "close" wait for us, or us see that it closed (SQLite: one writer).
ADMITTED_BY = OPENED_BY.with_for_update(read=True, of=Wave)
ANSWERED = (
    update(Invitation)
    .where(
        Invitation.wave_id == bindparam("wave"),
        Invitation.token_hash == bindparam("hash"),
        Invitation.answered.is_(False),
    )
    .values(answered=True)
    .returning(Invitation.person_id)
)
CHANGED = (
    update(SealedBallot)
    .where(
        SealedBallot.wave_id == bindparam("wave"),
        SealedBallot.box_key == bindparam("key"),
        SealedBallot.change_hash == bindparam("change"),
    )
    .values(ciphertext=bindparam("sealed"))
)


class NotAccepted(UserError):
    """Unknown, used and closed links get the same answer."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            _(
                "This link is not open. It may be mistyped, or the survey may have closed; "
                "the newest mail has the right one."
            )
        )


class NamedTeam(NamedTuple):
    """A team by its number and its name of today."""

    id: int
    name: str


class CodeUsed(UserError):
    """A code works once; only the receipt of its ballot can change what is in the box."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nothing was sent: this code has been used already. "
                "To change that answer, enter its receipt below and send again."
            )
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """What a valid link opens: the wave, the team one belongs to, and whom one is asked about.

    `draft` names the draft on the device, so that the next person at it does not find it.
    `seal_key` closes the ballots of the wave; None until it is held open (`admit`).
    """

    wave_id: int
    closes_at: datetime
    team: NamedTeam
    team_size: int
    targets: tuple[NamedTeam, ...]
    draft: str
    seal_key: bytes | None = None


def enter(connection: Connection, code: str) -> Entry:
    """What the code opens; raises NotAccepted."""
    return _entry(connection, code, hold=False)


def admit(connection: Connection, code: str) -> Entry:
    """What the code opens, for `cast`: until the transaction ends, the wave cannot close.

    Raises NotAccepted.
    """
    return _entry(connection, code, hold=True)


def _entry(connection: Connection, code: str, hold: bool) -> Entry:
    given = {"hash": tokens.entry_hash(code)}
    rows = connection.execute(ADMITTED_BY if hold else OPENED_BY, given).all()
    if not rows:
        raise NotAccepted
    first = rows[0]
    return Entry(
        first.wave_id,
        first.closes_at,
        NamedTeam(first.team_id, first.team_name),
        first.team_size or 0,
        tuple(NamedTeam(r.target_id, r.target_name) for r in rows if r.target_id is not None),
        tokens.draft_name(code),
        bytes(first.public_key) if hold and first.public_key else None,
    )


def cast(
    connection: Connection, entry: Entry, code: str, ballot: Ballot, nonce: str | None = None
) -> str:
    """Put the ballot of a code in; returns the receipt, to be shown only after the commit.

    `entry` is what `admit` gave for the code in this transaction. `nonce` is the random half of the
    receipt, drawn when the form was opened (a new one by default). What is in the box is replaced
    only with the nonce that it came with: the same form sent again is the same ballot. Raises
    NotAccepted, or CodeUsed where the code was used with another nonce.
    """
    if entry.seal_key is None:
        raise NotAccepted
    receipt = tokens.receipt(code, nonce or tokens.make_nonce())
    sealed = seal(entry.seal_key, replace(ballot, thread=tokens.thread_of(receipt)))
    given = {"wave": entry.wave_id, "hash": tokens.entry_hash(code)}
    # Parallel posts of one code wait for each other at its row: one of them inserts.
    if connection.execute(ANSWERED, given).first() is not None:
        connection.execute(
            insert(SealedBallot),
            {
                "wave_id": entry.wave_id,
                "box_key": tokens.box_key(receipt),
                "change_hash": tokens.change_hash(receipt),
                "ciphertext": sealed,
            },
        )
    elif not _change(connection, entry.wave_id, receipt, sealed):
        raise CodeUsed
    return receipt


def withdraw(connection: Connection, receipt: str) -> None:
    """Replace the ballot of a whole receipt by an empty one; raises NotAccepted."""
    found = connection.execute(
        select(Wave.id, Wave.public_key)
        .join(SealedBallot, SealedBallot.wave_id == Wave.id)
        .where(
            SealedBallot.box_key == tokens.box_key(receipt),
            SealedBallot.change_hash == tokens.change_hash(receipt),
            Wave.is_open,
        )
        .with_for_update(read=True, of=Wave)
    ).first()
    if found is None or found.public_key is None:
        raise NotAccepted
    empty = Ballot(rater_id=0, parts=())
    _change(connection, found.id, receipt, seal(bytes(found.public_key), empty))


def ballots_in(session: Session, wave_id: int) -> int:
    """How many ballots lie in the box of a wave."""
    return (
        session.scalar(
            select(func.count()).select_from(SealedBallot).where(SealedBallot.wave_id == wave_id)
        )
        or 0
    )


def _change(connection: Connection, wave_id: int, receipt: str, sealed: bytes) -> bool:
    given = {
        "wave": wave_id,
        "key": tokens.box_key(receipt),
        "change": tokens.change_hash(receipt),
        "sealed": sealed,
    }
    return connection.execute(CHANGED, given).rowcount == 1
