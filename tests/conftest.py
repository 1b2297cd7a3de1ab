"""Shared fixtures: a real database of each kind, an installed app, and what was left out."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from app import create_app
from surveys.database import make_engine
from surveys.operating.upgrading import install
from surveys.settings import Settings, keep_to_one_core
from surveys.web import Installation
from tests.postgres import Cluster, NotHere

keep_to_one_core()  # two processes run tests, and nothing above loads numpy

#: switches of the browser: it runs as root here, and calls nobody
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL cluster of the tests' own; skips where no server is installed."""
    try:
        cluster = Cluster()
    except NotHere as reason:
        pytest.skip(str(reason))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of an empty installation, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "tribometer.db"
    engine = make_engine(f"sqlite:///{path}")
    install(engine)
    engine.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Settings:
    """Settings of an empty installation on SQLite."""
    made = Settings.read(tmp_path / "instance", environ={}, base_url="http://localhost")
    made.data.mkdir(parents=True)
    shutil.copy(migrated, made.data / "tribometer.db")
    return made


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An empty installation, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield from _installed(request.getfixturevalue("settings"))
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        address = cluster.new_database()
        yield from _installed(
            Settings.read(
                tmp_path / "pg", environ={}, database=address, base_url="http://localhost"
            )
        )


@pytest.fixture
def installed(settings: Settings) -> Iterator[Installation]:
    """An empty installation on SQLite."""
    yield from _installed(settings)


@pytest.fixture
def app(installed: Installation) -> Flask:
    """The app of `installed`."""
    return APPS[id(installed)]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts; forms need no token against forged requests here."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process: Playwright runs once in each."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("pages in a real browser (install it: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


APPS: dict[int, Flask] = {}


def _installed(settings: Settings) -> Iterator[Installation]:
    app = create_app(settings)
    found: Installation = app.extensions["tribometer"]
    APPS[id(found)] = app
    yield found
    APPS.pop(id(found))
    found.engine.dispose()
    found.jobs.huey.storage.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what this machine could not run, and why."""
    reasons = {
        str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        for report in terminalreporter.stats.get("skipped", [])
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(f"Left out: {reason.removeprefix('Skipped: ')}")
