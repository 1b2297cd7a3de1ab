"""The database is locked, full or restarted: nothing is acknowledged that is not kept, and nothing
needs repair afterwards."""

import contextlib
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from app import create_app
from surveys import clock
from surveys.answering import ballot_box, sealing
from surveys.lab.attacks.server import FORM, opened_form
from surveys.models.pulses import Wave
from surveys.operating.serving import open_installation, parts_of
from surveys.publishing.close import close_wave
from surveys.settings import Settings
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import answer, code_of, company, during, opened, part
from tests.postgres import Cluster, NotHere

LOCKED_FOR = 2.0


class Respondent:
    """Somebody before the form, who may send it again."""

    def __init__(self, app: Flask, installed: Installation) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.teams = company(installed)
        self.installed, self.wave = installed, opened(installed)
        self.client: FlaskClient = app.test_client()
        code = code_of(installed, self.wave, "buying1@example.org")
        self.opening = opened_form(installed.settings, code)

    def send(self) -> tuple[int, bool]:
        """Status, and whether a receipt was shown."""
        with during(self.wave):
            fields = {"opening": self.opening, f"t{self.teams['Selling']}_C1": "4"}
            page = self.client.post(FORM, data=fields)
        return page.status_code, 'class="code"' in page.text

    def kept(self) -> int:
        with self.installed.sessions() as session:
            return ballot_box.ballots_in(session, self.wave.id)


@pytest.fixture
def respondent(either: Installation) -> Respondent:
    return Respondent(APPS[id(either)], either)


@contextmanager
def locked(installed: Installation, wave: Wave) -> Iterator[None]:
    """Somebody else holds what every submit needs to write."""
    with installed.engine.connect().execution_options(writes=True) as connection:
        lock = f"SELECT id FROM wave WHERE id = {wave.id}"
        locking = "" if installed.engine.dialect.name == "sqlite" else " FOR UPDATE"
        connection.execute(text(lock + locking))
        yield
        connection.rollback()


def test_a_lock_is_waited_for(respondent: Respondent) -> None:
    with locked(respondent.installed, respondent.wave):
        sending = threading.Thread(target=respondent.send)
        sending.start()
        time.sleep(LOCKED_FOR)
        assert sending.is_alive()
    sending.join(10)
    assert respondent.kept() == 1


def test_a_lock_that_does_not_end_is_no_acknowledgement(installed: Installation) -> None:
    """SQLite: after ten seconds (here less) the page says that nothing was saved."""
    respondent = Respondent(APPS[id(installed)], installed)
    each_connection(installed, "PRAGMA busy_timeout = 300")
    with locked(installed, respondent.wave):
        assert respondent.send() == (503, False)
    assert respondent.kept() == 0
    assert respondent.send() == (200, True)


def test_a_full_disk_is_no_acknowledgement_and_needs_no_repair(installed: Installation) -> None:
    respondent = Respondent(APPS[id(installed)], installed)
    limit = each_connection(installed, "PRAGMA max_page_count = 1")
    assert respondent.send() == (503, False)
    assert respondent.kept() == 0
    limit()
    assert respondent.send() == (200, True)
    assert respondent.kept() == 1


def test_closing_on_a_full_disk_is_made_good_once_there_is_room(small_disk: Path) -> None:
    settings = Settings.read(small_disk / "instance", environ={})
    app = open_installation(create_app, settings)
    installed = parts_of(app)
    teams = company(installed)
    wave = opened(installed)
    for i in range(1, 9):
        who = f"buying{i}@example.org"
        answer(installed, wave, who, teams["Buying"], part(teams["Selling"], 1 + i % 4))
    with clock.at(wave.closes_at):
        stuffing = fill(small_disk)
        with pytest.raises((OperationalError, OSError)):
            close_wave(installed.sessions, installed.engine, settings, wave.id)
        assert sealing.keys_exist(settings, wave.id)
        stuffing.unlink()
        close_wave(installed.sessions, installed.engine, settings, wave.id)
    with installed.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM answer")).scalar_one() == 8
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert not sealing.keys_exist(settings, wave.id)
    installed.engine.dispose()
    installed.jobs.huey.storage.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes in memory."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(tmp_path)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("a disk that is full (mounting one needs root)")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes all the room there is."""
    stuffing = folder / "stuffing"
    with stuffing.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096) == 4096:
            pass
    return stuffing


def each_connection(installed: Installation, pragma: str) -> Any:
    """Let every new connection begin with this; returns what takes it back."""

    def begin(connection: Any, _record: Any) -> None:
        connection.execute(pragma)

    event.listen(installed.engine, "connect", begin)
    installed.engine.dispose()

    def back() -> None:
        event.remove(installed.engine, "connect", begin)
        installed.engine.dispose()

    return back


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server of this test's own, which it may stop."""
    try:
        made = Cluster()
    except NotHere as reason:
        pytest.skip(str(reason))
    try:
        made.start()
        yield made
    finally:
        made.stop()


def test_a_restarted_postgresql_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    settings = Settings.read(tmp_path / "pg", environ={}, database=cluster.new_database())
    app = create_app(settings)
    installed: Installation = app.extensions["tribometer"]
    respondent = Respondent(app, installed)
    assert respondent.send() == (200, True)
    data = cluster.folder / "data"
    cluster._run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    assert respondent.send() == (503, False)
    options = f"-p {cluster.port} -k {cluster.folder} -c listen_addresses=127.0.0.1"
    cluster._run("pg_ctl", "-D", data, "-o", options, "-l", cluster.folder / "log", "-w", "start")
    assert respondent.kept() == 1
    assert respondent.send() == (200, True)
    assert respondent.kept() == 1
    installed.engine.dispose()
    installed.jobs.huey.storage.close()
