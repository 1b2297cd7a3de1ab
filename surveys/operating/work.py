"""What runs by itself, as the doctor sees it: worker, queue, waves, mails, forgetting, backup."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock, heartbeat
from surveys.answering import sealing
from surveys.errors import SettingsError, UserError
from surveys.models.enums import MessageState, PulseState
from surveys.models.pulses import Pulse, Wave
from surveys.operating.finding import ADVICE, FAULT, GOOD, Finding
from surveys.operating.readiness import NO_WORKER
from surveys.sending.chat import open_chat
from surveys.sending.waiting import outbox_of
from surveys.settings import Settings

#: after this a step of a wave is late
LATE: Final = timedelta(minutes=15)
#: a mail that has waited for longer will hardly go by itself
STUCK: Final = timedelta(hours=6)
#: the worker looks every minute; forgetting may be short of time on a day when waves close
FORGETS: Final = timedelta(days=1)
BACKED_UP: Final = timedelta(days=8)
#: a mail in one of these states did not go out for sure
UNSURE: Final = (MessageState.FAILED, MessageState.UNKNOWN)


def work_of(session: Session, settings: Settings) -> Iterator[Finding]:
    """What there is to say of everything that runs by itself."""
    yield from _queue(session, settings)
    yield from _waves(session, settings)
    yield from _chat(settings)
    yield from _outbox(session)


def _queue(session: Session, settings: Settings) -> Iterator[Finding]:
    launched = (
        session.scalar(select(Pulse.id).where(Pulse.state != PulseState.DRAFT).limit(1)) is not None
    )
    try:
        with heartbeat.beside(settings) as jobs:
            seen, runs, length = heartbeat.last_seen(jobs), heartbeat.runs(jobs), jobs.length()
        yield Finding(GOOD, "queue", f"It answers; {length} waiting.")
    except UserError as error:
        yield Finding(FAULT, "queue", error.sentence)
        return
    yield _worker(seen, launched)
    yield _forgetting(runs.get(heartbeat.FORGETTING), launched)
    yield _publishing(runs.get(heartbeat.PUBLISHING))
    yield _backup(runs.get(heartbeat.BACKUP), launched)


def _worker(seen: datetime | None, launched: bool) -> Finding:
    if seen is not None and clock.now() - seen <= heartbeat.MAX_SILENCE:
        return Finding(GOOD, "worker", f"Seen {_ago(seen)}.")
    if launched:
        return Finding(FAULT, "worker", NO_WORKER)
    return Finding(ADVICE, "worker", "None has been seen; it is needed once the survey runs.")


def _forgetting(run: heartbeat.Run | None, launched: bool) -> Finding:
    if run is not None and run.well and clock.now() - run.ended_at <= FORGETS:
        return Finding(GOOD, "forgetting", f"What is old was looked for {_ago(run.ended_at)}.")
    if run is not None and not run.well:
        return Finding(FAULT, "forgetting", f"It failed {_ago(run.ended_at)}: see the log.")
    if run is None:
        state = ADVICE if launched else GOOD
        return Finding(state, "forgetting", "Never yet, as far as is known; the worker does it.")
    return Finding(FAULT, "forgetting", f"Last {_ago(run.ended_at)}: is a worker running?")


def _publishing(run: heartbeat.Run | None) -> Finding:
    if run is None:
        return Finding(GOOD, "publishing", "Not yet, as far as is known.")
    if not run.well:
        return Finding(FAULT, "publishing", f"It failed {_ago(run.ended_at)}: see the log.")
    return Finding(GOOD, "publishing", f"Went well {_ago(run.ended_at)}.")


def _backup(run: heartbeat.Run | None, launched: bool) -> Finding:
    if run is None:
        state = ADVICE if launched else GOOD
        return Finding(state, "backup", "None by `tribometer backup` is known.")
    state = GOOD if clock.now() - run.ended_at <= BACKED_UP else ADVICE
    return Finding(state, "backup", f"The last by `tribometer backup` was {_ago(run.ended_at)}.")


def _waves(session: Session, settings: Settings) -> Iterator[Finding]:
    lost, left = [], []
    for wave in session.scalars(select(Wave).order_by(Wave.number)):
        there = sealing.keys_exist(settings, wave.id)
        if wave.needs_key and not there:
            lost.append(str(wave.number))
        if wave.is_published and there:
            left.append(str(wave.number))
        if not wave.is_published and wave.closes_at + LATE < clock.now():
            yield Finding(
                FAULT, "calendar", f"Wave {wave.number} should have been published: is a worker "
                "running?",
            )  # fmt: skip
    if lost:
        yield Finding(
            FAULT, "keys", f"The key of wave {', '.join(lost)} is missing: its answers cannot be "
            "read. Put the file back, or give the wave up on its page.",
        )  # fmt: skip
    if left:
        yield Finding(FAULT, "keys", f"The key of wave {', '.join(left)} should be destroyed.")
    if not lost and not left:
        yield Finding(GOOD, "keys", "Open waves have their keys, closed ones none.")


def _chat(settings: Settings) -> Iterator[Finding]:
    if settings.chat:
        try:
            open_chat(settings.chat)
        except SettingsError as error:
            yield Finding(FAULT, "chat", error.sentence)


def _outbox(session: Session) -> Iterator[Finding]:
    outbox = outbox_of(session)
    bad = {state: outbox.counts[state] for state in UNSURE if outbox.counts[state]}
    if outbox.oldest > STUCK:
        yield Finding(
            FAULT, "outbox", f"The oldest mail has waited for {_long(outbox.oldest)}: see the log "
            "for what the mail server says.",
        )  # fmt: skip
    if bad:
        said = ", ".join(f"{count} {state}" for state, count in bad.items())
        yield Finding(ADVICE, "outbox", f"Mails that did not go out for sure: {said}.")
    elif outbox.oldest <= STUCK:
        yield Finding(GOOD, "outbox", f"{outbox.counts['unsent']} unsent, none failed.")


def _ago(moment: datetime) -> str:
    return f"{_long(clock.now() - moment)} ago"


def _long(span: timedelta) -> str:
    """A span of time in its largest unit."""
    for unit, seconds in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if span.total_seconds() >= 2 * seconds:
            return f"{span.total_seconds() // seconds:.0f} {unit}"
    return f"{max(span.total_seconds(), 0):.0f} seconds"
