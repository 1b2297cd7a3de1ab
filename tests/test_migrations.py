"""Migrations: up and down on both databases, and exactly what the models say."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, inspect

from surveys.database import make_engine, make_sessions
from surveys.migrating import migration_config, upgrade
from surveys.models import tables
from surveys.publishing import comments


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


def test_up_gives_what_the_models_say(empty: Engine) -> None:
    upgrade(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


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


def test_up_can_be_run_again_and_down_leaves_nothing(empty: Engine) -> None:
    upgrade(empty)
    upgrade(empty)
    command.downgrade(migration_config(empty), "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]
    upgrade(empty)
    assert "ballot_box" in inspect(empty).get_table_names()
