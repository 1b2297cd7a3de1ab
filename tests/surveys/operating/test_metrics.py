"""Figures for Prometheus: for a token only, of all processes, and none that tells who answers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families as parsed
from sqlalchemy import update

from app import create_app
from surveys import clock, heartbeat
from surveys.access import api_tokens
from surveys.answering import tokens
from surveys.database import write_session
from surveys.directory.provisioning import HeldBack
from surveys.lab.attacks.server import Browser, receipt_in
from surveys.models.pulses import Wave
from surveys.operating import worker
from surveys.running import calendar
from surveys.web import Installation
from tests import staff
from tests.factories import answer, code_of, company, during, opened, part
from tests.surveys.operating.conftest import Web

#: the one figure that is measured at each look; it is rounded up to 1, 2 or 5 times a power of ten
MEASURED = "tribometer_database_seconds"
#: made by the library beside each count
CREATED = {"request_seconds_created", "failures_created"}
Place = tuple[FlaskClient, Wave, dict[str, int]]


def token_of(installed: Installation, scope: str = "metrics") -> dict[str, str]:
    with write_session(installed.sessions) as session:
        made = api_tokens.make_token(session, "test", "Prometheus", [scope])
    return {"Authorization": f"Bearer {made}"}


def plain(body: str) -> str:
    """The body without what is measured anew at each look."""
    return "\n".join(line for line in body.splitlines() if not line.startswith(MEASURED))


def value(body: str, name: str, **labels: str) -> float:
    (found,) = [
        sample.value
        for family in parsed(body)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return found


def test_off_by_default_and_for_a_token_only(client: FlaskClient, installed: Installation) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=token_of(installed)).status_code == 404
    settings = replace(installed.settings, metrics="yes")
    on = create_app(settings)
    assert on.test_client().get("/metrics").status_code == 401
    assert on.test_client().get("/metrics", headers=token_of(installed, "scim")).status_code == 401
    answer = on.test_client().get("/metrics", headers=token_of(installed))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    other = on.extensions["tribometer"]
    other.jobs.close()
    other.engine.dispose()


@pytest.fixture
def place(either: Installation) -> Iterator[Place]:
    """A client of an installation with figures, and its open wave."""
    teams = company(either)
    wave = opened(either)
    app = create_app(replace(either.settings, metrics="yes"))
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client(), wave, teams
    made: Installation = app.extensions["tribometer"]
    made.jobs.close()
    made.engine.dispose()


def journey(client: FlaskClient, code: str, scores: dict[str, str]) -> Iterator[str]:
    """Open the form with all that belongs to it, answer, look round, take the answer back."""
    for path in ("/s", "/static/css/form.css", "/static/js/fragment.js", "/favicon.ico"):
        client.get(path).close()
        yield path
    form = staff.enter(client, code)
    yield "entered"
    assert client.get(form).status_code == 200
    yield "the form is open"
    done = staff.send(client, form, scores)
    receipt = receipt_in(done.status_code, done.text)
    assert receipt
    yield "answered"
    for path in ("/s/results", "/stored", f"/s/{code}"):
        client.get(path)
        yield path
    client.post("/s/reply", data={"code": receipt})
    yield "looked for questions"
    assert client.post("/s/withdraw", data={"code": receipt}).status_code == 200
    yield "withdrawn"


def test_nothing_changes_when_somebody_answers(either: Installation, place: Place) -> None:
    client, wave, teams = place
    right = token_of(either)
    code = code_of(either, wave, "buying1@example.org")
    scores = {f"t{teams['Selling']}_C{n}": "3" for n in range(1, 6)}
    with during(wave):
        heartbeat.beat(either.jobs, "one")
        before = client.get("/metrics", headers=right).text
        for _step in journey(client, code, scores):
            assert plain(client.get("/metrics", headers=right).text) == plain(before)
        client.get("/sign-in")
        after = client.get("/metrics", headers=right).text
    assert plain(after) != plain(before)  # what is meant to be counted is
    assert value(after, "tribometer_request_seconds_count", route="/sign-in") == 1
    assert value(before, MEASURED) in {round(s * 10**p, 3) for s in (1, 2, 5) for p in (-3, -2, -1)}


def test_the_first_failure_is_a_rise(
    installed: Installation, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _wave, _teams = place
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    made: Installation = client.application.extensions["tribometer"]
    right = token_of(made)
    failures = "tribometer_failures_total"
    # A figure that appears with its first failure has not risen, and no alarm would ring.
    assert value(client.get("/metrics", headers=right).text, failures) == 0

    def broken(*_given: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("surveys.access.routes.signing_in.accounts.check_password", broken)
    sent = {"email": "hr@example.org", "password": "some password"}
    assert client.post("/sign-in", data=sent).status_code == 500
    assert value(client.get("/metrics", headers=right).text, failures) == 1

    def held(*_given: object) -> None:
        raise HeldBack([1], [])

    monkeypatch.setattr("surveys.access.routes.signing_in.accounts.check_password", held)
    assert client.post("/sign-in", data=sent).status_code == 503
    assert value(client.get("/metrics", headers=right).text, failures) == 1, "a refusal is none"
    refused = client.get("/metrics")
    assert (refused.status_code, refused.mimetype) == (401, "text/plain")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


def test_reminders_do_not_tell_how_many_have_not_answered(
    either: Installation, place: Place
) -> None:
    client, wave, teams = place
    right = token_of(either)
    seen = []
    for i in (1, 2):
        answer(either, wave, f"buying{i}@example.org", teams["Buying"], part(teams["Selling"]))
        with clock.at(wave.opens_at + timedelta(days=4, minutes=1)):
            with write_session(either.sessions) as session:
                queued = calendar.queue_reminders(session)
            assert (queued > 0) == (i == 1)
            seen.append(plain(client.get("/metrics", headers=right).text))
    assert seen[0] == seen[1]
    assert value(seen[0], "tribometer_mails", state="unsent") == 24 + 2  # and two new accounts


def test_what_the_figures_say(either: Installation, place: Place) -> None:
    client, wave, _teams = place
    right = token_of(either)

    def look(name: str, **labels: str) -> float:
        return value(client.get("/metrics", headers=right).text, f"tribometer_{name}", **labels)

    with clock.at(wave.opens_at + timedelta(hours=1)):
        assert look("worker_seen_seconds") == float("inf")
        assert look("oldest_mail_seconds") > 3600
        assert look("waves", state="open") == 1
        assert look("waves", state="published") == 0
        heartbeat.beat(either.jobs, "one")
    with clock.at(wave.closes_at + timedelta(minutes=1)):
        worker.advance(either.sessions, either.engine, either.settings, either.jobs)
        assert look("worker_seen_seconds") > 86_400
        assert look("workers") == 0
        assert look("waves", state="published") == 1
        assert look("mails", state="unsent") == 0
        assert look("oldest_mail_seconds") == 0
        for job in (heartbeat.PUBLISHING, heartbeat.FORGETTING):
            assert look("job_well", job=job) == 1
            assert look("job_ended_timestamp_seconds", job=job) == clock.now().timestamp()
    heartbeat.note_run(either.jobs, heartbeat.PUBLISHING, 2.2, well=False)
    assert look("job_well", job="publishing") == 0
    assert look("job_seconds", job="publishing") == 5.0


def test_the_alerts_speak_of_figures_that_there_are(either: Installation, place: Place) -> None:
    client = place[0]
    client.get("/sign-in")
    heartbeat.note_run(either.jobs, heartbeat.BACKUP, 1.0)
    body = client.get("/metrics", headers=token_of(either)).text
    there = {sample.name for family in parsed(body) for sample in family.samples}
    rules = (Path(__file__).parents[3] / "deploy" / "prometheus-rules.yml").read_text()
    named = set(re.findall(r"tribometer_\w+", rules))
    assert len(named) >= 6
    assert named <= there, named - there
    manual = (Path(__file__).parents[3] / "docs" / "running.md").read_text()
    families = {family.name.removeprefix("tribometer_") for family in parsed(body)}
    assert {name for name in families if f"`{name}`" not in manual} <= CREATED | {"tribometer"}


def test_all_processes_count_together_and_none_tells_of_an_answer(web: Web) -> None:
    """Two processes of gunicorn, asked by many connections."""
    teams = company(web.installed)
    with write_session(web.installed.sessions) as session:
        now = clock.now()
        moments = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=9)}
        session.execute(update(Wave).values(**moments))
    wave = opened(web.installed)
    right = token_of(web.installed)

    def poll() -> str:
        request = Request(f"http://127.0.0.1:{web.port}/metrics", headers=right)
        with urlopen(request) as response:
            return re.sub(r"(?m)^tribometer_oldest_mail_seconds .*$", "", response.read().decode())

    for _ in range(20):
        with Browser(web.port) as browser:
            assert browser.get("/sign-in")[0] == 200
    before = {plain(poll()) for _ in range(10)}
    assert len(before) == 1, "every process says the same"
    count = "tribometer_request_seconds_count"
    assert value(poll(), count, route="/sign-in", status="2xx") == 20
    fields = {f"t{teams['Selling']}_C{n}": "3" for n in range(1, 6)}
    for i in (1, 2, 3):
        with Browser(web.port) as browser:
            code = code_of(web.installed, wave, f"buying{i}@example.org")
            receipt = browser.answer(code, fields)
            assert receipt
            token = browser.token("/s/withdraw")
            sent = {"csrf_token": token, "code": tokens.grouped(receipt)}
            assert browser.post("/s/withdraw", sent)[0] == 200
        assert {plain(poll())} == before
    assert value(poll(), "tribometer_waves", state="open") == 1
