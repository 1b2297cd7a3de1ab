"""What the worker does when it looks at the clock: close, publish, open, remind, send, forget.

Each step is guarded in the database, so that any number of workers may run, and a step that was
cut off is taken up again by the next look. Trouble in one wave or step does not stop the others.
"""

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import perf_counter

from sqlalchemy import Engine, select
from structlog.contextvars import bound_contextvars

from surveys import heartbeat, logs
from surveys.database import Sessions, write_session
from surveys.errors import UserError
from surveys.improving.reminding import queue_agreement_mails
from surveys.integrations.webhooks.delivery import deliver_webhooks
from surveys.jobs import Jobs, QueueAway
from surveys.models.enums import PulseState
from surveys.models.pulses import Pulse
from surveys.operating.forgetting import forget_operational
from surveys.operating.upgrading import forget_backups
from surveys.publishing.retention import forget_old
from surveys.running import calendar
from surveys.running.opening import open_wave
from surveys.sending.outbox import deliver_due, mark_interrupted
from surveys.settings import Settings
from surveys.web import Installation


@contextmanager
def at_work(installed: Installation) -> Iterator[None]:
    """Work in threads of this process until the block ends; what is under way is finished."""
    jobs, told = installed.jobs, Event()

    def look() -> None:
        advance(installed.sessions, installed.engine, installed.settings, jobs)

    consumer = jobs.start_worker(look)
    name = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"

    def beat() -> None:
        # A thread of its own: a month of comments or a slow mail server may take longer than what
        # counts as silence.
        while all(thread.is_alive() for _worker, thread in consumer.worker_threads):
            _tell(lambda: heartbeat.beat(jobs, name))
            if told.wait(heartbeat.EVERY):
                return

    beats = Thread(target=beat, name="beats", daemon=True)
    beats.start()
    jobs.ask_to_advance()
    try:
        yield
    finally:
        told.set()
        consumer.stop(graceful=True)
        beats.join()


def advance(
    sessions: Sessions, engine: Engine, settings: Settings, jobs: Jobs | None = None
) -> None:
    """Do whatever is due now; what was done is noted beside the queue, if there is one."""
    _guarded("closing", lambda: close_and_publish_due(sessions, engine, settings, jobs))
    _guarded("opening", lambda: open_due(sessions, settings))
    _guarded("reminding", lambda: remind_due(sessions, settings))
    _guarded("looking for interrupted mails", lambda: mark_interrupted(sessions))
    _guarded("sending", lambda: deliver_due(sessions, settings))
    _guarded("telling programs", lambda: deliver_webhooks(sessions, settings))
    begun = perf_counter()
    well = _guarded("forgetting", lambda: forget_old(sessions, engine, settings))
    well &= _guarded("forgetting", lambda: forget_operational(sessions))
    well &= _guarded("forgetting backups", lambda: forget_backups(settings))
    _note(jobs, heartbeat.FORGETTING, begun, well)


def close_and_publish_due(
    sessions: Sessions, engine: Engine, settings: Settings, jobs: Jobs | None = None
) -> None:
    """Close and publish every wave whose hour has come."""
    with sessions() as session:
        due = calendar.due_to_close(session)
    if not due:
        return
    # The analysis takes 80 MB and a second to load: a server does it when a wave closes.
    from surveys.publishing.close import close_wave
    from surveys.publishing.release import publish

    for wave_id in due:

        def close(wave_id: int = wave_id) -> None:
            with logs.job():
                close_wave(sessions, engine, settings, wave_id)

        def release(wave_id: int = wave_id) -> None:
            with logs.job():
                publish(sessions, wave_id, bool(settings.trustee), settings.embedder)

        begun = perf_counter()
        well = _guarded("closing", close, wave_id) and _guarded("publishing", release, wave_id)
        _note(jobs, heartbeat.PUBLISHING, begun, well)


def open_due(sessions: Sessions, settings: Settings) -> None:
    """Plan and open waves whose hour has come."""
    with write_session(sessions) as session:
        for pulse in session.scalars(select(Pulse).where(Pulse.state == PulseState.RUNNING)).all():
            calendar.plan_next(session, pulse)
        for wave in calendar.due_to_open(session):
            with logs.job(wave=wave.id):
                open_wave(session, settings, wave)
                calendar.plan_next(session, wave.pulse)


def remind_due(sessions: Sessions, settings: Settings) -> None:
    """Queue the reminders that are due, of waves and of agreements."""
    with write_session(sessions) as session:
        calendar.queue_reminders(session, by_chat=bool(settings.chat))
    with write_session(sessions) as session:
        queue_agreement_mails(session)


def _guarded(step: str, work: Callable[[], object], wave_id: int | None = None) -> bool:
    """Do the work; whether it went well. Trouble is logged, and tried again at the next look."""
    named = {"job": step} if wave_id is None else {"job": step, "wave": wave_id}
    with bound_contextvars(**named):
        try:
            work()
        except UserError as error:
            logs.log.error("job failed", says=error.sentence)
        except Exception as error:
            logs.fault("job failed", error)
        else:
            return True
    return False


def _note(jobs: Jobs | None, job: str, begun: float, well: bool) -> None:
    if jobs is not None:
        _tell(lambda: heartbeat.note_run(jobs, job, perf_counter() - begun, well))


def _tell(note: Callable[[], None]) -> None:
    """Without the queue the work goes on; that it is away is logged."""
    try:
        note()
    except QueueAway as error:
        logs.log.error("the queue is away", says=error.sentence)
