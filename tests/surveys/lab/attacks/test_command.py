"""`tribometer attack` as IT runs it, and its look at a real installation."""

import hashlib
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import text

from surveys.lab.attacks.company import end
from surveys.lab.attacks.inspecting import inspect_installation
from surveys.lab.attacks.linker import Played, play
from surveys.lab.attacks.result import AttackResult, table
from surveys.settings import Settings
from surveys.web import Installation


@pytest.fixture
def played(ground: Flask) -> Played:
    """An installation in the middle of a wave."""
    return play(ground, 24, Random(1))


def broken(settings: Settings) -> dict[str, str]:
    return {r.name: r.says for r in inspect_installation(settings) if not r.passed}


def test_an_open_and_a_closed_installation_are_in_order_and_untouched(played: Played) -> None:
    settings = played.company.installed.settings
    assert broken(settings) == {}
    end(played.company, played.wave)
    before = prints(settings.instance)
    assert broken(settings) == {}
    assert prints(settings.instance) == before


def is_sqlite(installed: Installation) -> bool:
    return installed.engine.dialect.name == "sqlite"


def prints(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_key_and_a_code_that_stayed_are_found(played: Played) -> None:
    settings = played.company.installed.settings
    end(played.company, played.wave)
    (settings.keys / f"wave-{played.wave.id}.seal").write_text("0")
    (settings.instance / "access.log").write_text("GET /s?code=" + "-".join(["AB12"] * 7))
    assert set(broken(settings)) == {"keys destroyed", "codes in files"}


def test_ballots_that_are_not_sealed_are_found(played: Played) -> None:
    installed = played.company.installed
    with installed.engine.begin() as connection:
        plain = (
            "zeroblob(16432)" if is_sqlite(installed) else "convert_to(repeat('a', 16432), 'UTF8')"
        )
        connection.execute(text(f"UPDATE ballot_box SET ciphertext = {plain}"))
    assert "not sealed" in broken(installed.settings)["plain text in the box"]


def test_ballots_left_in_the_file_are_found(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wave is over, and the database was not rewritten."""
    installed = played.company.installed
    engine = installed.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if is_sqlite(installed):
            connection.execute(text("PRAGMA secure_delete = OFF"))
        connection.execute(text("UPDATE wave SET state = 'closed' WHERE state = 'open'"))
        connection.execute(text("DELETE FROM ballot_box"))
    assert "leftovers" in broken(installed.settings)


def test_the_command_prints_a_table_and_fails_if_something_is_wrong(
    played: Played, tmp_path: Path
) -> None:
    settings = played.company.installed.settings
    end(played.company, played.wave)
    arguments = ["--instance", settings.instance, "--database", settings.database]
    assert "schema police" in attack(0, *arguments)
    (settings.keys / f"wave-{played.wave.id}.mail").write_text("0")
    assert "BROKEN  keys destroyed" in attack(1, *arguments)


def attack(expected: int, *arguments: object) -> str:
    program = "from app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "attack", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == expected, done.stderr
    return done.stdout


def test_a_database_in_use_is_refused(ground: Flask) -> None:
    address = ground.extensions["tribometer"].settings.database
    said = subprocess.run(
        [sys.executable, "-c", "from app import main; main()", "attack", "--database", address],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert said.returncode == 2
    assert "holds tables already" in said.stderr


def test_the_table_names_what_is_broken() -> None:
    shown = table([AttackResult("linker", 10, 9, 1.0, False, "all found"),
                   AttackResult("stuffer", 10, 0, 0.0, True, "none")])  # fmt: skip
    assert "BROKEN  linker" in shown
    assert "ok      stuffer" in shown
