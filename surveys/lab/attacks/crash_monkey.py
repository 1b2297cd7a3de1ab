"""Attack 10: kill the server again and again while people send, and compare with their receipts.

The ledger is kept on the side of those who send: what was sent, and what was acknowledged. At the
end the wave is closed, and every acknowledged answer must be there, once.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import cycle
from random import Random
from threading import Event, Thread

from flask import Flask
from sqlalchemy import text

from surveys.answering.questions import field_name
from surveys.lab.attacks.company import (
    Company,
    codes_of,
    end,
    found_company,
    number_of,
    numbered,
    open_next,
)
from surveys.lab.attacks.ports import free_port
from surveys.lab.attacks.result import AttackResult, judged
from surveys.lab.attacks.server import FORM, Browser, Server, opened_form, receipt_in
from surveys.models.pulses import Wave

NAME = "crash monkey"
PEOPLE = 60
SENDERS = 6
#: seconds of sending before the blow falls
MIN_PAUSE, MAX_PAUSE = 0.5, 1.5


@dataclass(slots=True)
class Ledger:
    """What was sent and what was acknowledged, by person: the numbers of their attempts."""

    sent: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    acknowledged: dict[int, int] = field(default_factory=dict)
    receipts: int = 0
    seconds: float = 0.0


def crash(
    app: Flask,
    rounds: int,
    rng: Random,
    prelude: str = "",
    progress: Callable[[int], None] = lambda _round: None,
) -> AttackResult:
    """Kill the server in each round while people send; `prelude` breaks the server."""
    sizes = {"North": PEOPLE // 2, "South": PEOPLE // 2}
    company = found_company(app, sizes, [("North", "South")], rng)
    wave = open_next(company)
    settings = company.installed.settings
    # Each person sends the same form again and again, as from a page that stays open.
    openings = {who: opened_form(settings, code) for who, code in codes_of(company, wave).items()}
    server = Server(company.installed.settings, free_port(), prelude)
    ledger = Ledger()
    for number in range(rounds):
        server.start()
        try:
            _send_until_killed(company, server, openings, ledger, rng)
        finally:
            server.kill()
        progress(number + 1)
    server.start()
    server.stop()
    end(company, wave)
    found = _compare(company, wave, ledger)
    pace = ledger.receipts / ledger.seconds
    says = f"{rounds} kills, {ledger.receipts} receipts at {pace:.0f} a second, all there once"
    return judged(NAME, ledger.receipts, found, says)


def _send_until_killed(
    company: Company, server: Server, openings: dict[str, str], ledger: Ledger, rng: Random
) -> None:
    """Several senders, each with people of its own, until the server dies under them."""
    over, members = Event(), list(enumerate(company.members))
    senders = []
    for first in range(SENDERS):
        sender = Browser(server.port)
        own = [
            (n, openings[m.email], company.teams["South" if m.team == "North" else "North"])
            for n, m in members[first::SENDERS]
        ]
        senders.append(Thread(target=_send, args=(sender, own, ledger, over)))
    start = time.monotonic()
    for thread in senders:
        thread.start()
    time.sleep(rng.uniform(MIN_PAUSE, MAX_PAUSE))
    server.kill()
    over.set()
    ledger.seconds += time.monotonic() - start
    for thread in senders:
        thread.join()


def _send(browser: Browser, own: list[tuple[int, str, int]], ledger: Ledger, over: Event) -> None:
    """Send answer after answer; note before, and note again what was acknowledged."""
    for person, opening, target in cycle(own):
        if over.is_set():
            break
        ledger.sent[person] += 1
        attempt = ledger.sent[person]
        scores = numbered(person + PEOPLE * attempt, target).scores
        fields = {field_name(target, item): str(score) for item, score in scores.items()}
        try:
            page = browser.post(FORM, {"opening": opening, **fields})
        except (OSError, HTTPException):
            break
        if receipt_in(*page):
            ledger.acknowledged[person] = attempt
            ledger.receipts += 1
    browser.connection.close()


def _compare(company: Company, wave: Wave, ledger: Ledger) -> list[str]:
    """Acknowledged and gone, there twice, or never sent."""
    stored: dict[int, list[int]] = defaultdict(list)
    query = f"SELECT scores FROM answer WHERE wave_id = {wave.id}"
    with company.installed.engine.connect() as connection:
        for value in connection.execute(text(query)).scalars():
            number = number_of(json.loads(value) if isinstance(value, str) else value)
            stored[number % PEOPLE].append(number // PEOPLE)
    found = ["an answer is there twice" for attempts in stored.values() if len(attempts) > 1]
    for person, attempt in ledger.acknowledged.items():
        if max(stored[person], default=0) < attempt:
            found.append("an acknowledged answer is lost")
    found += [
        "an answer is there that nobody sent"
        for person, attempts in stored.items()
        if max(attempts, default=0) > ledger.sent[person]
    ]
    return found
