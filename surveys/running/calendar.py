"""When waves open, remind and close. Every step happens once, however often it is tried."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, product
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock, logs
from surveys.models.audit import BY_CHAT, REMINDERS, OutboxMessage
from surveys.models.enums import MessageKind, MessageState, PulseState
from surveys.models.pulses import Invitation, Pulse, Wave

OPENS = time(9)
CLOSES = time(18)
#: reminders go out so many days after opening, moved off weekends
REMINDER_DAYS = (4, 8)
SATURDAY = 5
LAST_WEEK = 4
#: a wave that could be answered for less than this is not opened any more
MIN_WAVE_LENGTH = timedelta(days=1)


def dates_from(pulse: Pulse, day: date) -> tuple[datetime, datetime]:
    """When a wave that begins on `day` opens and closes, in UTC."""
    return _at(day, OPENS, pulse), _at(day + timedelta(days=pulse.open_days), CLOSES, pulse)


def plan_next(session: Session, pulse: Pulse) -> Wave:
    """The planned wave after the last one, made unless it is there already.

    A planned wave that has no day left to be answered (the server was off) is moved on by whole
    periods. Raises ValueError for a pulse without a first date.
    """
    last = session.scalar(
        select(Wave).where(Wave.pulse_id == pulse.id).order_by(Wave.number.desc()).limit(1)
    )
    if last is not None and last.is_planned:
        planned = last
    else:
        planned = Wave(pulse_id=pulse.id, number=last.number + 1 if last else 1)
        _place(planned, pulse, _day_after(last, pulse))
        session.add(planned)
    while planned.closes_at - clock.now() < MIN_WAVE_LENGTH:
        _place(planned, pulse, _day_after(planned, pulse))
    session.flush()
    return planned


def replan(session: Session, pulse: Pulse) -> None:
    """Move the planned wave, if there is one, to the pulse's next date."""
    planned = session.scalar(select(Wave).where(Wave.pulse_id == pulse.id, Wave.is_planned))
    if planned is not None and pulse.first_opens_on is not None:
        _place(planned, pulse, next(scheduled_days(pulse)))


def skip(session: Session, pulse: Pulse) -> Wave | None:
    """Leave the planned wave out: it moves to the date after. None if no wave is planned."""
    planned = session.scalar(select(Wave).where(Wave.pulse_id == pulse.id, Wave.is_planned))
    if planned is not None:
        _place(planned, pulse, _day_after(planned, pulse))
    return planned


def scheduled_days(pulse: Pulse) -> Iterator[date]:
    """The days on which waves begin, from the first on, moved on from holidays.

    Monthly means the same weekday of the month, such as every second Tuesday; a fifth one, which
    few months have, means the last. Raises ValueError for a pulse without a first date.
    """
    first = pulse.first_opens_on
    if first is None:
        raise ValueError("the pulse has no first date")
    for number in count():
        if pulse.monthly:
            yield _working(_same_weekday(first, number), pulse)
        else:
            yield _working(first + timedelta(weeks=number * pulse.every_weeks), pulse)


def _same_weekday(first: date, months: int) -> date:
    """The same weekday of the month, `months` later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    start = date(year, month + 1, 1)
    day = start + timedelta(days=(first.weekday() - start.weekday()) % 7)
    place = (first.day - 1) // 7
    later = day + timedelta(weeks=min(place, 3))
    if place == LAST_WEEK and (later + timedelta(weeks=1)).month == later.month:
        return later + timedelta(weeks=1)
    return later


def _working(day: date, pulse: Pulse) -> date:
    """The day, or the first one after it that is neither a holiday nor, then, at a weekend."""
    moved = day
    while _holiday(moved, pulse) or (moved != day and _weekend(moved)):
        moved += timedelta(days=1)
    return moved


def is_working(day: date, pulse: Pulse) -> bool:
    """Whether somebody may be reminded on this day: no weekend, no holiday of the pulse."""
    return not _weekend(day) and not _holiday(day, pulse)


def _holiday(day: date, pulse: Pulse) -> bool:
    return day.isoformat() in (pulse.holidays or ())


def _weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _day_after(last: Wave | None, pulse: Pulse) -> date:
    days = scheduled_days(pulse)
    if last is None:
        return next(days)
    opened = last.opens_at.astimezone(ZoneInfo(pulse.time_zone)).date()
    return next(day for day in days if day > opened)


def _place(wave: Wave, pulse: Pulse, day: date) -> None:
    wave.opens_at, wave.closes_at = dates_from(pulse, day)


def due_to_open(session: Session) -> list[Wave]:
    """Planned waves of running pulses whose hour has come, unless another of theirs is open."""
    busy = select(Wave.pulse_id).where(Wave.in_progress)
    return list(
        session.scalars(
            select(Wave)
            .join(Pulse, Pulse.id == Wave.pulse_id)
            .where(
                Wave.is_planned,
                Wave.opens_at <= clock.now(),
                Pulse.state == PulseState.RUNNING,
                Wave.pulse_id.not_in(busy),
            )
            .order_by(Wave.number)
            .with_for_update(of=Wave)
        )
    )


def due_to_close(session: Session) -> list[int]:
    """Ids of the waves whose hour has come, and of those whose closing was cut off."""
    return list(
        session.scalars(
            select(Wave.id).where(
                Wave.is_closing | (Wave.in_progress & (Wave.closes_at <= clock.now()))
            )
        )
    )


def reminder_moments(wave: Wave, pulse: Pulse) -> list[datetime]:
    """When the reminders of a wave go out: a working day each, before the wave closes."""
    zone = ZoneInfo(pulse.time_zone)
    moments = []
    for days in REMINDER_DAYS:
        moment = wave.opens_at.astimezone(zone) + timedelta(days=days)
        while not is_working(moment.date(), pulse):
            moment += timedelta(days=1)
        if moment < wave.closes_at:
            moments.append(moment.astimezone(UTC))
    return moments


def queue_reminders(session: Session, by_chat: bool = False) -> int:
    """Queue the reminders that are due, for those who have not answered.

    By mail, and with `by_chat` by chat as well; returns to how many people.
    """
    queued = 0
    for wave in session.scalars(select(Wave).where(Wave.is_open)):
        due = [m for m in reminder_moments(wave, wave.pulse) if m <= clock.now()]
        # After a long stop only the latest is sent: two reminders in one minute help nobody.
        if due and not _reminded(session, wave.id, len(due)):
            with logs.job(wave=wave.id):
                queued += _queue_reminder(session, wave.id, len(due), by_chat)
    return queued


def _reminded(session: Session, wave_id: int, number: int) -> bool:
    mark = f"reminder {wave_id} {number}"
    return session.scalar(select(OutboxMessage.id).where(OutboxMessage.once == mark)) is not None


def _queue_reminder(session: Session, wave_id: int, number: int, by_chat: bool) -> int:
    silent = session.scalars(
        select(Invitation.person_id).where(
            Invitation.wave_id == wave_id, Invitation.answered.is_(False)
        )
    ).all()
    now = clock.now()
    # The mark without a person says that this run happened, even if nobody was silent.
    mark = f"reminder {wave_id} {number}"
    session.add(
        OutboxMessage(
            once=mark,
            kind=MessageKind.MARK,
            wave_id=wave_id,
            due_at=now,
            state=MessageState.SENT,
        )
    )
    kinds = [kind for kind in REMINDERS if by_chat or kind not in BY_CHAT]
    for person_id, kind in product(silent, kinds):
        session.add(
            OutboxMessage(
                once=f"{kind} {wave_id} {number} {person_id}",
                kind=kind,
                wave_id=wave_id,
                person_id=person_id,
                due_at=now,
            )
        )
    session.flush()
    return len(silent)


def _at(day: date, hour: time, pulse: Pulse) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(pulse.time_zone)).astimezone(UTC)
