"""Attack 4: join what the server says with who answered, at the most verbose logging there is.

People answer one after the other over HTTP. Searched is for whatever is somebody's own (code,
receipt, address, words, browser), and for lines that were said about one person and no other.
"""

import re
from collections import Counter
from pathlib import Path
from random import Random

from flask import Flask

from surveys.answering import tokens
from surveys.answering.questions import field_name
from surveys.lab.attacks.company import CODES, Company, codes_of, found_company, open_next
from surveys.lab.attacks.ports import free_port
from surveys.lab.attacks.result import AttackResult, judged
from surveys.lab.attacks.server import LOUD, Browser, Server, lines_of
from surveys.sending.outbox import deliver_due

NAME = "log joiner"
#: what differs from line to line and tells nothing: moments, durations, addresses in memory
NOISE = re.compile(r"^\S+ \S+ |\d+\.\d+(e-\d+)?s?|0x[0-9a-f]+")
#: the scheduler speaks of itself at every turn, whether anybody answers or not
SCHEDULER = re.compile(r"^\S+ \S+ huey")

#: the worker looks at the clock once a minute, and seems to speak of whoever answers then
WORKER_TURNS = 2


def join(app: Flask, people: int, rng: Random, prelude: str = "") -> AttackResult:
    """Let people answer over HTTP; read all that the server wrote; `prelude` breaks it."""
    sizes = {"North": people // 2, "South": people // 2}
    company = found_company(app, sizes, [("North", "South")], rng)
    codes = codes_of(company, open_next(company))
    server = Server(company.installed.settings, free_port(), LOUD + prelude)
    # The mails are out before: what the server says of them tells nothing of answers.
    deliver_due(company.installed.sessions, company.installed.settings)
    server.start()
    words, said = [], []
    try:
        for who in rng.sample(company.members, len(company.members)):
            start = server.log.stat().st_size
            target = company.teams["South" if who.team == "North" else "North"]
            words += [who.name, who.email]
            with Browser(server.port, f"Mozilla {rng.randrange(10**9)}") as browser:
                words += _answer(browser, codes[who.email], target, rng)
            said.append(lines_of(server.log, start))
    finally:
        server.stop()
    log = _everything(server.log, company)
    found = [f"the log says {word[:12]}…, which is somebody's own" for word in words if word in log]
    # The first comes upon caches that are empty for everybody.
    found += _said_of_one(said[1:])
    lines = sum(map(len, said))
    return judged(NAME, lines, found, f"{lines} lines said while {len(said)} people answered")


def _answer(browser: Browser, code: str, target: int, rng: Random) -> list[str]:
    """Answer, send nonsense too, answer again, take it back; returns what must not be in a log."""
    canary = "tugela" + "".join(rng.choices("bdfgklmnprst", k=8))
    browser.post("/s", {"csrf_token": browser.token("/s"), "code": code[:-1] + "*"})
    fields = {field_name(target, item): str(rng.randrange(1, 6)) for item in CODES}
    browser.answer(code, {**fields, field_name(target, "C1"): canary})
    receipt = browser.answer(code, {**fields, field_name(target, "O1"): canary}) or ""
    browser.post("/s/withdraw", {"csrf_token": browser.token("/s/withdraw"), "code": receipt})
    browser.get(f"/s/{canary}")
    own = [code, tokens.grouped(code), tokens.entry_hash(code), tokens.draft_name(code)]
    return [*own, browser.agent, canary, receipt, tokens.grouped(receipt), tokens.box_key(receipt)]


def _everything(log: Path, company: Company) -> str:
    """The server's own log, and any that lies in the installation."""
    files = [log, *company.installed.settings.instance.rglob("*.log*")]
    return "\n".join(path.read_text(errors="replace") for path in files)


def _said_of_one(said: list[list[str]]) -> list[str]:
    """People of whom something was said that was said of nobody else."""
    plain = [{NOISE.sub("", line) for line in lines if not SCHEDULER.match(line)} for lines in said]
    times = Counter(line for lines in plain for line in lines)
    own = [line for lines in plain for line in lines if times[line] == 1]
    people = sum(any(times[line] == 1 for line in lines) for lines in plain)
    if people <= WORKER_TURNS:
        return []
    return [f"the log says of one person only: {line[:60]}" for line in own]
