"""Alembic's environment: the engine comes from the caller, the tables from surveys.models."""

from alembic import context
from sqlalchemy import Engine

from surveys.database import Moment
from surveys.models import tables


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type as what it is in the database: migrations outlive our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


engine: Engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
