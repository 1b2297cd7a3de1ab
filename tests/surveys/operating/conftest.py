"""`tribometer web` with two processes of gunicorn on PostgreSQL, and all that it says."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import pytest

from app import create_app
from surveys.lab.attacks.server import Browser
from surveys.settings import Settings
from surveys.web import Installation
from tests.postgres import Cluster, free_port

TIMEOUT = 60


@dataclass
class Web:
    """A running server, its installation and its log."""

    installed: Installation
    port: int
    log: Path

    def said(self) -> str:
        """All that it logged up to now."""
        return self.log.read_text()


@pytest.fixture
def web(tmp_path: Path, postgres: Cluster) -> Iterator[Web]:
    address = postgres.new_database()
    folder, port, log = tmp_path / "web", free_port(), tmp_path / "web.log"
    given = {"DATABASE": address, "INSTANCE": str(folder), "METRICS": "yes", "LOGS": "json"}
    environment = {key: value for key, value in os.environ.items() if "TRIBOMETER" not in key}
    environment |= {f"TRIBOMETER_{name}": value for name, value in given.items()}
    settings = Settings.read(folder, environ={}, database=address, base_url="http://localhost")
    installed: Installation = create_app(settings).extensions["tribometer"]
    program = str(Path(sys.executable).with_name("tribometer"))
    with log.open("wb") as out, log.with_suffix(".out").open("wb") as greeting:
        process = subprocess.Popen(
            [program, "web", "--processes", "2", "--port", str(port)],
            env=environment, stdout=greeting, stderr=out,
        )  # fmt: skip
    try:
        wait_for(port, log)
        yield Web(installed, port, log)
    finally:
        process.terminate()
        process.wait(30)
        installed.jobs.close()
        installed.engine.dispose()


def wait_for(port: int, log: Path) -> None:
    """Wait until the server is ready."""
    for _ in range(TIMEOUT * 10):
        try:
            with Browser(port) as browser:
                if browser.get("/readyz")[0] == 200:
                    return
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise AssertionError(log.read_text())
