"""What every template can use: languages, the organisation's name, who is looking."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_babel import Babel, format_date, get_locale

from surveys.database import ROOT
from surveys.web import installation


def languages() -> list[str]:
    """Languages there is a catalogue for, English first."""
    found = (ROOT / "translations").glob("*/LC_MESSAGES/messages.mo")
    return ["en", *sorted(path.parent.parent.name for path in found)]


def add_page_tools(app: Flask) -> None:
    """Set up languages and the names that templates use."""
    known = languages()
    Babel(app, locale_selector=lambda: request.accept_languages.best_match(known, "en"))
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["month"] = month
    app.jinja_env.filters["local_moment"] = local_moment
    app.context_processor(_names)


def day(moment: date | datetime) -> str:
    """A date as the reader's language writes it."""
    return str(format_date(moment, "d MMM yyyy"))


def month(moment: date) -> str:
    """Day and month of a date, short: waves are four weeks apart, a month can hold two."""
    return str(format_date(moment, "d MMM"))


def local_moment(moment: datetime, zone: str) -> str:
    """Day and hour in a time zone, with its name: "3 December, 18:00 (Europe/Berlin)"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date(), 'd MMMM')}, {local:%H:%M} ({zone})"


def _names() -> dict[str, Any]:
    settings = installation().settings
    return {
        "organisation": settings.organisation,
        "demo": settings.demo,
        "get_locale": get_locale,
        "viewer": g.get("viewer"),
    }
