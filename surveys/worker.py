"""What the worker does when it looks at the clock: close, publish, open, remind, send, forget.

Each step is guarded in the database, so that any number of workers may run, and a step that was
cut off is taken up again by the next look. Trouble in one wave or step does not stop the others.
"""

import logging
from collections.abc import Callable

from sqlalchemy import Engine, select

from surveys.database import Sessions, writing
from surveys.errors import UserError, place_of
from surveys.improving.reminding import queue_agreement_mails
from surveys.models.pulses import Pulse
from surveys.publishing.close import close_wave
from surveys.publishing.release import publish
from surveys.publishing.retention import forget_old
from surveys.running import calendar
from surveys.running.opening import open_wave
from surveys.sending.outbox import deliver_due, mark_interrupted
from surveys.settings import Settings

log = logging.getLogger(__name__)


def advance(sessions: Sessions, engine: Engine, settings: Settings) -> None:
    """Do whatever is due now."""
    close_and_publish_due(sessions, engine, settings)
    _guarded("opening waves", lambda: open_due(sessions, settings))
    _guarded("reminding", lambda: remind_due(sessions, settings))
    _guarded("looking for interrupted mails", lambda: mark_interrupted(sessions))
    _guarded("sending", lambda: deliver_due(sessions, settings))
    _guarded("forgetting", lambda: forget_old(sessions, engine, settings))


def close_and_publish_due(sessions: Sessions, engine: Engine, settings: Settings) -> None:
    """Close and publish every wave whose hour has come."""
    with sessions() as session:
        due = calendar.due_to_close(session)
    for wave_id in due:

        def end(wave_id: int = wave_id) -> None:
            close_wave(sessions, engine, settings, wave_id)
            publish(sessions, wave_id, bool(settings.trustee), settings.embedder)

        _guarded(f"closing wave {wave_id}", end)


def open_due(sessions: Sessions, settings: Settings) -> None:
    """Plan and open waves whose hour has come."""
    with writing(sessions) as session:
        for pulse in session.scalars(select(Pulse).where(Pulse.state == "running")).all():
            calendar.plan_next(session, pulse)
        for wave in calendar.due_to_open(session):
            open_wave(session, settings, wave)
            calendar.plan_next(session, wave.pulse)


def remind_due(sessions: Sessions, settings: Settings) -> None:
    """Queue the reminders that are due, of waves and of agreements."""
    with writing(sessions) as session:
        calendar.queue_reminders(session, by_chat=bool(settings.chat))
    with writing(sessions) as session:
        queue_agreement_mails(session)


def _guarded(step: str, work: Callable[[], object]) -> None:
    """Do the work; whatever goes wrong is logged, and tried again at the next look.

    Only the kind and the place of an error are logged: its message could quote a comment.
    """
    try:
        work()
    except UserError as error:
        log.error("%s: %s", step, error.sentence)
    except Exception as error:
        log.error("%s: %s at %s", step, type(error).__name__, place_of(error))
