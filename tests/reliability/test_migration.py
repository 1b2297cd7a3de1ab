"""Migrations with data: 50,000 answers go down and up again and stay what and where they were."""

import hashlib
import json

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, func, insert, select

from surveys.migrating import migration_config, upgrade
from surveys.models.ballots import Answer
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened

ANSWERS = 50_000


def checksum(engine: Engine) -> tuple[int, str]:
    """Count and digest of all answers, in the order of their keys."""
    digest, count = hashlib.sha256(), 0
    with engine.connect() as connection:
        rows = connection.execute(
            select(
                Answer.wave_id, Answer.key, Answer.rater_id, Answer.target_id, Answer.scores
            ).order_by(Answer.wave_id, Answer.key)
        )
        for row in rows:
            digest.update(json.dumps(list(row), sort_keys=True).encode())
            count += 1
    return count, digest.hexdigest()


@pytest.mark.parametrize("oldest", ["0001"])
def test_fifty_thousand_answers_survive_the_way_down_and_up(
    either: Installation, oldest: str
) -> None:
    teams = company(either)
    wave = opened(either)
    rows = [
        {
            "wave_id": wave.id,
            "key": hashlib.sha256(str(number).encode()).hexdigest()[:32],
            "rater_id": teams["Buying"],
            "target_id": teams["Selling"],
            "scores": {"C1": 1 + number % 5, "C2": 1 + number % 3},
        }
        for number in range(ANSWERS)
    ]
    with either.engine.begin() as connection:
        connection.execute(insert(Answer), rows)
    before = checksum(either.engine)
    command.downgrade(migration_config(either.engine), oldest)
    upgrade(either.engine)
    upgrade(either.engine)
    assert checksum(either.engine) == before
    assert before[0] == ANSWERS


def counts(engine: Engine) -> dict[str, int]:
    """Rows of every table."""
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in found.sorted_tables
        }


def test_an_upgrade_loses_no_row_of_any_table(either: Installation) -> None:
    """Written anew, a table must not take the rows of others with it."""
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12}, "late again and again")
    closed(either, wave)
    account(either, "hr@example.org", "hr")
    opened(either)
    command.downgrade(migration_config(either.engine), "0001")
    before = counts(either.engine)
    upgrade(either.engine)
    after = counts(either.engine)
    assert {name: after[name] for name in before} == before
    assert before["grant"] == 3
    with either.engine.connect() as connection:
        if either.engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
