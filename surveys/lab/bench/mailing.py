"""Invitations through a mail server on this machine, which takes everything; extra `bench`."""

import json
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from random import Random

from flask import Flask
from sqlalchemy import text

from surveys.database import ROOT
from surveys.errors import SettingsError
from surveys.lab.attacks.company import found_company, open_next
from surveys.lab.attacks.ports import free_port
from surveys.lab.bench.result import Timed
from surveys.operating.serving import parts_of
from surveys.sending.outbox import deliver_due

MAX_SECONDS = 60.0
TEAM = 100


def mailing(app: Flask, invitations: int, rng: Random) -> list[Timed]:
    """Open a wave of so many people and send its mails by one worker.

    Raises SettingsError without the extra.
    """
    teams = [f"Team {n:03}" for n in range(max(2, invitations // TEAM))]
    sizes = {team: invitations // len(teams) for team in teams}
    company = found_company(app, sizes, list(pairwise(teams)), rng)
    open_next(company)
    seconds, got = _send_all(app)
    with parts_of(app).engine.connect() as connection:
        query = "SELECT count(*) FROM outbox_message WHERE state = 'sent'"
        sent = int(connection.execute(text(query)).scalar_one())
    # Beside its invitation a manager gets the mail of the account.
    expected = sum(sizes.values()) + len(teams)
    bar = MAX_SECONDS * expected / 10_000
    return [
        Timed(f"{expected:,} invitations and access mails, one worker", f"{seconds:.0f} s",
              f"≤ {bar:.0f} s", seconds <= bar),
        Timed("arrived, and marked as sent", f"{sum(got.values()):,} and {sent:,}", "all",
              sum(got.values()) == sent == expected),
    ]  # fmt: skip


def _send_all(app: Flask) -> tuple[float, dict[str, int]]:
    """Seconds of one worker for all that waits, and how many mails each address got."""
    installed, port = parts_of(app), free_port()
    settings = replace(installed.settings, outbox=f"smtp://127.0.0.1:{port}")
    with subprocess.Popen(
        [sys.executable, "-m", "surveys.lab.bench.mail_sink", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT)},
        text=True,
    ) as server:
        try:
            if server.stdout is None or server.stdout.readline() != "ready\n":
                raise SettingsError("This needs the extra “bench”: it brings a mail server.")
            begun = time.perf_counter()
            deliver_due(installed.sessions, settings)
            seconds = time.perf_counter() - begun
        finally:
            server.terminate()
        return seconds, json.loads(server.communicate()[0])
