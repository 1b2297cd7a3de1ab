"""The pulse for pages that read it: the first one that asks makes it, apart from its reading."""

from surveys.database import write_session
from surveys.models.pulses import Pulse
from surveys.running import setup
from surveys.web import db, installation


def pulse_to_read() -> Pulse:
    """The pulse of the installation in the session of this page."""
    found = setup.find_pulse(db())
    if found is None:
        db().rollback()  # or this page would go on to see what was there before
        with write_session(installation().sessions) as session:
            made = setup.the_pulse(session).id
        found = db().get_one(Pulse, made)
    return found
