"""Close and publish a large wave, by one worker in a process of its own."""

import os
import subprocess
import sys
import time
from random import Random

from flask import Flask
from sqlalchemy import text

from analysis.measures import ROOT_CAUSES
from surveys import clock
from surveys.answering import ballot_box
from surveys.answering.sealing import Ballot
from surveys.database import ROOT, write_connection
from surveys.lab.attacks.company import (
    Company,
    after,
    codes_of,
    found_company,
    numbered,
    open_next,
    second_day,
)
from surveys.lab.bench.result import Timed
from surveys.lab.demo.remarks import Remarks
from surveys.models.pulses import Wave
from surveys.settings import PREFIX

MAX_SECONDS, MAX_GIGABYTES = 180.0, 1.5
#: partners of each team: each pair has two seams
PARTNERS = 5
BATCH = 500
WORK = """
from surveys import clock
from surveys.operating import worker
from surveys.settings import Settings
from app import create_app
import sys, datetime, pathlib
settings = Settings.read(pathlib.Path(sys.argv[1]))
installed = create_app(settings).extensions["tribometer"]
with clock.at(datetime.datetime.fromisoformat(sys.argv[2])):
    worker.close_and_publish_due(installed.sessions, installed.engine, settings)
"""


def closing(app: Flask, people: int, seams: int, rng: Random) -> list[Timed]:
    """`people` answer about all partners of their team, each with one comment; then the hour comes.

    `seams` is rounded to what whole teams give.
    """
    number = max(6, round(seams / PARTNERS) // 2 * 2)
    teams = [f"Team {n:03}" for n in range(number)]
    pairs = {
        (teams[min(n, m)], teams[max(n, m)])
        for n in range(number)
        for m in ((n + 1) % number, (n + 2) % number, (n + number // 2) % number)
    }
    company = found_company(app, dict.fromkeys(teams, people // number), sorted(pairs), rng)
    wave = open_next(company)
    ballots = _everybody(company, wave, pairs, rng)
    seconds, megabytes = _close(company, wave)
    with company.installed.engine.connect() as connection:
        count = {
            table: int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in ("answer", "comment", "release")
        }
    what = f"{ballots:,} ballots, {2 * len(pairs)} seams, {count['comment']:,} comments"
    return [
        Timed(f"close and publish: {what}", f"{seconds:.0f} s", f"≤ {MAX_SECONDS:.0f} s",
              seconds <= MAX_SECONDS and count["release"] == 1),
        Timed("its memory at most", f"{megabytes / 1024:.2f} GB", f"≤ {MAX_GIGABYTES} GB",
              megabytes / 1024 <= MAX_GIGABYTES),
        Timed("answers counted, ballots sent", f"{count['answer']:,} and {ballots:,}"),
    ]  # fmt: skip


def _everybody(company: Company, wave: Wave, pairs: set[tuple[str, str]], rng: Random) -> int:
    """All cast a ballot, in large transactions: this part is not what is measured."""
    codes = codes_of(company, wave)
    partners: dict[str, list[str]] = {}
    for one, two in pairs:
        partners.setdefault(one, []).append(two)
        partners.setdefault(two, []).append(one)
    remarks = Remarks(rng.randrange(10**6), [m.name for m in company.members])
    everybody = list(company.members)
    for start in range(0, len(everybody), BATCH):
        with clock.at(second_day(wave)), write_connection(company.installed.engine) as connection:
            for place, member in enumerate(everybody[start : start + BATCH], start):
                others = partners[member.team]
                spoken = place % len(others)
                cause = rng.choice(ROOT_CAUSES)
                said = remarks.about(cause, member.team, others[spoken], core=False)
                first = dict(list(said.items())[:1])
                parts = tuple(
                    numbered(
                        rng.randrange(5**7), company.teams[other], first if n == spoken else {}
                    )
                    for n, other in enumerate(others)
                )
                ballot = Ballot(company.teams[member.team], parts)
                entry = ballot_box.admit(connection, codes[member.email])
                ballot_box.cast(connection, entry, codes[member.email], ballot)
    return len(everybody)


def _close(company: Company, wave: Wave) -> tuple[float, float]:
    """Wall seconds and peak megabytes of a process that closes and publishes."""
    settings = company.installed.settings
    given = {"database": settings.database, "queue": settings.queue, "keys": str(settings.keys)}
    environment = {PREFIX + name.upper(): value for name, value in given.items()}
    moment = after(wave).isoformat()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(settings.instance), moment],
        env={**environment, "PYTHONPATH": str(ROOT)},
    )
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - begun, used.ru_maxrss / 1024
