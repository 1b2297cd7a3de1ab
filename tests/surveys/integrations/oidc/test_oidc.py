"""The whole way of a sign-in by OpenID Connect: real server, real provider, real HTTP."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from playwright.sync_api import Browser
from sqlalchemy import select

from app import create_app
from surveys.access import accounts
from surveys.access.viewer import COOKIE
from surveys.database import make_engine, make_sessions, write_session
from surveys.models.audit import AuditEntry
from surveys.models.people import Account, Grant, Identity
from surveys.settings import Settings
from tests.browser.conftest import Server, check, start, stop
from tests.factories import company
from tests.postgres import free_port
from tests.surveys.integrations.oidc import openid_provider
from tests.surveys.integrations.oidc.openid_provider import CLIENT, SECRET, OpenIdProvider

HR, LEADS, KEEPERS = openid_provider.GROUPS


@dataclass
class House:
    """A running installation and the provider beside it."""

    server: Server
    provider: OpenIdProvider
    #: what the page said while the provider was not there yet
    away: requests.Response

    @property
    def sessions(self):  # type: ignore[no-untyped-def]
        return make_sessions(make_engine(f"sqlite:///{self.server.instance}/data/tribometer.db"))

    def begin(self, browser: requests.Session, goal: str = "") -> requests.Response:
        """Press the button of the sign-in page; returns the provider's first page."""
        page = browser.get(f"{self.server.base}/sign-in", params={"next": goal} if goal else {})
        link = re.search(r'href="(/sign-in/organisation[^"]*)"', page.text)
        assert link, page.text
        return browser.get(self.server.base + link[1].replace("&amp;", "&"))

    def visit(self, who: str, goal: str = "") -> tuple[requests.Session, requests.Response]:
        """Somebody's whole way in a new browser, without the last redirect."""
        browser = requests.Session()
        back = self.provider.log_in(browser, who, self.begin(browser, goal))
        return browser, browser.get(back, allow_redirects=False)

    def roles(self, who: str) -> set[tuple[str, str | None]]:
        """What the account may do: roles with the name of the team."""
        with self.sessions() as session:
            account = accounts.find_account(session, f"{who}@example.org")
            return {(g.role, g.team and g.team.name) for g in account.grants} if account else set()

    def log(self, who: str) -> list[tuple[str, str]]:
        """What the audit log says of an account: actor and action."""
        address = f"{who}@example.org"
        with self.sessions() as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            return [
                (e.actor, e.action)
                for e in entries
                if e.actor == address or e.detail.get("of") == address
            ]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("oidc")
    settings = Settings.read(folder / "instance", environ={})
    settings.data.mkdir(parents=True)
    shutil.copy(migrated, settings.data / "tribometer.db")
    installed = create_app(settings).extensions["tribometer"]
    teams = company(installed, Procurement=6, Sales=6)
    with write_session(installed.sessions) as session:
        carl = accounts.add_account(session, "carl@example.org", "Carl")
        accounts.grant(session, carl, "manager", teams["Sales"])
    installed.engine.dispose()
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n")
    port = free_port()
    server = start(
        settings.instance, "serve", TRIBOMETER_OIDC=f"http://127.0.0.1:{port}",
        TRIBOMETER_OIDC_CLIENT=CLIENT, TRIBOMETER_OIDC_SECRET=f"file:{secret}",
        TRIBOMETER_OIDC_GROUPS=f"{HR}=hr; {LEADS} = manager:Procurement; "
        f"{KEEPERS}=admin; x=manager:No such team",
    )  # fmt: skip
    try:
        away = requests.get(f"{server.base}/sign-in/organisation", allow_redirects=False)
        with openid_provider.running(port, server.base, folder / "provider.log") as provider:
            yield House(server, provider, away)
    finally:
        stop(server)


def test_a_provider_that_is_away_keeps_nobody_else_out(house: House) -> None:
    assert house.away.status_code == 503
    assert "does not answer" in house.away.text
    assert "ConnectionError" in house.server.instance.with_suffix(".out").read_text()


def test_a_group_makes_somebody_new_hr(house: House) -> None:
    browser, done = house.visit("ada", "/hr/access")
    assert (done.status_code, done.headers["Location"]) == (302, "/hr/access")
    assert "Ada of Example" in browser.get(f"{house.server.base}/hr/access").text
    assert house.roles("ada") == {("hr", None)}
    assert house.log("ada") == [
        ("identity provider", "added an account"),
        ("identity provider", "changed roles"),
        ("identity provider", "linked an account"),
        ("ada@example.org", "signed in by identity provider"),
    ]


def test_the_question_carries_state_nonce_and_pkce(house: House) -> None:
    browser = requests.Session()
    asked = browser.get(f"{house.server.base}/sign-in/organisation", allow_redirects=False)
    query = parse_qs(urlsplit(asked.headers["Location"]).query)
    assert query["response_type"] == ["code"]
    assert query["scope"] == ["openid email profile groups"]
    assert query["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= query.keys()
    assert query["redirect_uri"] == [f"{house.server.base}/sign-in/organisation/back"]


def test_a_group_makes_the_manager_of_a_team_and_no_more(house: House) -> None:
    browser, done = house.visit("bea")
    assert done.status_code == 302
    assert house.roles("bea") == {("manager", "Procurement")}
    assert browser.get(f"{house.server.base}/pairs").status_code == 200
    assert browser.get(f"{house.server.base}/hr/access").status_code == 404


def test_an_account_is_found_by_its_address_once_and_then_by_its_link(house: House) -> None:
    assert house.visit("carl")[1].status_code == 302
    assert house.roles("carl") == {("manager", "Sales")}  # HR gave it: no group takes it away
    with write_session(house.sessions) as session:
        account = accounts.find_account(session, "carl@example.org")
        assert account is not None
        account.email = "charles@example.org"
    assert house.visit("carl")[1].status_code == 302
    assert house.log("charles") == [("charles@example.org", "signed in by identity provider")]


def test_who_has_no_account_and_no_group_is_refused(house: House) -> None:
    browser, done = house.visit("dora")
    assert done.status_code == 403
    assert "Ask HR to give it to dora@example.org." in done.text
    assert COOKIE not in browser.cookies
    with house.sessions() as session:
        assert accounts.find_account(session, "dora@example.org") is None


def test_an_unconfirmed_address_opens_nothing(house: House) -> None:
    done = house.visit("emil")[1]
    assert done.status_code == 403
    assert "is confirmed" in done.text
    assert house.roles("emil") == set()


def test_who_leaves_the_group_loses_the_role_and_gets_it_back(house: House) -> None:
    first, done = house.visit("fred")
    assert done.status_code == 302
    house.provider.put(HR, "ada", "emil")
    done = house.visit("fred")[1]
    assert done.status_code == 403
    assert "no role here any more" in done.text
    assert house.roles("fred") == set()
    assert first.get(f"{house.server.base}/hr/access").status_code == 404  # the open browser, too
    house.provider.put(HR, "ada", "emil", "fred")
    assert house.visit("fred")[1].status_code == 302
    assert house.log("fred").count(("identity provider", "changed roles")) == 3


def test_a_manager_who_becomes_hr_stands_in_the_log(house: House) -> None:
    house.visit("bea")
    house.provider.put(HR, "ada", "emil", "fred", "bea")
    house.visit("bea")
    assert house.roles("bea") == {("manager", "Procurement"), ("hr", None)}
    with house.sessions() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))
        last = next(e for e in entries if e.action == "changed roles")
    assert last.detail == {"of": "bea@example.org", "gave": ["hr"], "took": []}


def test_an_address_that_passed_to_somebody_else_opens_nothing(house: House) -> None:
    with write_session(house.sessions) as session:
        account = accounts.add_account(session, "greta@example.org", "Another Greta")
        accounts.grant(session, account, "hr")
        session.add(Identity(issuer=house.provider.issuer, subject="g-1", account_id=account.id))
    done = house.visit("greta")[1]
    assert done.status_code == 403
    assert "belongs to somebody else" in done.text
    with write_session(house.sessions) as session:
        account = session.scalars(select(Account).where(Account.email == "greta@example.org")).one()
        accounts.revoke(session, account)
        accounts.grant(session, account, "hr")
    # HR took the access away and gave it again: the tie is free, and the group does not give it.
    done = house.visit("greta")[1]
    assert done.status_code == 403
    with house.sessions() as session:
        # Nothing was changed for somebody who never came in this way.
        assert session.scalar(select(Grant.role).where(Grant.account_id == account.id)) == "hr"


def test_an_answer_is_taken_once_and_by_the_browser_that_asked(house: House) -> None:
    browser, thief = requests.Session(), requests.Session()
    back = house.provider.log_in(browser, "ada", house.begin(browser))
    refused = thief.get(back, allow_redirects=False)
    assert refused.status_code == 400
    assert "Begin again" in refused.text
    forged = back.replace("state=", "state=x")
    assert browser.get(forged, allow_redirects=False).status_code == 400
    before = browser.cookies.copy()
    assert browser.get(back, allow_redirects=False).status_code == 302
    assert browser.get(back, allow_redirects=False).status_code == 400
    # Even with the cookie as it was, the provider takes the code only once.
    thief.cookies.update(before)
    again = thief.get(back, allow_redirects=False)
    assert again.status_code == 403
    assert "did not let you in" in again.text
    assert COOKIE not in thief.cookies


def test_who_says_no_over_there_stays_outside(house: House) -> None:
    browser = requests.Session()
    asked = browser.get(f"{house.server.base}/sign-in/organisation", allow_redirects=False)
    state = parse_qs(urlsplit(asked.headers["Location"]).query)["state"][0]
    done = browser.get(
        f"{house.server.base}/sign-in/organisation/back",
        params={"error": "access_denied", "error_description": "<b>Call us</b>", "state": state},
    )
    assert done.status_code == 403
    assert "Call us" not in done.text
    unasked = browser.get(f"{house.server.base}/sign-in/organisation/back?error=access_denied")
    assert unasked.status_code == 400


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(house: House, goal: str) -> None:
    done = house.visit("ada", goal)[1]
    assert (done.status_code, done.headers["Location"]) == (302, "/")


def test_a_sign_in_that_was_there_before_is_not_taken_over(house: House) -> None:
    browser = requests.Session()
    browser.cookies.set(COOKIE, "planted", domain="127.0.0.1", path="/")
    browser.get(house.provider.log_in(browser, "ada", house.begin(browser)))
    values = [one.value for one in browser.cookies if one.name == COOKIE]
    assert values
    assert "planted" not in values


def test_in_a_browser_by_the_button_and_out_again_at_both(house: House, chromium: Browser) -> None:
    page = chromium.new_context().new_page()
    page.goto(f"{house.server.base}/sign-in?lang=en")
    check(page)
    page.get_by_role("link", name="Sign in with your organisation's account").click()
    page.locator("#login").fill("hugo")
    page.keyboard.press("Enter")
    page.locator("#password").fill(openid_provider.PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#accept").click()
    page.wait_for_url(f"{house.server.base}/**")
    page.get_by_role("button", name="Sign out").click()
    check(page)
    page.get_by_role("link", name="Sign out of your organisation's account as well").click()
    page.wait_for_url(f"{house.provider.issuer}/**")
    with page.expect_navigation():
        page.locator("#logout").click()
    page.goto(f"{house.server.base}/sign-in?lang=en")
    page.get_by_role("link", name="Sign in with your organisation's account").click()
    page.locator("#login").wait_for()
    page.context.close()
