"""The catalogues: complete, with the same placeholders, compiled; and no text left unmarked."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from surveys import languages
from surveys.database import ROOT
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened, sign_in

TRANSLATED = [code for code in languages.NAMES if code != languages.SOURCE]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [
    ("surveys/**.py", "python"),
    ("templates/**.html", "jinja2"),
    ("surveys/**.toml", "surveys.languages:extract_toml"),
]
HOLE = re.compile(r"%\((\w+)\)[sd]|%%|\{\w*\}")
Text = str | tuple[str, ...] | list[str]


@pytest.fixture(scope="module")
def source() -> set[str]:
    """Every text of the product, of a plural the singular."""
    found = extract_from_dir(ROOT, method_map=METHODS, keywords=KEYWORDS)
    texts = {m[2] if isinstance(m[2], str) else m[2][0] for m in found}
    assert len(texts) > 500
    return texts - {""}


def catalogue(code: str) -> Catalog:
    path = languages.FOLDER / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=code)


def parts(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_every_language_of_the_product_is_there() -> None:
    assert languages.known() == list(languages.NAMES)


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_untranslated(code: str, source: set[str]) -> None:
    known = {parts(m.id)[0]: m for m in catalogue(code) if m.id}
    assert source - set(known) == set(), "missing"
    assert set(known) - source == set(), "left over"
    for message in known.values():
        assert all(parts(message.string)), message.id
        assert not message.fuzzy, message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_placeholders_are_those_of_the_source(code: str) -> None:
    for message in catalogue(code):
        if not message.id:
            continue
        allowed = {frozenset(HOLE.findall(text)) for text in parts(message.id)}
        held = frozenset().union(*allowed)
        for text in parts(message.string):
            found = frozenset(HOLE.findall(text))
            plural = not isinstance(message.id, str)
            assert found in allowed or (plural and found <= held), (message.id, text)
            assert ("{T}" in text) == ("{T}" in parts(message.id)[0]), text


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_is_that_of_the_text(code: str) -> None:
    with (languages.FOLDER / code / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        compiled = {parts(m.id)[0]: parts(m.string) for m in read_mo(file) if m.id}
    assert compiled == {parts(m.id)[0]: parts(m.string) for m in catalogue(code) if m.id}


@pytest.mark.parametrize("code", TRANSLATED)
def test_pages_are_in_the_language_asked_for(
    installed: Installation, client: FlaskClient, code: str
) -> None:
    page = client.get(f"/sign-in?lang={code}").text
    assert f'lang="{code}"' in page
    assert ('dir="rtl"' in page) == (code == "ar")
    said = languages.catalogue(code).gettext("Sign in")
    assert said in page
    kept = client.get("/sign-in").text
    assert said in kept  # the choice is remembered
    browser = client.application.test_client().get("/sign-in", headers={"Accept-Language": code})
    assert said in browser.text


# What stands between tags and was not marked shows as itself when every text is put in brackets.
TAGS = re.compile(r"<(script|style|svg|code|pre|option)\b.*?</\1>|<!--.*?-->", re.DOTALL)
BETWEEN = re.compile(r">([^<>]+)<")
DATA = re.compile(
    r"[\d\s.,:;–—·/()%+\-→…✓✔▸]*|Tribometer.*|Your organisation|.*@.*|Buying.*|Selling.*|Legal.*|"
    r"hr|– Tribometer|"
    r"Working together|Friction pulse,?|[A-Z2-7]{32}|\d+ \w{3} \d{4} – \d+ \w{3} \d{4}|"
    r"CSV|XLSX|PDF|[\d\w ]*\d{4}|UTC|late.*|.*answer.*\d.*",
    re.IGNORECASE,
)
LANGUAGE_NAMES = set(languages.NAMES.values())


class Bracketed:
    """Translations in which every text stands in brackets."""

    def gettext(self, text: str) -> str:
        return f"[[{text}]]"

    def ngettext(self, one: str, many: str, number: int) -> str:
        return f"[[{one if number == 1 else many}]]"

    ugettext, ungettext = gettext, ngettext


def unmarked(page: str) -> list[str]:
    """Texts of a page that stand in no brackets and are no data."""
    plain = TAGS.sub("", page)
    out = []
    inside, before = plain, ""
    while inside != before:  # a text may hold another one
        inside, before = re.sub(r"\[\[[^\[\]]*\]\]", "", inside), inside
    for text in BETWEEN.findall(inside):
        said = " ".join(text.split())
        if said and said not in LANGUAGE_NAMES and not DATA.fullmatch(said):
            out.append(said)
    return out


def test_no_text_of_a_page_is_unmarked(
    installed: Installation, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    teams = company(installed, Buying=12, Selling=12, Legal=5)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12}, "late again")
    closed(installed, wave)
    opened(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    monkeypatch.setattr(languages, "catalogue", lambda _code: Bracketed())
    pages = (
        "/hr", "/hr/setup", "/hr/setup/people", "/hr/setup/seams", "/hr/setup/calendar",
        "/hr/setup/launch", "/hr/setup/mail", "/hr/access", "/hr/themes", "/hr/themes/1", "/pairs",
        f"/pairs/{teams['Buying']}/{teams['Selling']}", "/account", "/account/password",
        "/account/second-factor", "/s", "/s/withdraw", "/s/reply", "/nothing", "/forgot",
    )  # fmt: skip
    found = {path: left for path in pages if (left := unmarked(client.get(path).text))}
    assert found == {}


def test_mails_are_in_the_language_of_the_person(installed: Installation) -> None:
    from sqlalchemy import select

    from surveys import clock
    from surveys.database import write_session
    from surveys.models.people import Person
    from surveys.sending.outbox import deliver_due

    company(installed)
    with write_session(installed.sessions) as session:
        for person, code in zip(
            session.scalars(select(Person).order_by(Person.id)), languages.NAMES, strict=False
        ):
            person.language = code
    wave = opened(installed)
    with clock.at(wave.opens_at):
        deliver_due(installed.sessions, installed.settings)
    outbox = Path(installed.settings.outbox.removeprefix("file:"))
    spoken = [
        re.findall(r"^Content-Language: (\w+)", path.read_text(), re.MULTILINE)[0]
        for path in outbox.glob("*.eml")
    ]
    assert {code: spoken.count(code) for code in TRANSLATED} == dict.fromkeys(TRANSLATED, 1)
