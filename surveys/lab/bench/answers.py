"""Completed answers, from opening the form to the acknowledged row, beside the baseline app.

The two run in turn, window after window, so that a noisy machine is noisy for both; what is
compared is processor time of the servers for each answer.
"""

import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from queue import Empty, SimpleQueue
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread

from flask import Flask
from sqlalchemy import make_url, text

from surveys.answering.questions import field_name
from surveys.answering.routes import COOKIE as LINK
from surveys.database import ROOT, make_engine
from surveys.lab.attacks.company import codes_of, found_company, open_next
from surveys.lab.attacks.ports import free_port
from surveys.lab.attacks.server import (
    FORM,
    Browser,
    Server,
    ServerSilent,
    opened_form,
    receipt_in,
)
from surveys.lab.bench.processes import cpu_seconds
from surveys.lab.bench.result import Timed, percentile
from surveys.operating.serving import parts_of
from surveys.sending.outbox import deliver_due
from surveys.settings import PREFIX, Settings

CONCURRENCY = (1, 8, 32)
BASELINE_FORM = "/s/form"
ROUNDS = 3
DEAREST = 2.0
SLOWEST = 3.0
CODES = ("C1", "C2", "C3", "C4", "C5", "K1", "M1", "X1", "X2", "X3", "X4", "X5")
SAID = "We hear of a changed forecast when the supplier has already been told the old one."


@dataclass
class Window:
    """What one window of answers took."""

    answers: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    took: list[float] = field(default_factory=list)


class WebServer(Server):
    """`tribometer web` with two processes, for a database that can be shared."""

    def start(self) -> None:
        """Start it and wait until it answers; raises ServerSilent."""
        if self.settings.database.startswith("sqlite"):
            super().start()
            return
        given = {n: str(getattr(self.settings, n)) for n in ("database", "queue", "keys", "outbox")}
        command = ["web", "--processes", "2", "--instance", str(self.settings.instance)]
        self.process = _spawn(
            [sys.executable, "-c", "from app import main\nmain()", *command, "--port",
             str(self.port)],
            {PREFIX + name.upper(): value for name, value in given.items()}, self.log,
        )  # fmt: skip
        _wait(self.port, "/healthz")


def answers(app: Flask, number: int, rng: Random) -> list[Timed]:
    """`number` answers in each window, at each degree of CONCURRENCY."""
    settings = parts_of(app).settings
    people = number * ROUNDS * len(CONCURRENCY)
    sizes = {"North": people // 2, "South": people - people // 2}
    company = found_company(app, sizes, [("North", "South")], rng)
    wave = open_next(company)
    codes = codes_of(company, wave)
    # Before anybody answers, all have their invitation: the worker shall not send them meanwhile.
    deliver_due(parts_of(app).sessions, settings)
    other = {"North": company.teams["South"], "South": company.teams["North"]}
    openings = {m.email: opened_form(settings, codes[m.email]) for m in company.members}
    waiting = [(openings[m.email], other[m.team]) for m in company.members]
    results = []
    with ExitStack() as stack:
        ours = WebServer(settings, free_port())
        ours.start()
        stack.callback(ours.stop)
        folder = Path(stack.enter_context(TemporaryDirectory()))
        form = _form(ours.port, waiting[0][0])
        (folder / "form.html").write_text(form, encoding="utf-8")
        baseline = _baseline(settings, folder, stack)
        assert ours.process is not None
        for at_once in CONCURRENCY:
            mine, theirs = [], []
            for _round in range(ROUNDS):
                batch, waiting = waiting[:number], waiting[number:]
                mine.append(_window(ours.port, ours.process.pid, batch, at_once))
                theirs.append(_window(baseline[0], baseline[1], batch, at_once, plain=True))
            results += _compared(mine, theirs, at_once, settings.database)
    with parts_of(app).engine.connect() as connection:
        query = "SELECT count(*) FROM invitation WHERE answered"
        kept = int(connection.execute(text(query)).scalar_one())
    done = people - len(waiting)
    return [
        *results,
        Timed("sent and acknowledged, and there", f"{done:,} and {kept:,}", "alike", done == kept),
        Timed("a durable write of this disk, median", f"{1000 * sync_seconds(settings):.1f} ms"),
        Timed("size of the form", f"{len(form.encode()) / 1024:.1f} KB"),
    ]


def _compared(mine: list[Window], theirs: list[Window], at_once: int, database: str) -> list[Timed]:
    ratio = median(
        m.cpu / m.answers / (t.cpu / t.answers) for m, t in zip(mine, theirs, strict=True)
    )
    rate = median(m.answers / m.seconds for m in mine)
    best = median(t.answers / t.seconds for t in theirs)
    slow = percentile([took for m in mine for took in m.took], 99)
    cost = 1000 * median(m.cpu / m.answers for m in mine)
    lines = [
        Timed(f"{at_once} at once: processor time beside the baseline app's", f"{ratio:.1f} ×",
              f"≤ {DEAREST:.0f} ×", ratio <= DEAREST),
        Timed(f"{at_once} at once: of an answer", f"{cost:.1f} ms"),
        Timed(f"{at_once} at once: answers a second (baseline app)", f"{rate:.0f} ({best:.0f})"),
    ]  # fmt: skip
    waits = Timed(f"{at_once} at once: 99 of 100 within", f"{slow:.2f} s", f"< {SLOWEST:.0f} s",
                  slow < SLOWEST)  # fmt: skip
    return [*lines, waits]


def _window(
    port: int, pid: int, batch: list[tuple[str, int]], at_once: int, plain: bool = False
) -> Window:
    window, left = Window(), SimpleQueue[tuple[str, int]]()
    for one in batch:
        left.put(one)
    senders = [Thread(target=_send, args=(port, left, window, plain)) for _n in range(at_once)]
    before, begun = cpu_seconds(pid), time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    window.seconds, window.cpu = time.perf_counter() - begun, cpu_seconds(pid) - before
    window.answers = len(window.took)
    if window.answers != len(batch):
        raise ServerSilent(f"{len(batch) - window.answers} of {len(batch)} answers were refused.")
    return window


def _send(
    port: int, left: "SimpleQueue[tuple[str, int]]", window: Window, plain: bool = False
) -> None:
    path = BASELINE_FORM if plain else FORM
    with Browser(port) as browser:
        while True:
            try:
                opening, target = left.get_nowait()
            except Empty:
                return
            fields = {field_name(target, item): "3" for item in CODES}
            fields |= {field_name(target, item): SAID for item in ("O1", "O2")}
            browser.cookies[LINK] = opening
            begun = time.perf_counter()
            try:
                browser.get(path)
                page = browser.post(path, {"opening": opening, **fields})
            except (OSError, HTTPException):
                continue
            if receipt_in(*page) is not None:
                window.took.append(time.perf_counter() - begun)


def _form(port: int, opening: str) -> str:
    with Browser(port) as browser:
        browser.cookies[LINK] = opening
        return browser.get(FORM)[1]


def _baseline(settings: Settings, folder: Path, stack: ExitStack) -> tuple[int, int]:
    """Port and process of the baseline app, on a database of its own beside the product's."""
    port = free_port()
    if settings.database.startswith("sqlite"):
        database = f"sqlite:///{settings.data / 'baseline.db'}"
    else:
        database = make_url(settings.database).render_as_string(hide_password=False)
    command = [
        sys.executable,
        "-m",
        "surveys.lab.bench.baseline_app",
        str(folder),
        database,
        str(port),
    ]
    process = _spawn(command, {}, folder / "log")
    stack.callback(process.wait)
    stack.callback(process.terminate)
    _wait(port, BASELINE_FORM)
    return port, process.pid


def _spawn(command: list[str], given: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            env={**given, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def _wait(port: int, path: str) -> None:
    for _try in range(600):
        try:
            with Browser(port) as browser:
                if browser.get(path)[0] == 200:
                    return
        except (OSError, HTTPException):
            pass
        time.sleep(0.1)
    raise ServerSilent("A server to be measured did not start.")


def sync_seconds(settings: Settings, number: int = 50) -> float:
    """Median seconds of one durable write of a single row."""
    engine = make_engine(settings.database)
    took = []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS sync (n INTEGER)"))
    for n in range(number):
        begun = time.perf_counter()
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO sync VALUES (:n)"), {"n": n})
        took.append(time.perf_counter() - begun)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE sync"))
    engine.dispose()
    return median(took)
