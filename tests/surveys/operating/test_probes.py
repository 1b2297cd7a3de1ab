"""Alive, ready, and what is told of a worker that is not there."""

import shutil
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from surveys import clock, heartbeat
from surveys.operating.serving import parts_of
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import account, company, sign_in
from tests.postgres import Cluster


@pytest.fixture
def visitor(either: Installation) -> FlaskClient:
    return APPS[id(either)].test_client()


def test_alive_asks_no_database_and_keeps_no_cookie(
    either: Installation, visitor: FlaskClient
) -> None:
    asked: list[str] = []
    event.listen(either.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    visitor.set_cookie("tribometer_sign_in", "x")
    answer = visitor.get("/healthz?lang=de")
    assert (answer.status_code, answer.text, asked) == (200, "ok", [])
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Request-Id" not in answer.headers


def test_ready_says_so_and_that_no_worker_was_seen(
    either: Installation, visitor: FlaskClient
) -> None:
    first = visitor.get("/readyz")
    assert (first.status_code, first.json["ready"], first.json["problems"]) == (200, True, [])
    assert "tribometer worker" in first.json["notes"][0]
    assert "Set-Cookie" not in first.headers
    heartbeat.beat(either.jobs, "one")
    assert visitor.get("/readyz").json == {"ready": True, "problems": [], "notes": []}


def older(installed: Installation) -> None:
    with installed.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'old'")


def newer(installed: Installation) -> None:
    with installed.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")


def no_folder(installed: Installation) -> None:
    shutil.rmtree(installed.settings.data)
    installed.settings.data.touch()


def no_queue(installed: Installation) -> None:
    installed.jobs.close()
    installed.jobs.huey.storage.filename = str(installed.settings.instance / "no" / "queue.db")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (older, "form old"),
        (newer, "form 9999"),
        (no_folder, "data folder"),
        (no_queue, "task queue cannot be reached"),
    ],
)
def test_each_fault_is_said_with_status_503(
    either: Installation, visitor: FlaskClient, harm: object, says: str
) -> None:
    harm(either)  # type: ignore[operator]
    answer = visitor.get("/readyz")
    assert answer.status_code == 503
    assert not answer.json["ready"]
    assert any(says in problem for problem in answer.json["problems"])
    assert str(either.settings.instance) not in answer.text
    assert "Traceback" not in answer.text


def test_a_database_that_is_away_is_said_without_its_address(
    app: Flask, installed: Installation, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveys.database import make_engine

    engine = make_engine("postgresql://tribometer:s3cret@127.0.0.1:9/tribometer")
    monkeypatch.setattr("surveys.operating.readiness.current_revision", lambda _e: engine.connect())
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["problems"] == ["The database cannot be used: nothing listens there."]
    assert parts_of(app).engine is installed.engine


def test_hr_is_told_that_no_worker_runs(client: FlaskClient, installed: Installation) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    assert "No worker is running" in client.get("/hr").text
    heartbeat.beat(installed.jobs, "one")
    assert "No worker is running" not in client.get("/hr").text
    with clock.at(clock.now() + timedelta(minutes=16)):
        assert "No worker is running" in client.get("/hr").text
