"""The first ten minutes: from `tribometer serve` on an empty folder to mails in people's hands.

Counts what HR's hands do and what HR's eyes read, and turns both into minutes: the keystroke-level
model (Card, Moran and Newell, 1980: 0.28 s a key, 1.1 s to point, 0.2 s to press, 1.35 s to think
before each act) and reading at 238 words a minute (Brysbaert, 2019). `pytest -s` prints the count.
"""

import email
import time
from collections.abc import Callable
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import start, stop
from tests.browser.test_wave_by_hand import today_in, zone_where_it_is_noon
from tests.factories import PASSWORD, directory
from tests.postgres import free_port

KEY, POINT, PRESS, THINK = 0.28, 1.1, 0.2, 1.35
WORDS_A_MINUTE = 238
MAX_MINUTES = 10
MAX_CLICKS = 30


class PostOffice:
    """A real mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(envelope.content)  # type: ignore[arg-type]
        return "250 OK"


class Person:
    """Somebody at a desk: every act is counted, every new page is read."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.keys = self.acts = self.words = 0
        self._read: set[str] = set()

    def click(self, what: Locator) -> None:
        self.clicks, self.acts = self.clicks + 1, self.acts + 1
        what.click()
        self.page.wait_for_load_state()
        self.read()

    def type(self, label: str, text: str) -> None:
        self.clicks, self.acts, self.keys = self.clicks + 1, self.acts + 1, self.keys + len(text)
        self.page.get_by_label(label).fill(text)

    def choose(self, label: str, text: str) -> None:
        self.clicks, self.acts = self.clicks + 2, self.acts + 1
        self.page.get_by_label(label).select_option(text)

    def read(self) -> None:
        for line in self.page.locator("main").inner_text().splitlines():
            if line not in self._read:
                self._read.add(line)
                self.words += len(line.split())

    @property
    def minutes(self) -> float:
        hands = self.keys * KEY + self.clicks * (POINT + PRESS) + self.acts * THINK
        return hands / 60 + self.words / WORDS_A_MINUTE


def test_ten_minutes_from_an_empty_folder_to_delivered_mails(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    office = PostOffice()
    office.controller.start()
    begun = time.monotonic()
    server = start(
        tmp_path / "instance", "serve", TRIBOMETER_OUTBOX=f"smtp://127.0.0.1:{office.port}"
    )
    try:
        hr = Person(open_page())
        hr.page.goto(server.link("/start#"))
        hr.read()
        run(hr, tmp_path)
        deadline = time.monotonic() + 60
        while len(office.mails) < 28 and time.monotonic() < deadline:
            time.sleep(0.1)
        took = time.monotonic() - begun
    finally:
        stop(server)
        office.controller.stop()
    sent = [email.message_from_bytes(raw) for raw in office.mails]
    assert sum("How was working together" in mail["Subject"] for mail in sent) == 26
    print(
        f"\n{took:.0f} s for the machine; {hr.clicks} clicks, {hr.keys} keys, "
        f"{hr.words} words: {hr.minutes:.1f} minutes for a person"
    )
    assert hr.minutes + took / 60 < MAX_MINUTES
    assert hr.clicks <= MAX_CLICKS


def run(hr: Person, tmp_path: Path) -> None:
    """The four steps and the launch, as the pages lead."""
    page = hr.page
    hr.type("Your name", "Ines Alvarado")
    hr.type("Your e-mail", "ines@example.org")
    hr.type("A password", PASSWORD)
    hr.click(page.get_by_role("button"))
    hr.click(page.get_by_role("link", name="1. Teams and people"))
    file = tmp_path / "people.csv"
    file.write_text(directory({"Procurement": 12, "Sales": 14}))
    page.get_by_label("CSV or XLSX file").set_input_files(file)
    hr.clicks, hr.acts = hr.clicks + 3, hr.acts + 2  # the button, the file, "Open"
    hr.click(page.get_by_role("button", name="Check the file"))
    hr.click(page.get_by_role("button", name="Import", exact=True))
    hr.choose("works with", "Sales")
    hr.click(page.get_by_role("button", name="Add this pair"))
    hr.click(page.get_by_role("link", name="On to step 3"))
    hr.click(page.get_by_role("link", name="On to step 4"))
    zone = zone_where_it_is_noon()
    hr.type("Time zone", zone)
    hr.type("The next survey opens on", today_in(zone))
    hr.click(page.get_by_role("button", name="Keep"))
    hr.click(page.get_by_role("button", name="Launch"))
    expect(page.locator("main")).to_contain_text("Launched")
