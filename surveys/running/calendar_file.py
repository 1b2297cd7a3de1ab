"""The next waves as an iCalendar file (RFC 5545), for HR's own calendar."""

from datetime import date
from itertools import islice

from flask_babel import gettext as _
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from surveys import clock
from surveys.models.pulses import Pulse, Wave
from surveys.running import calendar
from surveys.running.setup import next_opening

WAVES = 6


def calendar_entries(session: Session, pulse: Pulse, base_url: str) -> bytes:
    """When the next six waves open, remind and close; empty before there is a date."""
    made = Calendar()
    made.add("prodid", "-//Tribometer//Pulse//EN")
    made.add("version", "2.0")
    first = next_opening(session, pulse)
    days = [] if first is None else _days_from(pulse, first)
    for day in days:
        opens, closes = calendar.dates_from(pulse, day)
        reminders = calendar.reminder_moments(Wave(opens_at=opens, closes_at=closes), pulse)
        for what, moment in (
            (_("%(pulse)s opens", pulse=pulse.name), opens),
            *((_("%(pulse)s reminds", pulse=pulse.name), moment) for moment in reminders),
            (_("%(pulse)s closes", pulse=pulse.name), closes),
        ):
            event = Event()
            event.add("uid", f"{moment:%Y%m%dT%H%M%SZ}@{pulse.id}.tribometer")
            event.add("dtstamp", clock.now())
            event.add("dtstart", moment)
            event.add("summary", str(what))
            event.add("url", f"{base_url}/hr")
            made.add_component(event)
    return bytes(made.to_ical())


def _days_from(pulse: Pulse, first: date) -> list[date]:
    ahead = (day for day in calendar.scheduled_days(pulse) if day >= first)
    return list(islice(ahead, WAVES))
