"""The audit log: who did what, each entry chained to the one before, so that tampering shows."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.database import lock_until_commit
from surveys.models.audit import AuditEntry

#: number of the database's lock for the chain; any number, the same everywhere
CHAIN = 7_012_026
#: the entry that says that older ones were removed in time
FORGOT = "forgot old entries"


def record(session: Session, actor: str, action: str, **detail: Any) -> None:
    """Add an entry in the caller's transaction. Never called on the answering routes."""
    wait_turn(session)
    before = head(session)
    at = clock.now()
    session.add(
        AuditEntry(
            at=at,
            actor=actor,
            action=action,
            detail=detail,
            digest=_digest(before, at, actor, action, detail),
        )
    )
    session.flush()


def head(session: Session) -> str:
    """Digest of the newest entry; whoever notes it can tell later whether the log was rewritten."""
    newest = select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1)
    return session.scalar(newest) or ""


def wait_turn(session: Session) -> None:
    """Keep other writers of the log out until commit, or two entries would follow one."""
    lock_until_commit(session, CHAIN)


def first_broken(session: Session) -> int | None:
    """Number of the first entry that does not fit the chain, or None if all fit."""
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    before = _before(entries)
    for entry in entries:
        if entry.digest != _digest(before, entry.at, entry.actor, entry.action, entry.detail):
            return entry.id
        before = entry.digest
    return None


def begins_at(session: Session) -> datetime | None:
    """When the oldest entry was made."""
    oldest = select(AuditEntry.at).order_by(AuditEntry.id).limit(1)
    return session.scalar(oldest)


def forget_before(session: Session, moment: datetime) -> None:
    """Remove what was done before a moment; the log notes it, and where its chain goes on."""
    wait_turn(session)
    kept = select(AuditEntry.id).where(AuditEntry.at >= moment).order_by(AuditEntry.id).limit(1)
    first = session.scalar(kept)
    last = session.scalar(
        select(AuditEntry).where(AuditEntry.id < first).order_by(AuditEntry.id.desc()).limit(1)
    )
    if last is not None:
        record(session, "retention", FORGOT, up_to=last.id, head=last.digest)
        session.execute(delete(AuditEntry).where(AuditEntry.id <= last.id))


def _before(entries: Sequence[AuditEntry]) -> str:
    """The digest before the first entry: none, unless older ones were forgotten as noted."""
    forgot = [entry.detail for entry in entries if entry.action == FORGOT]
    if not forgot or not entries or entries[0].id <= forgot[-1]["up_to"]:
        return ""
    return str(forgot[-1]["head"])


def _digest(before: str, at: datetime, actor: str, action: str, detail: dict[str, Any]) -> str:
    entry = json.dumps([before, at.isoformat(), actor, action, detail], sort_keys=True)
    return hashlib.sha256(entry.encode()).hexdigest()
