"""Engine, sessions, naming convention, and what differs between SQLite and PostgreSQL."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    bindparam,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

from surveys.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


#: seconds until a database that does not answer counts as away
TIMEOUT = 10
#: kept by a process: each of eight threads and the worker may read on one and write on another
CONNECTIONS = 18


class Base(DeclarativeBase):
    """Base of all models; names every constraint so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def make_engine(address: str) -> Engine:
    """Engine for a SQLite or PostgreSQL address, durable on commit; raises SettingsError."""
    if address.startswith("postgresql://"):
        address = address.replace("postgresql://", "postgresql+psycopg://", 1)
    if not address.startswith(("sqlite:", "postgresql+psycopg:")):
        raise SettingsError("TRIBOMETER_DATABASE must begin with sqlite:/// or postgresql://.")
    try:
        url = make_url(address)
        remote = url.drivername.startswith("postgresql")
        waits = remote and "connect_timeout" not in url.query
        # Parameters stay out of error messages: they could be what somebody wrote.
        engine = create_engine(
            url,
            # A connection to another machine may have died; one to a file has not.
            pool_pre_ping=remote,
            pool_size=CONNECTIONS,
            # The one used last knows its statements and pages best.
            pool_use_lifo=True,
            hide_parameters=True,
            connect_args={"connect_timeout": TIMEOUT} if waits else {},
        )
    except (ArgumentError, TypeError, ValueError) as error:
        raise SettingsError(
            "TRIBOMETER_DATABASE is no address: write postgresql://USER:PASSWORD@HOST/NAME (in a "
            "password @ : / are written %40 %3A %2F) or sqlite:////FILE."
        ) from error
    except ModuleNotFoundError as error:
        raise SettingsError(
            "PostgreSQL needs its driver: install Tribometer with the extra “postgres”."
        ) from error
    logging.getLogger("sqlalchemy.engine.Engine").addFilter(_says_no_row)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _says_no_row(record: logging.LogRecord) -> bool:
    # Hidden parameters are not enough: at its most verbose SQLAlchemy also logs each row it reads,
    # with the time beside it, and so who answered when.
    return not str(record.msg).startswith("Row ")


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # Python's driver must not begin transactions by itself: `_begin_sqlite` chooses how.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # an acknowledged answer survives a power cut
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted is overwritten
        "busy_timeout = 10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: one that reads first and writes later
    # fails without waiting when another has written in between.
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    writes = options.get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def reader_of(engine: Engine) -> Engine:
    """The engine for pages that only read.

    PostgreSQL shows each statement the newest state anyway: without a transaction around them two
    ways to the database fall away.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


Sessions = sessionmaker[Session]


def make_sessions(engine: Engine) -> Sessions:
    """Session factory; objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def write_session(sessions: Sessions) -> Iterator[Session]:
    """One transaction that writes: commits at the end, rolls back on any error."""
    with sessions() as session, _turn(session.get_bind().dialect), session.begin():
        session.connection(execution_options={"writes": True})
        yield session


@contextmanager
def write_connection(engine: Engine) -> Iterator[Connection]:
    """`write_session` without a session's bookkeeping, for what thousands do in the same minute."""
    with (
        _turn(engine.dialect),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        yield connection


#: SQLite lets one write at a time and all others ask again after a pause, the longer the later they
#: came. Threads of one process wait in line instead, so that nobody waits for long by bad luck.
_LINE = RLock()


@contextmanager
def _turn(dialect: Dialect) -> Iterator[None]:
    """On SQLite: inside, no other thread of this process writes, unless it lost its patience."""
    mine = dialect.name == "sqlite" and _LINE.acquire(timeout=TIMEOUT)
    try:
        yield
    finally:
        if mine:
            _LINE.release()


def lock_until_commit(session: Session, number: int) -> None:
    """Wait until no other transaction holds this number, and hold it until the end of this one.

    On SQLite whoever writes is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def upsert(
    connection: Connection, table: type[Base], key: dict[str, Any], values: dict[str, Any]
) -> None:
    """Insert the row, or give the one with this primary key the new values, in one statement."""
    statement = _upsert(table, connection.dialect.name, tuple(key), tuple(values))
    connection.execute(statement, {**key, **values})


@cache
def _upsert(
    table: type[Base], dialect: str, key: tuple[str, ...], values: tuple[str, ...]
) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    row = insert(table).values({name: bindparam(name) for name in (*key, *values)})
    new = {name: row.excluded[name] for name in values}
    return row.on_conflict_do_update(index_elements=key, set_=new)


def forget_traces(engine: Engine) -> bool:
    """Rewrite the database so that deleted rows leave no trace; False if a reader is in the way."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("VACUUM"))
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one()
            return not busy
        for table in ("answer", "comment", "ballot_box", "invitation", "thread_message"):
            connection.execute(text(f"VACUUM (FULL) {table}"))
        return True
