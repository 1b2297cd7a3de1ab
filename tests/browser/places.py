"""Every page of the product, found in the map of its routes: a new page cannot be forgotten."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import Page
from sqlalchemy import select

from app import create_app
from surveys.access import accounts
from surveys.access.policy import RESPONDENT, declared, scope_of
from surveys.answering import tokens
from surveys.answering.sealing import mail_secret
from surveys.database import write_session
from surveys.models.enums import WaveState
from surveys.models.people import Account, Grant, Person, Team
from surveys.models.pulses import Invitation, Wave
from surveys.settings import Settings
from surveys.web import Installation
from tests.browser.conftest import DEMO_PASSWORD, Server

#: stands for the last part of the address of a form, which the browser drew
OPENED = "opened"
#: what stands for the parameters of an address; the pair of the story, its first theme
EXAMPLES = {"team_a": 1, "team_b": 2, "theme_id": 1, "language": "de", "handle": OPENED}
#: addresses for programs, which no person opens
PROGRAMS = ("/api/", "/scim/", "/static/")
FILE = re.compile(r"\.\w+$")
#: shown in the middle of something only: they send everybody else on (see test_keyboard.py)
IN_PASSING = {"/", "/sign-in/second"}
#: further states of the same pages, and what an address that is none shows
FURTHER = (
    ("hr", "/pairs/4/6"), ("hr", "/nothing"), ("staff", "/s/nothing"), ("manager", "/pairs/1/2"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """An address and who looks at it: staff, hr, manager or nobody (who has not signed in)."""

    visitor: str
    path: str


@cache
def every_place(instance: Path) -> list[Place]:
    """All addresses that may be opened; raises KeyError for a parameter without an example."""
    app = create_app(Settings.read(instance, environ={}))
    found = [Place(*further) for further in FURTHER]
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(PROGRAMS):
            continue
        if FILE.search(rule.rule):
            continue
        roles = declared(app, rule.endpoint) or frozenset()
        if scope_of(roles):
            continue  # for programs with a token, not for browsers
        given = {name: EXAMPLES[name] for name in rule.arguments}
        path = app.url_map.bind("localhost").build(rule.endpoint, given)
        for visitor, role in (("staff", RESPONDENT), ("hr", "hr"), ("manager", "manager")):
            if role in roles:
                found.append(Place(visitor, path))
                break
        else:
            found.append(Place("nobody", path))
    app.extensions["tribometer"].engine.dispose()
    return found


def pages_of(page: Page, demo: Server, visitor: str) -> list[str]:
    """What this visitor may look at: no files; nothing but IN_PASSING sends on to elsewhere."""
    shown = []
    opened = page.url.rpartition("/")[2]  # of staff: the form that is open in this browser
    for place in every_place(demo.instance):
        if place.visitor == visitor:
            path = place.path.replace(OPENED, opened)
            answer = page.context.request.get(demo.base + path)
            assert (answer.url != demo.base + path) == (path in IN_PASSING), place
            if path not in IN_PASSING and b"<html" in answer.body():
                shown.append(path)
    return shown


def unfolded(page: Page, address: str) -> None:
    """Open a page and show everything on it: all steps of the form, all that can be unfolded."""
    page.goto(address)
    page.evaluate(
        "for (const e of document.querySelectorAll('[hidden]')) e.hidden = false;"
        "for (const e of document.querySelectorAll('details')) e.open = true;"
    )


def sign_in(page: Page, demo: Server) -> None:
    """Sign HR in."""
    page.goto(f"{demo.base}/sign-in")
    page.locator("#email").fill("hr@example.com")
    page.locator("#password").fill(DEMO_PASSWORD)
    page.locator("main button").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


@contextmanager
def inside(demo: Server) -> Iterator[Installation]:
    """The installation behind a running server."""
    app = create_app(Settings.read(demo.instance, environ={}))
    yield app.extensions["tribometer"]
    app.extensions["tribometer"].engine.dispose()


def manager_link(demo: Server, team: str) -> str:
    """A link that lets the first manager of a team in, once."""
    with inside(demo) as installed, write_session(installed.sessions) as session:
        managers = select(Account).join(Grant).join(Team).where(Team.name == team)
        account = session.scalars(managers.order_by(Account.id)).first()
        return f"{demo.base}/enter#{accounts.make_link(session, account)}"


def staff_link(demo: Server, team: str, number: int) -> str:
    """The personal link of one of those of a team who have not answered yet."""
    with inside(demo) as installed, installed.sessions() as session:
        wave = session.scalars(select(Wave).where(Wave.state == WaveState.OPEN)).one()
        people = select(Person.id).join(Invitation).join(Team, Team.id == Invitation.team_id)
        silent = people.where(
            Invitation.wave_id == wave.id, Invitation.answered.is_(False), Team.name == team
        )
        person_id = session.scalars(silent.order_by(Person.id)).all()[number]
        secret = mail_secret(installed.settings, wave.id)
        return f"{demo.base}/s#{tokens.personal_code(secret, wave.id, person_id)}"


def become(page: Page, visitor: str, demo: Server) -> Page:
    """Make a new page that of a visitor."""
    if visitor == "staff":
        page.goto(demo.link("/s#"))
        page.wait_for_url("**/s/form/*")
    elif visitor == "manager":
        page.goto(manager_link(demo, "Procurement"))
        page.wait_for_url("**/pairs")
    elif visitor == "hr":
        sign_in(page, demo)
    return page
