"""From the command to the first answer, and what the process then holds in memory."""

import time

from flask import Flask

from surveys.lab.attacks.ports import free_port
from surveys.lab.attacks.server import Server
from surveys.lab.bench.processes import family, megabytes
from surveys.lab.bench.result import Timed
from surveys.operating.serving import parts_of

MAX_SECONDS, MAX_MEGABYTES = 2.5, 150.0
ROUNDS = 5


def starting(app: Flask) -> list[Timed]:
    """Start the server ROUNDS times on an installation that is there already."""
    settings = parts_of(app).settings
    seconds, held = [], []
    for _round in range(ROUNDS):
        server = Server(settings, free_port())
        begun = time.perf_counter()
        server.start()
        seconds.append(time.perf_counter() - begun)
        assert server.process is not None
        held.append(max(megabytes(pid) for pid in family(server.process.pid)))
        server.stop()
    middle = sorted(seconds)[ROUNDS // 2]
    return [
        Timed("start to the first answer, median", f"{middle:.1f} s", f"≤ {MAX_SECONDS} s",
              middle <= MAX_SECONDS),
        Timed("memory of the largest process then", f"{max(held):.0f} MB",
              f"≤ {MAX_MEGABYTES:.0f} MB",
              max(held) <= MAX_MEGABYTES),
    ]  # fmt: skip
