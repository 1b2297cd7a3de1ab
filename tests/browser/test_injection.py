"""Script corpora through every field, seen in a real browser: nothing runs, nothing is blocked.

What the policy would have to block was not escaped in the first place; so a report of a blocked
script or style fails here too (`open_page`).
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from surveys import clock
from surveys.access import accounts
from surveys.answering import replying
from surveys.curating import asking, deciding
from surveys.database import write_session
from surveys.improving import agreements
from surveys.models.agreements import Note
from surveys.models.enums import QuoteState
from surveys.models.people import Person, Team
from surveys.models.themes import Quote, Theme
from surveys.models.threads import ThreadMessage
from surveys.operating import worker
from surveys.running import setup
from surveys.web import Installation
from tests.browser.conftest import Server, start, stop
from tests.factories import HR, PASSWORD, answer, code_of, company, opened, part

PAYLOADS = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "'-alert(3)-'",
    "</textarea></title><svg onload=alert(4)>",
    "<a href=javascript:alert(5)>x</a>",
    "<iframe srcdoc='<script>alert(6)</script>'></iframe>",
    "<style>*{display:none}</style>",
    "{{7919*7907}} ${7919*7907} <%= 7919*7907 %>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(7)>",
    "\u2028alert(8)\u2029 ]]><!-- --!>",
    "<base href=//evil.example/><meta http-equiv=refresh content=0;url=//evil.example>",
    "=HYPERLINK(\"//evil.example\")",
)  # fmt: skip
EVERYTHING = "They are late. " + " ".join(PAYLOADS)


def short(limit: int) -> str:
    """As many of the payloads as a field takes."""
    text = ""
    for payload in PAYLOADS:
        if len(text) + len(payload) < limit:
            text += payload
    return text


@pytest.fixture
def poisoned(installed: Installation) -> Iterator[tuple[Server, str]]:
    """A served installation with the corpora in every field, and an open wave's code."""
    teams = company(installed)
    with write_session(installed.sessions) as session:
        for number, team in enumerate(session.scalars(select(Team))):
            team.name = f"{number} {short(110)}"
        for number, person in enumerate(session.scalars(select(Person))):
            person.name = f"{number} {short(190)}"
        setup.the_pulse(session).name = short(110)
        for role, team_id in (("hr", None), ("manager", teams["Buying"])):
            made = accounts.add_account(session, f"{role}@example.org", short(190))
            accounts.set_password(made, PASSWORD)
            accounts.grant(session, made, role, team_id)
    receipt = _a_wave(installed, teams)
    _decisions(installed, teams, receipt)
    wave = opened(installed)
    code = code_of(installed, wave, "buying1@example.org")
    with write_session(installed.sessions) as session:
        # The wave is open now, by the clock of the server that follows.
        wave = session.merge(wave)
        wave.opens_at = clock.now() - timedelta(days=1)
        wave.closes_at = clock.now() + timedelta(days=5)
    installed.engine.dispose()
    server = start(installed.settings.instance, "serve")
    yield server, code
    stop(server)


def _a_wave(installed: Installation, teams: dict[str, int]) -> str:
    wave = opened(installed)
    receipt = ""
    for team, other in (("Buying", "Selling"), ("Selling", "Buying")):
        for i in range(1, 13):
            said = part(teams[other], 1 + i % 4, {"O1": EVERYTHING[:600], "O2": short(590)})
            mail = f"{team.lower()}{i}@example.org"
            receipt = answer(installed, wave, mail, teams[team], said)
    with clock.at(wave.closes_at + timedelta(minutes=1)):
        worker.close_and_publish_due(installed.sessions, installed.engine, installed.settings)
    return receipt


def _decisions(installed: Installation, teams: dict[str, int], receipt: str) -> None:
    pair = (min(teams.values()), max(teams.values()))
    with write_session(installed.sessions) as session:
        hr = accounts.find_account(session, "hr@example.org")
        assert hr is not None
        quotes = session.scalars(select(Quote)).all()
        assert quotes
        for quote in quotes:
            deciding.decide_quote(session, quote.id, QuoteState.RELEASED, hr.id)
        for theme in session.scalars(select(Theme)):
            deciding.rename(session, theme.id, short(190), hr.id)
        asking.ask(session, quotes[0].id, short(390), hr.id)
        asked = session.get_one(ThreadMessage, (quotes[0].thread_key, 1))
        replying.add_turn(session, asked.thread_key, asked.wave_id, "writer", 2, short(590))
        today = clock.now().date()
        made = agreements.propose(session, HR, pair, "resources", "shared_kpis", short(290), today)
        for team_id in pair:
            agreements.sign(session, HR, made, team_id, hr.id)
        session.add(Note(team_a_id=pair[0], team_b_id=pair[1], happened_on=today, text=short(110)))


def harmless(page: Page, where: str) -> None:
    """Nothing ran, and nothing that could run came into the page."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(e => [
            ...[...e.attributes].filter(a => /^on/i.test(a.name)
                || /^\\s*javascript:/i.test(a.value)).map(a => a.name + '=' + a.value),
            ...(e.matches('script:not([src^="/static/"]), iframe, style, base, math,'
                + ' meta[http-equiv], img:not([src^="data:"])') ? [e.outerHTML] : [])])"""
    )
    assert found == [], where
    assert "62615533" not in page.content(), where
    assert urlsplit(page.url).hostname == "127.0.0.1", where


def test_nothing_that_anybody_wrote_runs_anywhere(
    poisoned: tuple[Server, str], open_page: Callable[..., Page]
) -> None:
    server, code = poisoned
    dialogs: list[str] = []
    for email, paths in (
        ("hr@example.org", (
            "/hr", "/hr/setup", "/hr/setup/people", "/hr/setup/seams", "/hr/setup/questions",
            "/hr/setup/preview", "/hr/setup/calendar", "/hr/setup/launch", "/hr/access",
            "/hr/themes", "/hr/themes/1", "/pairs", "/pairs/1/2", "/account",
        )),
        ("manager@example.org", ("/pairs", "/pairs/1/2", "/pairs/1/2/agree")),
    ):  # fmt: skip
        page = open_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(f"{server.base}/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/*")
        for path in paths:
            assert page.goto(server.base + path).status == 200, path
            assert "alert(1)" in page.inner_text("body") or path in ("/hr/setup/questions",
                "/hr/setup/calendar", "/hr/setup/launch", "/hr/setup"), path  # fmt: skip
            harmless(page, path)
        for kind in ("csv", "xlsx", "pdf"):
            file = page.request.get(f"{server.base}/pairs/1/2.{kind}")
            assert file.status == 200, kind
            for active in (b"/JavaScript", b"/OpenAction", b"/Launch"):
                assert active not in file.body(), kind
    page = open_page()
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{server.base}/s#{code}")
    page.wait_for_url("**/s/form/*")
    assert "alert(1)" in page.inner_text("body")
    harmless(page, urlsplit(page.url).path)
    page.goto(f"{server.base}/s/results")
    harmless(page, "/s/results")
    assert dialogs == []


def test_nothing_runs_in_a_mail(
    installed: Installation, poisoned: tuple[Server, str], open_page: Callable[..., Page]
) -> None:
    dialogs: list[str] = []
    outbox = Path(installed.settings.outbox.removeprefix("file:"))
    deadline = time.monotonic() + 60
    kinds: dict[str, EmailMessage] = {}
    while len(kinds) < 2 and time.monotonic() < deadline:  # the release, and the invitation
        assert poisoned[0].process.poll() is None
        for path in outbox.glob("*.eml"):
            mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            kinds[str(mail["Subject"])[:12]] = mail
        time.sleep(0.3)
    assert len(kinds) >= 2
    page = open_page()
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for mail in kinds.values():
        body = mail.get_body(("html",))
        assert body is not None
        # Pictures inside the mail have an address that only a mail reader knows.
        page.set_content(body.get_content().replace('src="cid:pair', 'class="cid:pair'))
        found = page.evaluate(
            "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes])"
            ".filter(a => /^on/i.test(a.name)).length"
            " + document.querySelectorAll('script, iframe, base, math,"
            ' img:not([class^="cid:pair"])\').length'
        )
        assert found == 0, mail["Subject"]
    assert dialogs == []
