"""A whole wave by hand, as its users would: from the empty installation to a released quote."""

import email
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import APIRequestContext, Page, expect

from tests.browser.conftest import PHONE, Server, check, start, stop
from tests.factories import PASSWORD, directory
from tests.staff import opening_in

PEOPLE = directory({"Procurement": 12, "Sales": 14})
LATE = "They tell us about changes far too late, the forecast came after the order."
REMARKS = (
    LATE,
    "Nobody tells us when a delivery date moves, we hear it from the customer.",
    "Information about new orders arrives late or not at all.",
    "We were not informed about the change of the specification.",
    "Their update came a week after the decision, too late to act on it.",
    "The boss of the other side wants the cheapest offer, we need the fastest.",
    "Their targets are about price, ours are about revenue, that cannot fit together.",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = start(tmp_path_factory.mktemp("hand") / "instance", "serve")
    yield running
    stop(running)


def zone_where_it_is_noon() -> str:
    """A time zone whose clock shows about noon, so that a wave of today opens at once."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


def mails(server: Server, count: int) -> dict[str, str]:
    """Texts of the mails in the outbox folder by recipient, once there are so many."""
    folder = server.instance / "outbox"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(folder.glob("*.eml"))) < count:
        time.sleep(0.2)
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.eml")):
        mail = email.message_from_bytes(path.read_bytes())
        text = mail.get_payload()[0].get_payload(decode=True).decode()
        key = "account" if "choose a password" in text else "results" if "/pairs" in text else "ask"
        found[f"{key} {re.search('<(.+)>', mail['To']).group(1)}"] = text
    assert len(found) >= count, sorted(found)
    return found


def link_in(text: str) -> str:
    found = re.search(r"http\S+#\S+", text)
    assert found
    return found.group(0)


def token_in(text: str) -> str:
    found = re.search(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"', text)
    assert found, text
    return found.group(1)


def answer_without_browser(browser: APIRequestContext, link: str, score: str, comment: str) -> str:
    """What a browser without scripts does: type the code, fill the form, send it."""
    base, code = link.split("#")
    page = browser.get(base)
    form = browser.post(base, form={"csrf_token": token_in(page.text()), "code": code})
    assert "/s/form/" in form.url, form.text()
    team = re.search(r'name="t(\d+)_none"', form.text()).group(1)
    items = set(re.findall(rf'name="t{team}_([A-Z]\d)"', form.text())) - {"O1", "O2"}
    given = {f"t{team}_{item}": score for item in items}
    sent = {"opening": opening_in(form.text()), f"t{team}_O1": comment, **given}
    done = browser.post(form.url, form=sent)
    assert "it has arrived" in done.text(), done.text()
    return str(done.text())


def enter(page: Page, link: str) -> None:
    page.goto(link)
    page.wait_for_url(lambda url: "/enter" not in url)


def test_from_the_empty_installation_to_a_released_quote(
    server: Server, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    hr = open_page()
    set_up(hr, server, tmp_path)
    invited = mails(server, 28)
    answer_on_a_phone(open_page(PHONE), invited["ask procurement2@example.org"])
    everybody_else(open_page, invited)
    close_the_wave(hr, server)
    managers = [read_as_manager(open_page(), invited, team) for team in ("procurement", "sales")]
    assert managers[0].locator("main").inner_text() == managers[1].locator("main").inner_text()
    released = release_quotes(hr, server)
    managers[0].reload()
    assert managers[0].locator("blockquote").first.inner_text() in released
    agree(managers[0], managers[1])


def set_up(hr: Page, server: Server, tmp_path: Path) -> None:
    hr.goto(server.link("/start#"))
    check(hr)
    hr.get_by_label("Your name").fill("Ines Alvarado")
    hr.get_by_label("Your e-mail").fill("ines@example.org")
    hr.get_by_label("A password").fill(PASSWORD)
    hr.get_by_role("button").click()
    expect(hr.locator("h1")).to_have_text("Four steps to the first survey")
    check(hr)
    hr.get_by_role("link", name="1. Teams and people").click()
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text(PEOPLE + "\nTwice,sales1@example.org,Sales,")
    good.write_text(PEOPLE)
    hr.get_by_label("CSV or XLSX file").set_input_files(bad)
    hr.get_by_role("button", name="Check the file").click()
    expect(hr.get_by_role("row", name="28 email")).to_contain_text("stands in line 14 already")
    hr.get_by_label("CSV or XLSX file").set_input_files(good)
    hr.get_by_role("button", name="Check the file").click()
    expect(hr.locator("main")).to_contain_text("26 people in the file")
    check(hr)
    hr.get_by_role("button", name="Import", exact=True).click()
    hr.get_by_label("works with").select_option("Sales")
    hr.get_by_role("button", name="Add this pair").click()
    expect(hr.locator("main")).to_contain_text("Procurement – Sales")
    check(hr)
    hr.goto(f"{server.base}/hr/setup/calendar")
    zone = zone_where_it_is_noon()
    hr.get_by_label("Time zone").fill(zone)
    hr.get_by_label("The next survey opens on").fill(today_in(zone))
    hr.get_by_role("button", name="Keep").click()
    check(hr)
    hr.get_by_role("button", name="Launch").click()
    expect(hr.locator("main")).to_contain_text("Launched")


def today_in(zone: str) -> str:
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(zone)).date().isoformat()


def answer_on_a_phone(phone: Page, mail: str) -> None:
    phone.goto(link_in(mail))
    phone.wait_for_url("**/s/form/*")
    assert "#" not in phone.url
    expect(phone.locator("h1")).to_contain_text("How was working together")
    expect(phone.locator("main")).to_contain_text("Your group has 12")
    check(phone)
    phone.get_by_role("button", name="Go on").click()
    expect(phone.locator("h2:visible")).to_have_text("Working with Sales")
    check(phone)
    for group in phone.locator("fieldset").all():
        box = group.get_by_label("Agree", exact=True).locator("xpath=..").bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
        group.get_by_label("Rather disagree").check()
    phone.get_by_label("What made working with Sales harder").fill(f"{LATE} Ask me@example.org.")
    expect(phone.locator("[data-names]").first).to_be_visible()
    phone.reload()
    expect(phone.get_by_label("What made working with Sales harder")).to_have_value(
        f"{LATE} Ask me@example.org."
    )
    phone.get_by_role("button", name="Send").dblclick()
    expect(phone.locator("h1")).to_have_text("Thank you, it has arrived")
    expect(phone.locator(".code")).to_have_text(re.compile(r"^(\w{4}-){7}\w{4}$"))
    check(phone)


def everybody_else(open_page: Callable[..., Page], invited: dict[str, str]) -> None:
    asked = {who: text for who, text in invited.items() if who.startswith("ask ")}
    del asked["ask procurement2@example.org"]
    for i, text in enumerate(asked.values()):
        page = open_page(scripts=False)
        answer_without_browser(page.context.request, link_in(text), str(1 + i % 5), REMARKS[i % 7])


def close_the_wave(hr: Page, server: Server) -> None:
    hr.goto(f"{server.base}/hr")
    expect(hr.locator("main")).to_contain_text("50 % or more")
    check(hr)
    hr.get_by_text("Close this wave now").click()
    hr.get_by_role("button", name="Close and publish").click()
    deadline = time.monotonic() + 90
    while "published" not in hr.locator("main").inner_text() and time.monotonic() < deadline:
        time.sleep(0.5)
        hr.reload()
    expect(hr.locator("main")).to_contain_text("published")


def read_as_manager(page: Page, invited: dict[str, str], team: str) -> Page:
    enter(page, link_in(invited[f"account {team}1@example.org"]))
    page.get_by_label("A new password").fill(PASSWORD)
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("h1")).to_have_text("Pairs of teams")
    check(page)
    page.get_by_role("link", name="Procurement – Sales").click()
    expect(page.locator("svg.chart.wide")).to_be_visible()
    expect(page.locator("main")).to_contain_text("very likely between")
    expect(page.locator("main")).to_contain_text("12–19 answers")
    assert page.locator("blockquote").count() == 0
    check(page)
    return page


def release_quotes(hr: Page, server: Server) -> set[str]:
    hr.goto(f"{server.base}/hr/themes")
    check(hr)
    hr.get_by_role("link", name="10–19").first.click()
    check(hr)
    released: set[str] = set()
    hr.goto(f"{server.base}/hr/themes")
    for theme in [link.get_attribute("href") for link in hr.locator("article h3 a, td a").all()]:
        hr.goto(server.base + (theme or ""))
        released |= set(hr.locator("blockquote").all_inner_texts())
        while hr.get_by_role("button", name="Release").count():
            hr.get_by_role("button", name="Release").first.click()
    assert released
    assert not any("@" in quote for quote in released)
    return released


def agree(one: Page, two: Page) -> None:
    one.get_by_role("link", name="Propose an agreement").click()
    check(one)
    one.get_by_label("What exactly will both teams do?").fill("Half an hour every Monday.")
    one.get_by_role("button", name="Propose").click()
    expect(one.locator("main")).to_contain_text("not signed by both yet")
    two.reload()
    two.get_by_role("button", name="Sign for your team").click()
    expect(two.locator("section[aria-labelledby='agreements']")).to_contain_text("running")
