"""What the worker does when it looks at the clock: open, remind, close, publish, send.

Each step is guarded in the database, so that any number of workers may run, and a step that was
cut off is taken up again by the next look. One wave's trouble does not stop the others.
"""

import logging

from sqlalchemy import Engine, select

from surveys.database import Sessions, writing
from surveys.errors import UserError
from surveys.models.pulses import Pulse
from surveys.publishing.close import close_wave
from surveys.publishing.release import publish
from surveys.running import calendar
from surveys.running.opening import open_wave
from surveys.sending.outbox import deliver_due
from surveys.settings import Settings

log = logging.getLogger(__name__)


def advance(sessions: Sessions, engine: Engine, settings: Settings) -> None:
    """Do whatever is due now."""
    close_and_publish_due(sessions, engine, settings)
    with writing(sessions) as session:
        for pulse in session.scalars(select(Pulse).where(Pulse.state == "running")).all():
            calendar.plan_next(session, pulse)
        for wave in calendar.due_to_open(session):
            open_wave(session, settings, wave)
            calendar.plan_next(session, wave.pulse)
        calendar.queue_reminders(session)
    deliver_due(sessions, settings)


def close_and_publish_due(sessions: Sessions, engine: Engine, settings: Settings) -> None:
    """Close and publish every wave whose hour has come."""
    with sessions() as session:
        due = calendar.due_to_close(session)
    for wave_id in due:
        try:
            close_wave(sessions, engine, settings, wave_id)
            publish(sessions, wave_id)
        except UserError as error:
            log.error("wave %s could not be closed: %s", wave_id, error.sentence)
