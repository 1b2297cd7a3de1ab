"""How many messages wait or failed, and for how long: without reminders, whose number would tell
how many have not answered.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.models.audit import REMINDERS, OutboxMessage
from surveys.models.enums import MessageState
from surveys.sending.outbox import pause_after

#: what the states of a message come to, for whoever watches
STATES = {
    MessageState.PENDING: "unsent",
    MessageState.CLAIMED: "unsent",
    MessageState.FAILED: "failed",
    MessageState.UNKNOWN: "unknown",
}


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages that are unsent, failed or unknown, and how long the oldest has waited."""

    counts: dict[str, int]
    oldest: timedelta


def outbox_of(session: Session) -> Outbox:
    """The outbox as it is now."""
    rows = session.execute(
        select(
            OutboxMessage.state,
            OutboxMessage.attempts,
            func.count(),
            func.min(OutboxMessage.due_at),
        )
        .where(OutboxMessage.state.in_(STATES), OutboxMessage.kind.not_in(REMINDERS))
        .group_by(OutboxMessage.state, OutboxMessage.attempts)
    )
    counts = dict.fromkeys(STATES.values(), 0)
    oldest = timedelta()
    for state, attempts, count, due_at in rows:
        counts[STATES[state]] += count
        if state == MessageState.PENDING:
            # It is due again only after a pause for each time that it did not go.
            paused = sum((pause_after(n) for n in range(1, attempts + 1)), timedelta())
            oldest = max(oldest, clock.now() - (due_at - paused))
    return Outbox(counts, oldest)
