"""The languages of the product, and texts in a language outside of a page (mails, new items)."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import IO, Any

from babel import Locale
from babel.dates import format_skeleton, get_datetime_format
from babel.support import NullTranslations, Translations
from flask import Flask, g
from flask_babel import Babel, Domain, force_locale, get_locale

from surveys.database import ROOT

FOLDER = ROOT / "translations"
SOURCE = "en"
#: code and the language's own name, in the order in which they are offered
NAMES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pt": "Português",
    "nl": "Nederlands",
    "pl": "Polski",
    "sv": "Svenska",
    "tr": "Türkçe",
    "ar": "العربية",
    "ja": "日本語",
}


@cache
def known() -> list[str]:
    """Codes of the languages there is a catalogue for, in the order of NAMES."""
    return [code for code in NAMES if code == SOURCE or _file(code).exists()]


def nearest(wanted: str | None) -> str:
    """The known language for a code such as "pt-BR"; English for one that we do not have."""
    code = (wanted or "").replace("_", "-").split("-")[0].lower()
    return code if code in known() else SOURCE


def is_right_to_left(code: str) -> bool:
    """Whether the language is written from right to left."""
    return Locale.parse(code, sep="-").text_direction == "rtl"


@lru_cache(maxsize=4096)
def written(moment: date, skeleton: str, code: str) -> str:
    """A date in the parts of a skeleton ("yMMMd") as the language writes it; English is British.

    Babel knows the order and the words that each language puts between.
    """
    return str(format_skeleton(skeleton, moment, locale=_locale(code)))


def written_with_hour(moment: datetime, skeleton: str, code: str) -> str:
    """Date and hour, with what the language writes between the two (Arabic has its own comma)."""
    both = str(get_datetime_format("medium", locale=_locale(code)))
    return both.format(f"{moment:%H:%M}", written(moment, skeleton, code))


@cache
def locale_of(code: str) -> Locale:
    """What Babel knows of a language of ours."""
    return Locale.parse(code)


@cache
def catalogue(code: str) -> NullTranslations:
    """The texts of a language; English is its own."""
    if code == SOURCE or not _file(code).exists():
        return NullTranslations()
    return Translations.load(FOLDER, [code])


def spoken() -> NullTranslations:
    """The catalogue of the language that is spoken now; English outside of a page.

    A page asks for hundreds of texts, so it is looked up once and kept with what else belongs to
    the request (or to the block of `speaking`).
    """
    try:
        found: NullTranslations = g.spoken
    except AttributeError:
        found = g.spoken = catalogue(str(get_locale() or SOURCE))
    except RuntimeError:  # outside of a page
        found = NullTranslations()
    return found


class Texts(Domain):
    """The catalogues by language. Flask-Babel writes a language's name out anew for each text."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language that is spoken now."""
        return spoken()


class Catalogues(Babel):
    """Flask-Babel with catalogues that are found quickly: a page asks for hundreds of texts."""

    def init_app(self, app: Flask, *given: Any, **more: Any) -> None:
        """Set up an app; its templates ask the catalogue without a way round."""
        super().init_app(app, *given, **more)
        app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
            lambda text: spoken().ugettext(text),
            lambda one, many, n: spoken().ungettext(one, many, n),
            newstyle=True,
        )

    @cached_property
    def domain_instance(self) -> Texts:
        """The catalogues of an app."""
        return Texts()


def extract_toml(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Texts of our TOML files for the catalogues: wordings of items; names, practices, steps.

    Called by pybabel (babel.cfg).
    """
    raw = tomllib.loads(fileobj.read().decode())
    for entry in (*raw.get("item", []), *raw.get("strategy", [])):
        said = (entry.get("wording", {}).get("en"), entry.get("name"), entry.get("practice"))
        for text in (*said, *entry.get("steps", [])):
            if text:
                yield 1, "gettext", text, []


def _locale(code: str) -> str:
    return "en_GB" if code == SOURCE else code


def _file(code: str) -> Path:
    return FOLDER / code / "LC_MESSAGES" / "messages.mo"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Inside, the pages' `_()` speaks a language, also where no request is being answered."""
    with _speaker().app_context(), force_locale(code):
        yield


@cache
def _speaker() -> Flask:
    app = Flask("tribometer")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER)
    Catalogues(app)
    return app
