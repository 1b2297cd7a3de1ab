"""The ballot box: one durable transaction per ballot, one ballot per invitation.

Written in it: *that* a person answered, and a sealed ballot under a key that the database cannot
compute. Nothing else, and never a time.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from surveys.answering import tokens
from surveys.answering.sealing import Ballot, seal
from surveys.database import upsert
from surveys.errors import UserError
from surveys.models.ballots import SealedBallot
from surveys.models.people import Team
from surveys.models.pulses import Invitation, Wave, WaveSeam

# In the last minute before a close these run thousands of times: they are put together once, and
# run on a connection, without a session's bookkeeping.
_target = aliased(Team)
OPENED_BY = (
    select(
        Invitation.answered,
        Wave.id.label("wave_id"),
        Wave.closes_at,
        Wave.public_key,
        Team.id.label("team_id"),
        Team.name.label("team_name"),
        WaveSeam.team_size,
        _target.id.label("target_id"),
        _target.name.label("target_name"),
    )
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
IN_BOX = select(SealedBallot.wave_id).where(
    SealedBallot.wave_id == bindparam("wave"), SealedBallot.box_key == bindparam("key")
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
    answered: bool
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
        first.answered,
        tokens.draft_name(code),
        bytes(first.public_key) if hold and first.public_key else None,
    )


def cast(connection: Connection, entry: Entry, code: str, ballot: Ballot) -> str:
    """Put the ballot in, replacing an earlier one of the same code; returns the receipt.

    `entry` is what `admit` gave for the code in this transaction; only after its commit may the
    receipt be shown. Raises NotAccepted.
    """
    if entry.seal_key is None:
        raise NotAccepted
    receipt = tokens.receipt(code)
    given = {"wave": entry.wave_id, "hash": tokens.entry_hash(code)}
    first = connection.execute(ANSWERED, given).first()
    if first is None and not _is_in_box(connection, entry.wave_id, receipt):
        raise NotAccepted
    threaded = replace(ballot, thread=tokens.thread_of(receipt))
    _put(connection, entry.wave_id, receipt, seal(entry.seal_key, threaded))
    return receipt


def withdraw(connection: Connection, receipt: str) -> None:
    """Replace the ballot of a receipt by an empty one; raises NotAccepted."""
    found = connection.execute(
        select(Wave.id, Wave.public_key)
        .join(SealedBallot, SealedBallot.wave_id == Wave.id)
        .where(SealedBallot.box_key == tokens.box_key(receipt), Wave.is_open)
        .with_for_update(read=True, of=Wave)
    ).first()
    if found is None or found.public_key is None:
        raise NotAccepted
    empty = Ballot(rater_id=0, parts=())
    _put(connection, found.id, receipt, seal(bytes(found.public_key), empty))


def ballots_in(session: Session, wave_id: int) -> int:
    """How many ballots lie in the box of a wave."""
    return (
        session.scalar(
            select(func.count()).select_from(SealedBallot).where(SealedBallot.wave_id == wave_id)
        )
        or 0
    )


def _is_in_box(connection: Connection, wave_id: int, receipt: str) -> bool:
    given = {"wave": wave_id, "key": tokens.box_key(receipt)}
    return connection.execute(IN_BOX, given).first() is not None


def _put(connection: Connection, wave_id: int, receipt: str, ciphertext: bytes) -> None:
    key = {"wave_id": wave_id, "box_key": tokens.box_key(receipt)}
    upsert(connection, SealedBallot, key, {"ciphertext": ciphertext})
