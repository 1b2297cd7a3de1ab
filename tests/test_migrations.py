"""Migrations give exactly what the models say, on both databases."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, inspect, text

from surveys.database import make_engine, make_sessions
from surveys.migrating import upgrade
from surveys.models import tables
from surveys.publishing import comments

OF_TABLE = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path):  # type: ignore[no-untyped-def]
    """The engine of a database without any table."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        address = request.getfixturevalue("postgres").new_database(empty=True)
    engine = make_engine(address)
    yield engine
    engine.dispose()


def form(engine: Engine) -> dict[str, dict[str, list[str]]]:
    """Every table in words that can be compared: columns, keys, constraints and indexes."""
    found = inspect(engine)
    parts = (found.get_columns, found.get_foreign_keys, found.get_unique_constraints,
             found.get_check_constraints, found.get_indexes)  # fmt: skip
    made = {
        table: {ask.__name__: in_words(ask(table)) for ask in parts}
        | {"primary key": in_words([found.get_pk_constraint(table)]), "order of rows": []}
        for table in found.get_table_names()
        if table != "alembic_version"
    }
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            for table, told in made.items():
                statement = connection.scalar(OF_TABLE, {"name": table})
                told["order of rows"] = [statement.rpartition(")")[2].strip()]
    return made


def in_words(parts: Iterable[object]) -> list[str]:
    return sorted(json.dumps(part, sort_keys=True, default=str) for part in parts)


def test_migrations_give_what_the_models_say(empty: Engine) -> None:
    """Alembic compares no check constraint, no default and no condition of an index."""
    tables.metadata.create_all(empty)
    wanted = form(empty)
    tables.metadata.drop_all(empty)
    upgrade(empty)
    assert form(empty) == wanted
    upgrade(empty)  # can be run again
    assert form(empty) == wanted


def test_the_few_comments_to_read_first_are_found_among_those_of_years(tmp_path: Path) -> None:
    """SQLite uses the index of a condition only where the query says it in the same words."""
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    upgrade(engine)
    plans: list[str] = []

    def explain(connection: Connection, _cursor, statement: str, given, *_rest) -> None:  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT") and "readable_comment" in statement:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            plans.append(" ".join(row.detail for row in rows))

    event.listen(engine, "before_cursor_execute", explain)
    with make_sessions(engine)() as session:
        comments.sensitive_first(session)
    engine.dispose()
    assert len(plans) == 1
    assert "ix_readable_comment_waits" in plans[0]
