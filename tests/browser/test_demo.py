"""The demo: ready in time, its links work, and every page is right at both widths."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Server, check, start, stop

HR_PAGES = (
    "/hr", "/hr/setup", "/hr/setup/people", "/hr/setup/seams", "/hr/setup/questions",
    "/hr/setup/preview", "/hr/setup/calendar", "/hr/setup/launch", "/hr/access", "/hr/themes",
    "/hr/themes/1", "/pairs", "/pairs/1/2", "/pairs/4/6", "/stored",
)  # fmt: skip
READY_WITHIN = 90


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    begun = time.monotonic()
    running = start(tmp_path_factory.mktemp("demo") / "instance", "demo")
    took = time.monotonic() - begun
    yield running
    stop(running)
    assert took < READY_WITHIN, f"the demo took {took:.0f} s"


def sign_in(page: Page, demo: Server) -> None:
    page.goto(f"{demo.base}/sign-in")
    page.get_by_label("E-mail").fill("hr@example.com")
    page.get_by_label("Password").fill("tribometer-demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Working together")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_page_of_hr_is_right(
    demo: Server, open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width)
    sign_in(page, demo)
    for path in HR_PAGES:
        assert page.goto(demo.base + path).status == 200, path
        check(page)


def test_the_pair_page_is_right_in_the_dark(demo: Server, open_page: Callable[..., Page]) -> None:
    page = open_page(DESK, dark=True)
    sign_in(page, demo)
    page.goto(f"{demo.base}/pairs/1/2")
    check(page)


def test_the_story_is_told(demo: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, demo)
    page.goto(f"{demo.base}/pairs/1/2")
    chart = page.locator("svg.chart.wide")
    expect(chart.locator("circle.alarm").first).to_be_visible()
    expect(chart.locator("line.flag")).to_have_count(2)
    expect(page.locator("main")).to_contain_text("Sales reorganised into regions")
    expect(page.locator("main")).to_contain_text("less friction since then")
    assert page.locator("blockquote").count() > 0
    page.goto(f"{demo.base}/pairs/4/6")
    expect(page.locator("main")).to_contain_text("the team is too small for a figure of its own")


def test_every_printed_link_works(demo: Server, open_page: Callable[..., Page]) -> None:
    links = re.findall(rf"{demo.base}/(?:enter|s)#\S+", demo.output)
    assert len(links) == 4
    for link in links:
        page = open_page()
        page.goto(link)
        page.wait_for_url(re.compile(r"/(s/form|hr|pairs)$"))


def test_staff_read_what_was_said_done_and_moved(
    demo: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE)
    page.goto(demo.link("/s#"))
    page.wait_for_url("**/s/form")
    page.get_by_role("link", name="You said, we did, it moved").click()
    expect(page.locator("main")).to_contain_text("less friction since then")
    check(page)
