"""Migrations: up and down on both databases, and exactly what the models say."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from surveys.database import make_engine, migration_config, upgrade
from surveys.models import tables


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


def test_up_can_be_run_again_and_down_leaves_nothing(empty: Engine) -> None:
    upgrade(empty)
    upgrade(empty)
    command.downgrade(migration_config(empty), "base")
    assert inspect(empty).get_table_names() == ["alembic_version"]
    upgrade(empty)
    assert "ballot_box" in inspect(empty).get_table_names()
