"""Invitations through a mail server on this machine, which takes everything; extra `bench`."""

import time
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import text

from surveys.attacking.company import found_company, open_next
from surveys.attacking.ports import free_port
from surveys.errors import SettingsError
from surveys.sending.outbox import deliver_due
from surveys.serving import parts_of
from surveys.timing.result import Timed

LONGEST = 60.0
TEAM = 100


class Taking:
    """A mail server's hand that takes every mail and keeps only who got how many."""

    def __init__(self) -> None:
        self.got: dict[str, int] = {}

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take one mail."""
        for address in envelope.rcpt_tos:
            self.got[address] = self.got.get(address, 0) + 1
        return "250 taken"


def mailing(app: Flask, invitations: int, dice: Random) -> list[Timed]:
    """Open a wave of so many people and send its mails by one worker.

    Raises SettingsError without the extra.
    """
    teams = [f"Team {n:03}" for n in range(max(2, invitations // TEAM))]
    sizes = {team: invitations // len(teams) for team in teams}
    company = found_company(app, sizes, list(pairwise(teams)), dice)
    open_next(company)
    taking = Taking()
    seconds = _send_all(app, taking)
    with parts_of(app).engine.connect() as connection:
        query = "SELECT count(*) FROM outbox_message WHERE state = 'sent'"
        sent = int(connection.execute(text(query)).scalar_one())
    # Beside its invitation a manager gets the mail of the account.
    expected = sum(sizes.values()) + len(teams)
    bar = LONGEST * expected / 10_000
    return [
        Timed(f"{expected:,} invitations and access mails, one worker", f"{seconds:.0f} s",
              f"≤ {bar:.0f} s", seconds <= bar),
        Timed("arrived, and marked as sent", f"{sum(taking.got.values()):,} and {sent:,}", "all",
              sum(taking.got.values()) == sent == expected),
    ]  # fmt: skip


def _send_all(app: Flask, taking: Taking) -> float:
    """Seconds of one worker for all that waits."""
    try:
        from aiosmtpd.controller import Controller
    except ImportError as error:
        raise SettingsError("This needs the extra “bench”: it brings a mail server.") from error
    server = Controller(taking, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        installed = parts_of(app)
        settings = replace(installed.settings, outbox=f"smtp://127.0.0.1:{server.port}")
        begun = time.perf_counter()
        deliver_due(installed.sessions, settings)
        return time.perf_counter() - begun
    finally:
        server.stop()
