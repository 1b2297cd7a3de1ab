"""What every template can use: languages, the organisation's name, who is looking."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, request
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from surveys import languages
from surveys.reading.causes import theme_name
from surveys.reading.drawing import svg_points
from surveys.reading.figures import FigureView
from surveys.reading.words import upper_first
from surveys.web import installation

LANGUAGE_COOKIE = "tribometer_language"
ONE_YEAR = 365 * 24 * 3600
#: what a number of a row can be in either database
MAX_ID = 2**31 - 1


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have leads nowhere."""

    def __init__(self, of: Map, *given: Any, **more: Any) -> None:
        super().__init__(of, *given, **{"max": MAX_ID, **more})


def add_page_tools(app: Flask) -> None:
    """Set up languages and the names that templates use."""
    languages.Catalogues(app, locale_selector=_locale)
    app.url_map.converters["int"] = RowNumber
    app.after_request(_keep_choice)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["day"] = day
    app.jinja_env.filters["together"] = together
    app.jinja_env.filters["answers"] = answers
    app.jinja_env.filters["in_digits"] = in_digits
    app.jinja_env.filters["local_moment"] = local_moment
    app.jinja_env.filters["decimal"] = format_decimal
    app.jinja_env.filters["svg_points"] = svg_points
    app.jinja_env.filters["theme_name"] = theme_name
    app.jinja_env.filters["upper_first"] = upper_first
    app.context_processor(_names)


def _locale() -> Locale:
    return languages.locale_of(chosen_language())


def chosen_language() -> str:
    """The language of this request: chosen on a page, now or before, else the browser's."""
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in languages.known():
            return wanted
    return request.accept_languages.best_match(languages.known(), languages.SOURCE)


def _keep_choice(response: Response) -> Response:
    wanted = request.args.get("lang")
    if wanted in languages.known() and request.blueprint != "operating":
        response.set_cookie(
            LANGUAGE_COOKIE,
            wanted,
            max_age=ONE_YEAR,
            httponly=True,
            samesite="Lax",
            secure=installation().settings.https,
        )
    return response


def day(moment: date | datetime) -> str:
    """A date as the reader's language writes it."""
    return languages.written(moment, "yMMMd", str(get_locale()))


def local_moment(moment: datetime, zone: str) -> str:
    """Day and hour in a time zone, with its name: "3 December, 18:00 (Europe/Berlin)"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{languages.written_with_hour(local, 'MMMMd', str(get_locale()))} ({zone})"


def together(text: str) -> Markup:
    """A band or an interval, never broken over two lines nor turned by the words around it."""
    return Markup(f'<span class="together">{escape(text)}</span>')


def answers(band: str) -> Markup:
    """How many answers a figure rests on, such as "12–19 answers"."""
    return _answers(band, languages.spoken())


@lru_cache(maxsize=256)
def _answers(band: str, _spoken: NullTranslations) -> Markup:
    return escape(_("%(n)s answers")) % {"n": together(band)}


def in_digits(figure: FigureView) -> Markup:
    """A figure in digits with its interval and band of answers, or why there is none."""
    return _in_digits(figure, languages.spoken())


@lru_cache(maxsize=8192)
def _in_digits(figure: FigureView, _spoken: NullTranslations) -> Markup:
    macros: Any = current_app.jinja_env.get_template("macros/figures.html").module
    return Markup(macros.digits(figure))


def _names() -> dict[str, Any]:
    settings = installation().settings
    code = str(get_locale() or languages.SOURCE)
    return {
        "direction": "rtl" if languages.is_right_to_left(code) else "ltr",
        "languages": {c: n for c, n in languages.NAMES.items() if c in languages.known()},
        "organisation": settings.organisation,
        "demo": settings.demo,
        "get_locale": get_locale,
        "viewer": g.get("viewer"),
    }
