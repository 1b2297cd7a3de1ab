"""The log: one line for each event, and not one where people answer, whatever happens there."""

import io
import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from surveys import clock, logs
from surveys.answering import tokens
from surveys.database import write_session
from surveys.lab.attacks.server import FORM, Browser
from surveys.models.pulses import Wave
from surveys.web import Installation
from tests.factories import PASSWORD, account, code_of, company, everybody_answers, opened
from tests.surveys.operating.conftest import Web

CANARY = "limpopo came too late again"
REQUEST = {"timestamp", "level", "event", "request_id", "method", "route", "status", "ms", "role"}


def lines(said: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.splitlines()]


def move(installed: Installation, wave: Wave, opens: timedelta, closes: timedelta) -> None:
    """Let a wave open and close so long from now."""
    now = clock.now()
    with write_session(installed.sessions) as session:
        moments = {"opens_at": now + opens, "closes_at": now + closes}
        session.execute(update(Wave).where(Wave.id == wave.id).values(**moments))


@pytest.fixture
def asked(web: Web) -> tuple[Web, Wave, dict[str, int]]:
    """A server with an open wave and somebody of HR."""
    teams = company(web.installed)
    account(web.installed, "hr@example.org", "hr")
    wave = opened(web.installed)
    move(web.installed, wave, -timedelta(days=1), timedelta(days=9))
    return web, wave, teams


def sign_in(browser: Browser) -> None:
    sent = {"csrf_token": browser.token("/sign-in"), "email": "hr@example.org"}
    assert browser.post("/sign-in", {**sent, "password": PASSWORD})[0] == 302


def broken(web: Web, table: str) -> Iterator[None]:
    with web.installed.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO away"))
    yield
    with web.installed.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE away RENAME TO {table}"))


def test_a_real_server_says_nothing_where_people_answer(
    asked: tuple[Web, Wave, dict[str, int]],
) -> None:
    web, wave, teams = asked
    code = code_of(web.installed, wave, "buying1@example.org")
    fields = {f"t{teams['Selling']}_C{n}": "3" for n in range(1, 6)}
    with Browser(web.port) as browser:
        sign_in(browser)
        browser.get("/hr")
    before = web.said()
    with Browser(web.port, "Mozilla of one") as browser:
        browser.get(f"/s/{code}")
        browser.get(f"/nowhere/{code}?x={CANARY.split()[0]}")
        browser.post("/s", {"csrf_token": browser.token("/s"), "code": code[:-1] + "*"})
        browser.post("/s", {"code": code})  # without the token against forged requests
        receipt = browser.answer(code, {**fields, f"t{teams['Selling']}_O1": CANARY})
        assert receipt
        for path in ("/static/css/form.css", "/stored", "/s/results", "/healthz", "/readyz"):
            browser.get(path)
        for _nothing in broken(web, "ballot_box"):
            withdrawn = {"csrf_token": browser.token("/s/withdraw"), "code": receipt}
            assert browser.post("/s/withdraw", withdrawn)[0] == 500
        withdrawn = {"csrf_token": browser.token("/s/withdraw"), "code": receipt}
        assert browser.post("/s/withdraw", withdrawn)[0] == 200
    with socket.create_connection(("127.0.0.1", web.port)) as plain:
        plain.sendall(
            b"GET /s/form/1 HTTP/1.1\r\nHost: x\r\nBad Header: " + code.encode() + b"\r\n\r\n"
        )
        assert b"400" in plain.recv(100)
    time.sleep(0.5)
    assert web.said() == before
    everything = before + web.said()
    for own in (code, tokens.grouped(code), tokens.entry_hash(code), receipt, CANARY, "Mozilla"):
        assert own not in everything
    assert '"/s' not in everything.replace('"/sign-in"', "")


def test_each_request_at_a_desk_is_one_line_without_a_name(
    asked: tuple[Web, Wave, dict[str, int]],
) -> None:
    web = asked[0]
    with Browser(web.port) as browser:
        sign_in(browser)
        browser.get("/hr/themes/1?secret=tugela")
    said = lines(web.said())
    assert all(set(line) == REQUEST for line in said), said
    last = said[-1]
    assert last["event"] == "request"
    assert (last["route"], last["status"]) == ("/hr/themes/<int:theme_id>", 404)
    assert (last["method"], last["role"]) == ("GET", "hr")
    assert said[0]["role"] == "nobody"
    for own in ("hr@example.org", "tugela", "127.0.0.1", PASSWORD):
        assert own not in web.said()


def test_an_error_at_a_desk_is_logged_once_with_its_way_and_shown_without(
    asked: tuple[Web, Wave, dict[str, int]],
) -> None:
    web = asked[0]
    with Browser(web.port) as browser:
        sign_in(browser)
        for _nothing in broken(web, "pulse"):
            status, page = browser.get("/hr")
    assert status == 500
    assert "Something went wrong" in page
    assert "surveys/" not in page
    errors = [line for line in lines(web.said()) if line["level"] == "error"]
    assert len(errors) == 1
    assert errors[0]["event"] == "a page failed"
    assert "ProgrammingError: " in str(errors[0]["trace"])
    assert "surveys/running/setup.py" in str(errors[0]["trace"])
    requests = [line for line in lines(web.said()) if line.get("status") == 500]
    assert [line["request_id"] for line in requests] == [errors[0]["request_id"]]


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("0af7651916cd43dd8448eb211c80319c", True),
        ("req-2026.11_24", True),
        ("short", False),
        ("x" * 65, False),
        ("has space in it", False),
        ('"}{"event":"x"}', False),
        ("<script>alert(1)", False),
        ("", False),
    ],
)
def test_a_request_id_is_taken_over_if_it_is_one(app: Flask, given: str, taken: bool) -> None:
    answer = app.test_client().get("/sign-in", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) == taken
    assert len(answer.headers["X-Request-Id"]) >= 8
    for quiet in ("/s", FORM, "/stored", "/static/css/base.css", "/nope", "/healthz"):
        with app.test_client().get(quiet, headers={"X-Request-Id": given}) as silent:
            assert "X-Request-Id" not in silent.headers, quiet


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What `surveys.logs` would write of everything, as JSON."""
    out, root, own = io.StringIO(), logging.getLogger(), logging.getLogger(logs.NAME)
    ear = logging.StreamHandler(out)
    ear.setFormatter(logs.formatter("json"))
    ear.addFilter(logs.discreet)
    root.addHandler(ear)
    level = own.level
    own.setLevel(logging.INFO)
    yield out
    root.removeHandler(ear)
    own.setLevel(level)


def test_a_fault_where_people_answer_is_told_when_the_hour_is_over(
    client: FlaskClient, app: Flask, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, asked = logs.Held(), []
    monkeypatch.setattr(logs, "held", held)
    monkeypatch.setattr(
        logs, "Timer", lambda seconds, tell: asked.append((seconds, tell)) or Idle()
    )

    def fails(handle: str) -> str:
        logging.getLogger("library").error("somebody wrote: %s", CANARY)
        raise ValueError(CANARY)

    view = app.view_functions["answering.form"]
    fails.roles = view.roles  # type: ignore[attr-defined]
    app.view_functions["answering.form"] = fails
    for _ in range(3):
        assert client.get(FORM).status_code == 500
    assert written.getvalue() == ""
    ((seconds, tell),) = asked
    assert 0 < seconds <= 3600
    tell()
    (line,) = lines(written.getvalue())
    assert line["event"] == "pages of staff failed in the past hour"
    assert len(line["kinds"]) == 2  # neither how often nor when
    assert CANARY not in written.getvalue()
    client.get(FORM)
    assert len(asked) == 2  # the next hour is told by itself


class Idle:
    """A timer that is rung by hand."""

    def start(self) -> None:
        return None


def test_no_line_holds_what_an_exception_says(written: io.StringIO) -> None:
    def inner() -> None:
        raise KeyError(CANARY)

    try:
        try:
            inner()
        except KeyError as error:
            raise ValueError(CANARY) from error
    except ValueError as error:
        logs.fault("a page failed", error)
        logging.getLogger("library").exception("it failed\nover two lines")
    ours, theirs = lines(written.getvalue())
    for line in (ours, theirs):
        assert "ValueError: " in line["trace"]
        assert "after KeyError: " in line["trace"]
        assert "test_logs.py" in line["trace"]
    assert theirs["event"] == "it failed over two lines"
    assert CANARY not in written.getvalue()
    shown = logs.formatter("plain").format(
        logging.LogRecord("x", logging.ERROR, "", 0, "a\nb", (), None)
    )
    assert "\n" not in shown


def test_what_libraries_repeat_or_say_of_requests_is_left_out(written: io.StringIO) -> None:
    now = clock.now()
    for seconds in range(0, 90, 10):
        with clock.at(now + timedelta(seconds=seconds)):
            logging.getLogger("huey.consumer.Worker").error("Error reading from queue")
    assert len(lines(written.getvalue())) == 2
    logging.getLogger("waitress.queue").warning("Task queue depth is %d", 3)
    logging.getLogger("gunicorn.error").warning("Invalid request from ip=10.0.0.7: no header")
    try:
        raise OSError(CANARY)
    except OSError:
        logging.getLogger("waitress").exception("Exception while serving /s/form")
    assert len(lines(written.getvalue())) == 2
    logging.getLogger("gunicorn.error").error("Worker (pid:7) was sent SIGKILL!")
    assert len(lines(written.getvalue())) == 3


def test_the_worker_tells_of_each_job_and_of_no_answer(
    installed: Installation, tmp_path: Path
) -> None:
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 11}, CANARY)
    move(installed, wave, -timedelta(days=11), -timedelta(minutes=1))
    said = worker_until(installed, tmp_path / "worker.log", "published")
    jobs = [line for line in lines(said) if line["event"].startswith("job")]
    told = [(line["event"], line["job"]) for line in jobs]
    for job in ("closing", "publishing", "sending"):
        assert told.index(("job begins", job)) < told.index(("job ended", job))
    ended = [line for line in jobs if line["event"] == "job ended"]
    assert all(line["seconds"] == logs.in_steps(line["seconds"]) for line in ended)
    assert {line.get("wave") for line in ended if line["job"] == "publishing"} == {wave.id}
    assert CANARY not in said
    assert "23" not in {str(value) for line in jobs for value in line.values()}


def test_a_job_that_fails_is_told_with_its_reason(installed: Installation, tmp_path: Path) -> None:
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 3}, CANARY)
    move(installed, wave, -timedelta(days=11), -timedelta(minutes=1))
    for key in installed.settings.keys.glob("wave-*"):
        key.unlink()
    said = worker_until(installed, tmp_path / "worker.log", "job failed")
    failed = [line for line in lines(said) if line["event"] == "job failed"]
    assert {(line["job"], line["wave"]) for line in failed} == {("closing", wave.id)}
    assert "key" in failed[0]["says"]


def worker_until(installed: Installation, log: Path, word: str) -> str:
    """Run the real worker until the wave is published, or its log has the word."""
    program = str(Path(sys.executable).with_name("tribometer"))
    environment = {key: value for key, value in os.environ.items() if "TRIBOMETER" not in key}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [program, "worker", "--instance", str(installed.settings.instance)],
            env={**environment, "TRIBOMETER_LOGS": "json"}, stdout=subprocess.DEVNULL, stderr=out,
        )  # fmt: skip
    for _ in range(600):
        with installed.sessions() as session:
            done = session.query(Wave.state).filter(Wave.number == 1).scalar() == word
        if done or word in log.read_text():
            break
        time.sleep(0.1)
    time.sleep(2)  # the mails go out after it
    process.terminate()
    assert process.wait(30) == 0
    return log.read_text()
