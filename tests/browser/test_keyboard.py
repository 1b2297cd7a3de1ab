"""Everything by keyboard alone, in the dark theme: where the focus is can be seen at each step."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, check, start, stop
from tests.browser.places import become, manager_link, pages_of, staff_link, unfolded
from tests.factories import PASSWORD, directory

#: more than the stops of any page
FAR = 400
#: What Tab should stop at: of a group of radio buttons one, and nothing that is not shown.
STOPS = """() => {
  const all = [...document.querySelectorAll(`a[href], button, input:not([type=hidden]), select,
    textarea, summary, [tabindex="0"]`)].filter((e) => !e.disabled && e.tabIndex >= 0
      && e.checkVisibility());
  const names = new Set(all.filter((e) => e.type === 'radio').map((e) => e.name));
  return all.filter((e) => e.type !== 'radio').length + names.size;
}"""
#: The element in focus by its place in the page, and what is wrong with how it shows.
FOCUS = """() => {
  const e = document.activeElement;
  if (e === document.body) return null;
  const shown = e.closest('.points label') ?? e;
  const style = getComputedStyle(shown);
  const faults = [];
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('no ring');
  if (e.tabIndex > 0) faults.push('order by hand');
  const box = shown.getClientRects()[0];
  const [x, y] = [box.left + Math.min(box.width, 60) / 2, box.top + Math.min(box.height, 60) / 2];
  const top = document.elementFromPoint(x, y);
  if (!top || !(shown.contains(top) || top.contains(shown) || top.control === e))
    faults.push('covered or out of the window');
  const place = [...document.querySelectorAll('*')].indexOf(e);
  return [place, faults.length ? [e.outerHTML.slice(0, 120), ...faults] : []];
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab, or Shift and Tab if the target lies behind, until it has the focus."""
    behind = target.evaluate("e => (e.compareDocumentPosition(document.activeElement) & 4) > 0")
    for _ in range(FAR):
        page.keyboard.press("Shift+Tab" if behind else "Tab")
        if target.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {target}")


def press(page: Page, name: str) -> None:
    """Go to a button or a link and press Enter."""
    either = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    tab_to(page, either.first)
    page.keyboard.press("Enter")


@pytest.fixture
def dark_page(open_page: Callable[..., Page]) -> Page:
    return open_page(dark=True)


@pytest.mark.parametrize("visitor", ["nobody", "staff", "manager", "hr"])
def test_the_focus_comes_to_everything_and_is_seen(
    demo: Server, dark_page: Page, visitor: str
) -> None:
    become(dark_page, visitor, demo)
    for path in pages_of(dark_page, demo, visitor):
        unfolded(dark_page, demo.base + path)
        expected, places = dark_page.evaluate(STOPS), []
        for _ in range(FAR):
            dark_page.keyboard.press("Tab")
            focus = dark_page.evaluate(FOCUS)
            if focus is None or (places and focus[0] == places[0]):
                break
            if places[-1:] != focus[:1]:  # a field of dates has several stops inside
                assert focus[1] == [], path
                places.append(focus[0])
        assert places == sorted(places), path
        assert len(places) == expected, path


def test_the_skip_link_leads_past_the_head_and_stays_in_the_step(
    demo: Server, dark_page: Page
) -> None:
    dark_page.goto(staff_link(demo, "Finance", 0))
    dark_page.wait_for_url("**/s/form/*")
    press(dark_page, "Go on")
    expect(dark_page.locator("h2:visible")).to_be_focused()
    step = dark_page.locator("h2:visible").inner_text()
    for _ in range(3):  # back over the brand to the link
        dark_page.keyboard.press("Shift+Tab")
        if dark_page.locator(".skip").evaluate("e => e === document.activeElement"):
            break
    expect(dark_page.locator(".skip")).to_be_in_viewport()
    dark_page.keyboard.press("Enter")
    assert dark_page.locator("h2:visible").inner_text() == step
    dark_page.keyboard.press("Tab")
    assert dark_page.evaluate("document.activeElement.closest('main') !== null")


def test_staff_answer(demo: Server, dark_page: Page) -> None:
    page = dark_page
    page.goto(staff_link(demo, "Logistics", 0))
    page.wait_for_url("**/s/form/*")
    press(page, "Go on")
    expect(page.locator("h2:visible")).to_have_text("Working with Procurement")
    expect(page.locator("h2:visible")).to_be_focused()
    check(page)
    for number, group in enumerate(page.locator("fieldset:visible").all()):
        radios = group.locator("input")
        tab_to(page, radios.first)
        page.keyboard.press("Space")
        for _ in range(number % 5):
            page.keyboard.press("ArrowRight")
        expect(radios.nth(number % 5)).to_be_checked()
        page.keyboard.press("ArrowLeft")
        expect(radios.nth((number - 1) % 5)).to_be_checked()
    point = page.get_by_label("Where did it grate most?").locator("visible=true")
    tab_to(page, point)
    page.keyboard.press("ArrowDown")
    assert point.input_value() == "1"
    page.keyboard.press("Tab")
    page.keyboard.type("999")
    tab_to(page, page.locator("textarea:visible").first)
    page.keyboard.type("They tell us late.")
    press(page, "Go on")
    expect(page.locator("h2:visible")).to_have_text("Working with Sales")
    tab_to(page, page.locator("[data-none]:visible"))
    page.keyboard.press("Space")
    expect(page.locator("fieldset:visible")).to_have_count(0)
    press(page, "Send")
    mend_and_send(page)
    expect(page.locator("h1")).to_have_text("Thank you, it has arrived")
    check(page)


def mend_and_send(page: Page) -> None:
    """The list of what needs another look is in focus, its link leads to the field."""
    expect(page.get_by_role("status")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("needs another look")
    check(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="A number of hours from 0 to 200")).to_be_focused()
    page.keyboard.press("Enter")
    hours = page.get_by_label("Hours it cost you").locator("visible=true")
    expect(hours).to_be_focused()
    expect(hours).to_have_accessible_description("A number of hours from 0 to 200, please.")
    expect(page.locator("h2:visible")).to_have_text("Working with Procurement")
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    press(page, "Go on")
    expect(page.locator("[data-none]:visible")).to_be_checked()
    press(page, "Send")


def test_hr_signs_in(demo: Server, dark_page: Page) -> None:
    page = dark_page
    page.goto(f"{demo.base}/sign-in")
    for password in ("not the password", "tribometer-demo"):
        tab_to(page, page.locator("#email"))
        page.keyboard.press("Control+A")
        page.keyboard.type("hr@example.com")
        page.keyboard.press("Tab")
        page.keyboard.type(password)
        page.keyboard.press("Enter")
        if password.startswith("not"):
            expect(page.locator(".note")).to_be_focused()
            expect(page.locator(".note")).to_contain_text("do not fit")
            check(page)
    expect(page.locator("h1")).to_have_text("Working together")


def test_two_managers_agree(demo: Server, open_page: Callable[..., Page]) -> None:
    one, two = open_page(dark=True), open_page(dark=True)
    for page, team in ((one, "Finance"), (two, "Legal")):
        page.goto(manager_link(demo, team))
        page.wait_for_url(lambda url: "/enter" not in url)
        page.goto(f"{demo.base}/pairs")
        press(page, "Finance – Legal")
    press(one, "Propose an agreement")
    for choice in one.locator("select").all():
        tab_to(one, choice)
        one.keyboard.press("ArrowDown")
    tab_to(one, one.locator("textarea"))
    press(one, "Propose and sign")  # without a word: the browser stops it there
    expect(one.locator("textarea")).to_be_focused()
    one.keyboard.type("Legal reads every contract within two days.")
    press(one, "Propose and sign")
    expect(one.locator("main")).to_contain_text(
        "not signed by both yet"
    )  # stored before it is read
    expect(one.get_by_role("button", name="Sign for your team")).to_have_count(0)
    two.reload()
    press(two, "Sign for your team")
    expect(two.get_by_role("button", name="Sign for your team")).to_have_count(0)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Server]:
    running = start(tmp_path / "instance", "serve")
    yield running
    stop(running)


def test_hr_begins_and_imports(empty: Server, dark_page: Page, tmp_path: Path) -> None:
    page = dark_page
    page.on("filechooser", lambda _: None)  # dialogs are caught from the first one on
    page.goto(empty.link("/start#"))
    tab_to(page, page.get_by_label("Your name"))
    for text in ("Ines Alvarado", "ines@example.org", PASSWORD):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    press(page, "1. Teams and people")
    good = directory({"Procurement": 6, "Sales": 7})
    press(page, "Check the file")
    expect(page.get_by_label("CSV or XLSX file")).to_be_focused()  # nothing chosen yet
    choose(page, tmp_path / "bad.csv", good + "\nTwice,sales1@example.org,Sales,")
    expect(page.locator("section:has-text('One thing to mend')")).to_be_focused()
    check(page)
    choose(page, tmp_path / "other.csv", good.replace("name,email,team", "who,where,what"))
    expect(page.locator("section:has-text('Which column is which?')")).to_be_focused()
    check(page)
    choose(page, tmp_path / "good.csv", good)
    expect(page.locator("section:has-text('This is what would change')")).to_be_focused()
    check(page)
    press(page, "Import")
    expect(page.locator(".note").first).to_be_focused()
    expect(page.locator("h1")).to_have_text("2. Who works with whom")


def choose(page: Page, path: Path, text: str) -> None:
    """Choose a file by keyboard and have it checked."""
    path.write_text(text)
    tab_to(page, page.get_by_label("CSV or XLSX file"))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(path)
    press(page, "Check the file")
