"""Migrations with data: nothing that is stored is lost on the way to the next release."""

import hashlib
import json
from pathlib import Path

from sqlalchemy import Engine, MetaData, func, insert, select

from surveys.database import make_engine
from surveys.migrating import current_revision, head_revision, upgrade
from surveys.models.ballots import Answer
from surveys.operating.archive import restore_archive, write_archive
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened

ANSWERS = 5_000


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


def counts(engine: Engine) -> dict[str, int]:
    """Rows of every table."""
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in found.sorted_tables
        }


def test_answers_stay_what_and_where_they_were(older: Installation) -> None:
    teams = company(older)
    wave = opened(older)
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
    with older.engine.begin() as connection:
        connection.execute(insert(Answer), rows)
    before = checksum(older.engine)
    upgrade(older.engine)
    upgrade(older.engine)
    assert checksum(older.engine) == before
    assert before[0] == ANSWERS


def test_an_upgrade_loses_no_row_of_any_table(older: Installation) -> None:
    """Written anew, a table must not take the rows of others with it."""
    teams = company(older)
    wave = opened(older)
    everybody_answers(older, wave, teams, {"Buying": 12, "Selling": 12}, "late again and again")
    closed(older, wave)
    account(older, "hr@example.org", "hr")
    opened(older)
    before = counts(older.engine)
    upgrade(older.engine)
    after = counts(older.engine)
    assert {name: after[name] for name in before} == before
    assert before["grant"] == 3
    assert after["room"] == 0
    with older.engine.connect() as connection:
        if older.engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_backup_of_this_release_comes_back_in_the_next(
    older: Installation, this_release: str, tmp_path: Path
) -> None:
    teams = company(older)
    wave = opened(older)
    everybody_answers(older, wave, teams, {"Buying": 12, "Selling": 12}, "late again")
    closed(older, wave)
    made = write_archive(older.engine, tmp_path / "backup.zip", lambda *_step: None)
    assert made.revision == this_release
    engine = make_engine(f"sqlite:///{tmp_path / 'restored.db'}")
    restore_archive(engine, tmp_path / "backup.zip", lambda *_step: None)
    assert current_revision(engine) == head_revision() != this_release
    now = counts(engine)
    engine.dispose()
    assert {part.table: now[part.table] for part in made.parts} == {
        part.table: part.rows for part in made.parts
    }
