"""Every page: no violation that axe finds, in both themes, directions and widths."""

from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from surveys.answering import tokens
from surveys.curating import asking
from surveys.database import write_session
from surveys.web import Installation
from tests.browser.conftest import AXE, DESK, LOOK, PHONE, Server, check, start, stop
from tests.browser.places import become, manager_link, pages_of, unfolded
from tests.surveys.answering.test_replying import QUESTION, Asked

#: language -> theme and width: every two of the three meet in one of the four
LOOKS = {
    "en": (("light", PHONE), ("dark", DESK)),
    "ar": (("dark", PHONE), ("light", DESK)),
}


def look(page: Page, language: str) -> None:
    """Check the page as it stands in the looks of a language."""
    for number, (theme, width) in enumerate(LOOKS[language]):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        check(page, AXE if (language, number) == ("en", 0) else LOOK)


@pytest.mark.parametrize("visitor", ["nobody", "staff", "manager", "hr"])
def test_every_page_is_right(demo: Server, open_page: Callable[..., Page], visitor: str) -> None:
    page = become(open_page(), visitor, demo)
    shown = pages_of(page, demo, visitor)
    assert shown
    for path in shown:
        for language in LOOKS:
            unfolded(page, f"{demo.base}{path}?lang={language}")
            assert page.locator("html").get_attribute("lang") == language, path
            look(page, language)


def test_the_pages_of_a_second_factor_are_right(
    demo: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(manager_link(demo, "Quality"))
    page.wait_for_url("**/account/password")
    page.goto(f"{demo.base}/account/second-factor")
    page.locator("#code").fill(pyotp.TOTP(page.locator("p.code").inner_text()).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("h1")).to_have_text("The second factor is on")
    look(page, "en")
    page.get_by_role("button", name="Sign out").click()
    page.goto(manager_link(demo, "Quality"))
    page.wait_for_url("**/sign-in/second")
    look(page, "en")
    page.locator("#code").fill("no code")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("status")).to_be_focused()
    page.goto(f"{page.url}?lang=ar")
    look(page, "ar")


def test_the_page_with_a_question_is_right(
    installed: Installation, open_page: Callable[..., Page]
) -> None:
    made = Asked(installed)
    with write_session(installed.sessions) as session:
        asking.ask(session, made.quote, QUESTION, made.hr)
    installed.engine.dispose()
    server = start(installed.settings.instance, "serve")
    page = open_page()
    for language in LOOKS:
        page.goto(f"{server.base}/s/reply?lang={language}")
        page.locator("#code").fill(tokens.grouped(made.receipt))
        page.locator("main button").click()
        expect(page.locator("blockquote")).to_have_text(QUESTION)
        look(page, language)
    page.locator("textarea").fill("Rush orders.")
    page.locator("main button").click()
    expect(page.get_by_role("status")).to_be_focused()
    look(page, "ar")
    stop(server)
