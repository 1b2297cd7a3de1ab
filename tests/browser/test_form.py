"""The form on a phone: light, quick, under three minutes; nothing lost, nothing sent twice."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from sqlalchemy import func, select

from surveys.database import ROOT
from surveys.models.ballots import SealedBallot
from tests.browser.conftest import PHONE, Server
from tests.browser.places import inside, staff_link

MAX_BYTES = 60_000
#: seconds until the form shows its first words: from sending the code (the redirection and all
#: styles included), and from the tap on the link in the mail (one page and one script more)
MAX_WAITING, MAX_WAY = 1.0, 1.5
PAINTED = "performance.getEntriesByName('first-contentful-paint')"
#: Lighthouse's slow phone: 150 ms there and back, 1.6 Mbit/s down, 0.75 up; a processor 4 times
#: slower than this machine's
NETWORK = {
    "offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}  # fmt: skip
SLOWER = 4
#: silent reading of English (Brysbaert, 2019: the mean of 190 studies), and slow readers
WORDS_A_MINUTE, SLOW_WORDS_A_MINUTE = 238, 200
#: to think, to point and to press: 1.35 + 1.1 + 0.2 s (Card, Moran and Newell, 1980)
SECONDS_A_TICK = 2.65
MAX_MINUTES = 3
TRIES = 3


def watched(page: Page) -> tuple[CDPSession, list[int]]:
    """The browser's own inspector, and the sizes of all that comes in over the wire."""
    inspector = page.context.new_cdp_session(page)
    sizes: list[int] = []
    inspector.send("Network.enable")
    inspector.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return inspector, sizes


def test_the_first_load_is_light(demo: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    _inspector, sizes = watched(page)
    page.goto(staff_link(demo, "Logistics", 1))
    page.wait_for_url("**/s/form/*")
    page.wait_for_load_state("networkidle")
    icon = (ROOT / "static" / "icon.svg").stat().st_size  # a browser without a window asks for none
    total = sum(sizes) + icon
    print(f"{total} bytes in {len(sizes) + 1} files")
    assert len(sizes) >= 7  # two pages, three sheets of styles, two scripts
    assert total < MAX_BYTES


def test_a_slow_phone_shows_it_at_once(demo: Server, chromium: Browser) -> None:
    link = staff_link(demo, "Logistics", 1)
    views, ways = [], []
    for _ in range(TRIES):
        context = chromium.new_context(viewport={"width": PHONE, "height": 800}, has_touch=True)
        page = context.new_page()
        inspector, _sizes = watched(page)
        inspector.send("Network.emulateNetworkConditions", NETWORK)
        inspector.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script("window.name ||= performance.timeOrigin")
        page.goto(link)
        page.wait_for_url("**/s/form/*")
        page.wait_for_function(f"{PAINTED}.length")
        views.append(page.evaluate(f"{PAINTED}[0].startTime"))
        ways.append(views[-1] + page.evaluate("performance.timeOrigin - Number(window.name)"))
        context.close()
    print(f"first view {min(views):.0f} ms, from the tap on the link {min(ways):.0f} ms")
    # The best of a few: what the page costs, not what else this machine was doing.
    assert min(views) < 1000 * MAX_WAITING
    assert min(ways) < 1000 * MAX_WAY


def test_two_teams_take_under_three_minutes(demo: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE)
    page.goto(staff_link(demo, "Logistics", 1))
    page.wait_for_url("**/s/form/*")
    words, ticks = [counted(page.locator("main h1").inner_text())], 0
    while True:
        step = page.locator(".step:visible")
        # The five points are the same everywhere: read with the first statement of a team. What a
        # list would unfold is read by those who open it.
        unread = [
            *step.locator(".points").all_inner_texts()[1:],
            *step.locator("option").all_inner_texts(),
        ]
        words.append(counted(step.inner_text()) - sum(map(counted, unread)))
        ticks += step.locator("fieldset").count()
        if not page.get_by_role("button", name="Go on").is_visible():
            break
        page.get_by_role("button", name="Go on").click()
    ticking = ticks * SECONDS_A_TICK / 60
    first = sum(words) / WORDS_A_MINUTE + ticking
    again = sum(words[2:]) / SLOW_WORDS_A_MINUTE + ticking
    print(f"{words} words, {ticks} ticks: {first:.1f} minutes; who knows the promise: {again:.1f}")
    assert ticks >= 2 * 9
    assert max(first, again) < MAX_MINUTES


def counted(text: str) -> int:
    """Words of a text."""
    return len(re.findall(r"\w+", text))


@pytest.fixture
def phone(demo: Server, chromium: Browser) -> Iterator[Page]:
    """A phone with the form of somebody who has not answered, at the first team."""
    context = chromium.new_context(viewport={"width": PHONE, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto(staff_link(demo, "Logistics", 1))
    page.wait_for_url("**/s/form/*")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h2:visible")).to_have_text("Working with Procurement")
    page.wait_for_timeout(400)
    yield page
    context.close()


def sealed(demo: Server) -> int:
    """Ballots in the box."""
    with inside(demo) as installed, installed.sessions() as session:
        return session.scalars(select(func.count()).select_from(SealedBallot)).one()


def fill(page: Page) -> None:
    """Two ticks and a comment."""
    for group in page.locator("fieldset:visible").all()[:2]:
        group.get_by_label("Rather agree").check()
    page.locator("textarea:visible").first.fill("They tell us late.")


def is_filled(page: Page) -> None:
    """All of it is still there."""
    expect(page.locator("h2:visible")).to_have_text("Working with Procurement")
    expect(page.locator("fieldset:visible input:checked")).to_have_count(2)
    expect(page.locator("textarea:visible").first).to_have_value("They tell us late.")


def test_back_forward_and_another_page_lose_nothing(phone: Page, demo: Server) -> None:
    fill(phone)
    phone.get_by_role("button", name="Go on").click()
    expect(phone.locator("h2:visible")).to_have_text("Working with Sales")
    phone.go_back()
    is_filled(phone)
    phone.go_forward()
    expect(phone.locator("h2:visible")).to_have_text("Working with Sales")
    phone.get_by_role("button", name="Back").click()
    phone.goto(f"{demo.base}/stored")
    phone.go_back()
    is_filled(phone)
    phone.reload()
    is_filled(phone)


def test_a_dead_connection_loses_nothing(phone: Page, demo: Server) -> None:
    before, address = sealed(demo), phone.url
    fill(phone)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert")).to_contain_text("You are offline")
    phone.go_back()
    is_filled(phone)
    phone.context.set_offline(False)
    expect(phone.get_by_role("alert")).to_have_count(0)
    # The phone thinks it is on line, yet nothing arrives.
    phone.route("**/s/form/*", lambda route: route.abort())
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("button", name="Send").click()
    phone.wait_for_url("chrome-error://**")
    assert sealed(demo) == before
    phone.unroute("**/s/form/*")
    phone.goto(address)
    phone.get_by_role("button", name="Go on").click()
    is_filled(phone)


def test_a_double_tap_neither_skips_a_team_nor_sends_twice(phone: Page, demo: Server) -> None:
    before = sealed(demo)
    fill(phone)
    twice(phone, "Go on")
    expect(phone.locator("h2:visible")).to_have_text("Working with Sales")
    assert phone.locator("fieldset:visible input:checked").count() == 0
    phone.wait_for_timeout(400)
    twice(phone, "Send")
    expect(phone.locator("h1")).to_have_text("Thank you, it has arrived")
    assert sealed(demo) == before + 1
    assert phone.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('tri'))") == []


def twice(page: Page, name: str) -> None:
    """Two taps on the same place of the screen, a fifth of a second apart."""
    button = page.get_by_role("button", name=name)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(200)
