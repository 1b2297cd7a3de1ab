"""The police find nothing, and each thing that must not be when it is put there."""

import pytest
from flask import Flask
from sqlalchemy import text

from surveys.lab.attacks.schema_police import police
from surveys.operating.serving import parts_of

SMUGGLED = [
    "ALTER TABLE answer ADD COLUMN answered_at TIMESTAMP",
    "ALTER TABLE ballot_box ADD COLUMN ip VARCHAR(40)",
    "ALTER TABLE comment ADD COLUMN person_id INTEGER REFERENCES person (id)",
    "ALTER TABLE invitation ADD COLUMN opened_count INTEGER",
    "CREATE TABLE answer_log (id INTEGER PRIMARY KEY, key VARCHAR(32))",
    "CREATE VIEW who AS SELECT * FROM invitation WHERE answered",
]


def test_nothing_tells(ground: Flask) -> None:
    done = police(parts_of(ground).engine)
    assert done.passed, done.says
    assert done.tries > 100


@pytest.mark.parametrize("statement", SMUGGLED)
def test_whatever_is_put_there_is_found(ground: Flask, statement: str) -> None:
    engine = parts_of(ground).engine
    with engine.begin() as connection:
        connection.execute(text(statement))
    assert not police(engine).passed


def test_a_trigger_and_hidden_row_numbers_are_found(ground: Flask) -> None:
    engine = parts_of(ground).engine
    if engine.dialect.name == "sqlite":
        statements = [
            "CREATE TABLE plain (wave_id INTEGER, key VARCHAR(32), rater_id INTEGER, "
            "target_id INTEGER, scores JSON, PRIMARY KEY (wave_id, key))",
            "DROP TABLE answer",
            "ALTER TABLE plain RENAME TO answer",
        ]
        says = "hidden row numbers"
    else:
        statements = [
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER noted AFTER UPDATE ON invitation FOR EACH ROW EXECUTE FUNCTION note()",
        ]
        says = "trigger"
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    assert says in police(engine).says
