"""The linker finds nobody; with the order of answering left in the tables it finds everybody."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from surveys.lab.attacks import linker
from surveys.lab.attacks.command import fresh
from surveys.lab.attacks.company import end
from surveys.lab.attacks.result import AttackResult
from surveys.publishing import close


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_nobody_is_linked(kind: str, request: pytest.FixtureRequest) -> None:
    # The mixing is truly random: once in some four hundred runs chance alone goes beyond three
    # standard deviations. Then a second organisation decides; a trace would be there again.
    results = []
    while not any(done.passed for done in results) and len(results) < 2:
        cluster = request.getfixturevalue("postgres") if kind == "postgres" else None
        with fresh(create_app, cluster.new_database(empty=True) if cluster else "") as app:
            results.append(linker.link(app, 60, Random(len(results))))
    assert results[-1].passed, results
    assert results[-1].tries > 1000


def test_rows_in_the_order_of_answering_are_found(ground: Flask) -> None:
    """The usual design: answers are appended as they come, whatever their keys."""
    played = linker.play(ground, 60, Random(2))
    end(played.company, played.wave)
    place = {n: i for i, n in enumerate(played.known["seen at the door"])}
    engine = played.company.installed.engine
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT key, text FROM comment")).all()
        order = sorted(rows, key=lambda row: place[linker._by_mark(row[1])])
        connection.execute(text("CREATE TABLE naive AS SELECT * FROM comment WHERE 1 = 0"))
        for row in order:
            connection.execute(
                text("INSERT INTO naive SELECT * FROM comment WHERE key = :key"), {"key": row[0]}
            )
        connection.execute(text("DROP TABLE comment"))
        connection.execute(text("ALTER TABLE naive RENAME TO comment"))
    succeeded(linker.match(played))


def test_without_the_mixing_the_old_copy_tells(
    ground: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unshuffled, and keys that count: the order of the box in the earlier copy is enough."""

    class Unshuffled:
        def shuffle(self, rows: list[object]) -> None: ...

    played = linker.play(ground, 60, Random(3))
    numbers = iter(range(10**6))
    monkeypatch.setattr(close, "SystemRandom", Unshuffled)
    monkeypatch.setattr(close.secrets, "token_hex", lambda size: f"{next(numbers):032x}")
    end(played.company, played.wave)
    succeeded(linker.match(played))


def succeeded(done: AttackResult) -> None:
    assert not done.passed
    assert "best 60 of 60" in done.says
