"""Mails about agreements: a step is due or overdue, or the second signature is awaited.

Each goes once to every manager of both teams, on a working day of the pulse, from nine o'clock on.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.models.agreements import Agreement
from surveys.models.audit import OutboxMessage
from surveys.models.enums import MessageKind, PulseState, Role
from surveys.models.people import Account, Grant
from surveys.models.pulses import Pulse
from surveys.running.calendar import OPENS, is_working

#: after so many days an open step is overdue, and a signature is asked for
A_WEEK = timedelta(days=7)

#: kind of mail, and the step that it is about (none: the agreement)
Occasion = tuple[MessageKind, int | None]


def queue_agreement_mails(session: Session) -> int:
    """Queue what is due now in the caller's transaction; returns how many mails."""
    pulse = session.scalar(
        select(Pulse).where(Pulse.state == PulseState.RUNNING).order_by(Pulse.id)
    )
    if pulse is None:
        return 0
    here = clock.now().astimezone(ZoneInfo(pulse.time_zone))
    if here.time() < OPENS or not is_working(here.date(), pulse):
        return 0
    # Locked, so that two workers look one after the other.
    rows = session.scalars(
        select(Agreement).where(Agreement.ended_on.is_(None)).order_by(Agreement.id)
        .with_for_update()
    ).all()  # fmt: skip
    return sum(
        _tell(session, agreement, occasion)
        for agreement in rows
        for occasion in _occasions(agreement, here.date())
    )


def _occasions(agreement: Agreement, today: date) -> Iterator[Occasion]:
    """What there is to say of an agreement today; after a long stop only the latest of a step."""
    if not agreement.signed_by_both:
        if (
            agreement.signatures
            and min(s.signed_on for s in agreement.signatures) <= today - A_WEEK
        ):
            yield MessageKind.UNSIGNED, None
        return
    for step in agreement.steps:
        if step.done_on is None and step.due_on <= today:
            overdue = step.due_on <= today - A_WEEK
            yield MessageKind.STEP_OVERDUE if overdue else MessageKind.STEP_DUE, step.id


def _tell(session: Session, agreement: Agreement, occasion: Occasion) -> int:
    kind, step_id = occasion
    managers = session.scalars(
        select(Account.id)
        .join(Grant)
        .where(
            Grant.role == Role.MANAGER,
            Grant.team_id.in_((agreement.team_a_id, agreement.team_b_id)),
        )
        .distinct()
    ).all()
    marks = {f"{kind} {step_id or agreement.id} {account}": account for account in managers}
    told = set(
        session.scalars(select(OutboxMessage.once).where(OutboxMessage.once.in_(marks))).all()
    )
    new = {mark: account for mark, account in marks.items() if mark not in told}
    for mark, account in new.items():
        session.add(
            OutboxMessage(
                once=mark,
                kind=kind,
                account_id=account,
                agreement_id=agreement.id,
                step_id=step_id,
                due_at=clock.now(),
            )
        )
    session.flush()
    return len(new)
