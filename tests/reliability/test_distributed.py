"""Two web and two worker processes on PostgreSQL and a shared queue; one of each dies in mid-work.

Every step happens once, every acknowledged answer is there once, every mail goes once.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from http.client import HTTPException
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app import create_app
from surveys import clock
from surveys.access import accounts
from surveys.answering.questions import field_name
from surveys.database import write_session
from surveys.lab.attacks.server import FORM, Browser, opened_form, receipt_in
from surveys.models.audit import OutboxMessage
from surveys.models.ballots import Answer
from surveys.models.pulses import Invitation, Wave
from surveys.models.releases import Release
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import code_of, company
from tests.postgres import Cluster, free_port

PEOPLE = 40
TIMEOUT = 90


@dataclass
class Fleet:
    """Web and worker processes of one installation."""

    installed: Installation
    environment: dict[str, str]
    logs: Path

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("tribometer")), *arguments]
        path = self.logs / f"{arguments[0]}-{time.monotonic_ns()}.log"
        with path.open("wb") as log:
            return subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def web(self) -> tuple[subprocess.Popen[bytes], int]:
        port = free_port()
        process = self.run("web", "--processes", "1", "--port", str(port))
        wait_until(lambda: answers(port), f"web on {port}")
        return process, port


def answers(port: int) -> bool:
    try:
        with Browser(port) as browser:
            return browser.get("/healthz")[0] == 200
    except (OSError, HTTPException):
        return False


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("the queue on Redis (install it: apt-get install redis-server)")
    port = free_port()
    server = subprocess.Popen([program, "--port", str(port), "--save", "", "--appendonly", "no"],
                              stdout=subprocess.DEVNULL)  # fmt: skip
    time.sleep(0.5)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


@pytest.fixture(params=["redis", "postgres"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path, postgres: Cluster) -> Iterator[Fleet]:
    address = postgres.new_database()
    queue = request.getfixturevalue("redis") if request.param == "redis" else address
    settings = Settings.read(
        tmp_path / "shared", environ={}, database=address, queue=queue, base_url="http://localhost"
    )
    installed: Installation = create_app(settings).extensions["tribometer"]
    given = {"database": address, "queue": queue, "instance": str(tmp_path / "shared")}
    environment = {key: value for key, value in os.environ.items() if "TRIBOMETER" not in key}
    environment |= {f"TRIBOMETER_{name.upper()}": value for name, value in given.items()}
    yield Fleet(installed, environment, tmp_path)
    installed.jobs.close()
    installed.engine.dispose()


def send(port: int, codes: dict[str, tuple[str, int]], taken: set[str], over: float) -> None:
    """Answer for everybody, again where the server died, until all are acknowledged."""
    while set(codes) - taken and time.monotonic() < over:
        try:
            with Browser(port) as browser:
                for email in sorted(set(codes) - taken):
                    opening, target = codes[email]
                    fields = {field_name(target, f"C{n}"): "3" for n in range(1, 6)}
                    page = browser.post(FORM, {"opening": opening, **fields})
                    if receipt_in(*page):
                        taken.add(email)
        except (OSError, HTTPException):
            return


def test_an_empty_installation_prints_how_to_get_in(fleet: Fleet) -> None:
    web, _port = fleet.web()
    printed = next(fleet.logs.glob("web-*.log")).read_text()
    web.terminate()
    web.wait(timeout=30)
    found = re.search(r"http://\S+/start#(\S+)", printed)
    assert found, printed
    with fleet.installed.sessions() as session:
        assert accounts.find_link(session, found.group(1)) is not None


def test_one_of_each_dies_and_everything_happens_once(fleet: Fleet) -> None:
    installed = fleet.installed
    teams = company(installed, Buying=PEOPLE // 2, Selling=PEOPLE // 2)
    now = clock.now()
    with write_session(installed.sessions) as session:
        wave = session.scalars(select(Wave)).one()
        wave.opens_at, wave.closes_at = now - timedelta(minutes=1), now + timedelta(days=9)
    workers = [fleet.run("worker") for _ in range(2)]
    webs = [fleet.web() for _ in range(2)]
    try:
        wait_until(lambda: count(installed, Invitation) == PEOPLE, "invitations")
        workers[0].send_signal(signal.SIGKILL)  # in the middle of sending them
        codes = {
            f"{name.lower()}{i}@example.org": (
                opened_form(
                    installed.settings, code_of(installed, wave, f"{name.lower()}{i}@example.org")
                ),
                next(ident for other, ident in teams.items() if other != name),
            )
            for name in teams
            for i in range(1, PEOPLE // 2 + 1)
        }
        taken: set[str] = set()
        over = time.monotonic() + TIMEOUT
        people = sorted(codes)
        senders = [
            threading.Thread(
                target=send, args=(port, {p: codes[p] for p in people[i::2]}, taken, over)
            )
            for i, (_web, port) in enumerate(webs)
        ]
        for sender in senders:
            sender.start()
        wait_until(lambda: len(taken) >= 5, "the first answers")
        os.kill(webs[0][0].pid, signal.SIGKILL)
        for child in children(webs[0][0].pid):
            os.kill(child, signal.SIGKILL)
        for sender in senders:
            sender.join()
        send(webs[1][1], codes, taken, over)  # those whose server died come again by the other
        assert taken == set(codes)
        with write_session(installed.sessions) as session:
            session.get_one(Wave, wave.id).closes_at = clock.now()
        installed.jobs.ask_to_advance()  # as the page does; else within a minute
        wait_until(lambda: count(installed, Release) == 1, "the release")
    finally:
        for process in [*workers, *(web for web, _port in webs)]:
            process.terminate()
            process.wait(timeout=30)
    with installed.sessions() as session:
        kept = Counter(session.scalars(select(Answer.rater_id)))
        waiting = session.scalars(
            select(OutboxMessage.state).where(OutboxMessage.kind == "invitation")
        ).all()
    assert kept == dict.fromkeys(teams.values(), PEOPLE // 2)
    sent = mails(installed)
    assert set(sent.values()) == {1}
    invited = sum("How was working" in subject for subject, _to in sent)
    # What was on its way when the worker died may have gone; nothing else may be missing.
    assert PEOPLE - 1 <= invited <= PEOPLE
    assert len([state for state in waiting if state in ("claimed", "unknown")]) <= 1


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def count(installed: Installation, table: type[Invitation] | type[Release]) -> int:
    with installed.sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def mails(installed: Installation) -> Counter[tuple[str, str]]:
    """How often each mail lies in the outbox, by subject and reader."""
    folder = Path(installed.settings.outbox.removeprefix("file:"))
    parse = BytesParser(policy=policy.default).parsebytes
    found = [parse(path.read_bytes()) for path in folder.glob("*.eml")]
    return Counter((str(mail["Subject"]), str(mail["To"])) for mail in found)
