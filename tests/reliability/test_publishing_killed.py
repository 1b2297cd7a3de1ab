"""The worker is killed while it publishes: the next one publishes the very same."""

import subprocess
import sys

import pytest
from sqlalchemy import text

from surveys import clock
from surveys.publishing.close import close_wave
from surveys.publishing.release import publish
from surveys.web import Installation
from tests.factories import company, everybody_answers, opened

#: dies by the operating system's hand, inside of the transaction
KILLED = """
import os, sys
from pathlib import Path
from surveys.database import make_engine, make_sessions
from surveys.publishing import release
setattr(release, sys.argv[2], lambda *_: os.kill(os.getpid(), 9))
release.publish(make_sessions(make_engine(sys.argv[1])), int(sys.argv[3]))
"""
PUBLISHED = (
    "theme_comment",
    "readable_comment",
    "quote",
    "theme_figure",
    "trend",
    "figure",
    "release",
    "theme_memory",
    "theme",
)
STEPS = ("add_pairs", "add_trends", "add_themes", "_tell_readers")


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_worker_is_made_good_by_the_next(either: Installation, step: str) -> None:
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, dict.fromkeys(teams, 12), "Changes reach us too late.")
    with clock.at(wave.closes_at):
        close_wave(either.sessions, either.engine, either.settings, wave.id)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, either.settings.database, step, str(wave.id)], check=False
    )
    assert killed.returncode == -9
    assert published(either)["release"] == []
    with clock.at(wave.closes_at):
        publish(either.sessions, wave.id)
    after_the_kill = published(either)
    forget(either)
    with clock.at(wave.closes_at):
        publish(either.sessions, wave.id)
    assert published(either) == after_the_kill
    assert after_the_kill["figure"]


def published(installed: Installation) -> dict[str, list[str]]:
    """All that a release consists of, without the numbers that the database gives."""
    with installed.engine.connect() as connection:
        return {
            table: sorted(
                str({k: v for k, v in row._mapping.items() if not k.endswith("id")})
                for row in connection.execute(text(f"SELECT * FROM {table}"))
            )
            for table in PUBLISHED
        }


def forget(installed: Installation) -> None:
    with installed.engine.begin() as connection:
        for table in PUBLISHED:
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("DELETE FROM outbox_message WHERE kind = 'release'"))
        connection.execute(text("UPDATE wave SET state = 'closed' WHERE state = 'published'"))
