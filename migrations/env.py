"""Alembic's environment: the engine comes from the caller, the tables from surveys.models."""

from alembic import context
from sqlalchemy import Connection, Engine, TypeDecorator

from surveys.models import tables


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column types as what they are in the database: migrations outlive our code."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def check_references(connection: Connection, on: bool) -> None:
    """Switch SQLite's foreign keys off and on, outside of any transaction.

    A changed table is written anew and the old one dropped: with the keys on that would delete,
    or be refused for, the rows of other tables that refer to it.
    """
    raw = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and raw is not None:
        raw.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")


def _present() -> str | None:
    """The revision the database is at, read in a transaction of its own."""
    found = context.get_context().get_current_revision()
    connection.rollback()
    return found


#: number of the lock that migrations take on PostgreSQL; any other would do
LOCK = 7_266_001
engine: Engine = context.config.attributes["engine"]
with engine.connect() as connection:
    check_references(connection, on=False)
    if connection.dialect.name == "postgresql":
        # Several processes may start at once: one migrates, the others wait and find it done.
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({LOCK})")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
        # SQLite can take back a changed table as well: whoever is cut off in the middle finds the
        # database as it was.
        transactional_ddl=True,
    )
    before, present = context.config.attributes.get("before"), _present()
    if before is not None and present is not None and present != context.get_head_revision():
        before(present)
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(
                    f"the migration would leave {len(broken)} rows without their own"
                )
    connection.commit()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({LOCK})")
        connection.commit()
    check_references(connection, on=True)
