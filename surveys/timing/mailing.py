"""Invitations through a mail server on this machine, which takes everything; extra `bench`."""

import time
from dataclasses import replace
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


def mailing(app: Flask, invitations: int, dice: Random) -> list[Timed]:
    """Open a wave of so many people and send its invitations by one worker.

    Raises SettingsError without the extra.
    """
    try:
        from aiosmtpd.controller import Controller
    except ImportError as error:
        raise SettingsError("This needs the extra “bench”: it brings a mail server.") from error

    class Taking:
        """Takes every mail and keeps none, only who got how many."""

        def __init__(self) -> None:
            self.got: dict[str, int] = {}

        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            for address in envelope.rcpt_tos:
                self.got[address] = self.got.get(address, 0) + 1
            return "250 taken"

    teams = [f"Team {n:03}" for n in range(max(2, invitations // TEAM))]
    sizes = {team: invitations // len(teams) for team in teams}
    pairs = [(teams[n], teams[(n + 1) % len(teams)]) for n in range(len(teams))][: len(teams) - 1]
    company = found_company(app, sizes, pairs, dice)
    open_next(company)
    taking = Taking()
    server = Controller(taking, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        installed = parts_of(app)
        settings = replace(installed.settings, outbox=f"smtp://127.0.0.1:{server.port}")
        begun = time.perf_counter()
        deliver_due(installed.sessions, settings)
        seconds = time.perf_counter() - begun
    finally:
        server.stop()
    with installed.engine.connect() as connection:
        query = "SELECT count(*) FROM invitation WHERE mail_state = 'sent'"
        sent = int(connection.execute(text(query)).scalar_one())
    expected = sum(sizes.values())
    once = sum(count == 1 for count in taking.got.values())
    bar = LONGEST * expected / 10_000
    return [
        Timed(f"{expected:,} invitations, one worker", f"{seconds:.0f} s", f"≤ {bar:.0f} s",
              seconds <= bar),
        Timed("arrived once, and marked as sent", f"{once:,} and {sent:,}", "all",
              once == sent == expected),
    ]  # fmt: skip
