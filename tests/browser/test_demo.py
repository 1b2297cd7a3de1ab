"""The demo: its story is told and its links work."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Server, check
from tests.browser.places import sign_in


def test_the_story_is_told(demo: Server, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, demo)
    page.goto(f"{demo.base}/pairs/1/2")
    chart = page.locator("svg.chart.wide:not(.series)")
    expect(chart.locator("circle.alarm").first).to_be_visible()
    expect(chart.locator("line.flag")).to_have_count(2)
    # On the same axis, but apart: the late orders of every month.
    expect(page.locator("svg.series.wide .hard-mark")).to_have_count(14)
    expect(page.get_by_text("goals in conflict")).to_be_visible()
    expect(page.locator(".steps .tick.done")).to_have_count(3)
    expect(page.get_by_text("Expected -10 points by")).to_be_visible()
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
        page.wait_for_url(re.compile(r"/(s/form/\w+|hr|pairs)$"))


def test_staff_read_what_was_said_done_and_moved(
    demo: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE)
    page.goto(demo.link("/s#"))
    page.wait_for_url("**/s/form/*")
    page.get_by_role("link", name="You said, we did, it moved").click()
    expect(page.locator("main")).to_contain_text("less friction since then")
    check(page)


def test_the_chart_tells_its_values_by_keyboard_and_pointer(
    demo: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, demo)
    page.goto(f"{demo.base}/pairs/1/2")
    chart, says = page.locator("svg.chart.wide:not(.series)"), page.locator("#chart-values span")
    chart.focus()
    expect(says).to_have_count(2)
    newest = says.all_inner_texts()
    page.keyboard.press("ArrowLeft")
    assert says.all_inner_texts() != newest
    page.keyboard.press("End")
    assert says.all_inner_texts() == newest
    page.keyboard.press("Home")
    first = says.all_inner_texts()
    titles = [t.text_content() for t in chart.locator("g.month title").all()]
    assert first == [titles[0], titles[len(titles) // 2]]
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] / 2)
    assert says.all_inner_texts() == newest
