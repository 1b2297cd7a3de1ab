"""Orders that a copy of the database gives away: of its rows, of its files, of its log.

Read with plain SQL and from the raw files: what an administrator with a copy would do. Every trace
is a list of row keys in some order.
"""

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

Traces = dict[str, list[str]]
#: of PostgreSQL's write-ahead log the newest files are read
LOG_FILES = 4


def traces_of(engine: Engine, table: str, key: str, wave_id: int) -> Traces:
    """Every order in which the rows of a wave can be had; orders that say nothing are left out."""
    where = f"FROM {table} WHERE wave_id = {wave_id}"
    found = {
        "as stored": _rows(engine, f"SELECT {key} {where}"),
        "by key": _rows(engine, f"SELECT {key} {where} ORDER BY {key}"),
    }
    keys = found["by key"]
    if engine.dialect.name == "sqlite":
        found["rowid"] = _rows(engine, f"SELECT {key} {where} ORDER BY rowid")
        for name, path in zip(("in the file", "in the log"), files_of(engine), strict=False):
            found[name] = by_offset(path.read_bytes(), keys)
    else:
        found["ctid"] = _rows(engine, f"SELECT {key} {where} ORDER BY ctid")
        versions = f"SELECT {key}, xmin::text::bigint AS x {where} ORDER BY x"
        found["xmin"] = _rows(engine, versions, only_if_distinct=True)
        found["in the file"] = by_offset(_table_file(engine, table), keys)
        found["in the log"] = by_offset(log_of(engine), keys)
    return _different(found)


def files_of(engine: Engine) -> list[Path]:
    """SQLite's file and its write-ahead log."""
    database = Path(engine.url.database or "")
    return [p for p in (database, Path(f"{database}-wal")) if p.exists()]


def by_offset(content: bytes, keys: list[str]) -> list[str]:
    """The keys in the order in which they stand in a file; none if one is not there."""
    places = {key: content.find(key.encode()) for key in keys}
    return sorted(keys, key=places.__getitem__) if min(places.values(), default=-1) >= 0 else []


def raw_contents(engine: Engine, tables: list[str]) -> dict[str, bytes]:
    """The raw bytes behind these tables, log included, as far as this connection may read them."""
    if engine.dialect.name == "sqlite":
        return {path.name: path.read_bytes() for path in files_of(engine)}
    return {table: _table_file(engine, table) for table in tables}


def _rows(engine: Engine, query: str, only_if_distinct: bool = False) -> list[str]:
    try:
        with engine.connect() as connection:
            rows = connection.execute(text(query)).all()
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.OperationalError):
            return []  # a table without rowid
        raise
    if only_if_distinct and len({row[1] for row in rows}) < 2:
        return []
    return [str(row[0]) for row in rows]


def _table_file(engine: Engine, table: str) -> bytes:
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT")) if _is_superuser(connection) else None
        return _read(connection, f"pg_read_binary_file(pg_relation_filepath('{table}'))")


def log_of(engine: Engine) -> bytes:
    """The newest part of PostgreSQL's write-ahead log (SQLite's is one of `files_of`)."""
    if engine.dialect.name == "sqlite":
        return b""
    with engine.connect() as connection:
        if not _is_superuser(connection):
            return b""
        newest = "SELECT name FROM pg_ls_waldir() ORDER BY name DESC"
        # Files kept ready for reuse come after the one that is written now.
        names = connection.execute(
            text(f"SELECT name FROM ({newest}) w WHERE name <= pg_walfile_name("
                 f"pg_current_wal_lsn()) AND length(name) = 24 LIMIT {LOG_FILES}")
        ).scalars()  # fmt: skip
        return b"".join(
            _read(connection, f"pg_read_binary_file('pg_wal/{name}')")
            for name in sorted(map(str, names))
        )


def _read(connection: Connection, what: str) -> bytes:
    """Raw bytes, or none for a user who may not read the server's files."""
    if not _is_superuser(connection):
        return b""
    return bytes(connection.execute(text(f"SELECT {what}")).scalar_one())


def _is_superuser(connection: Connection) -> bool:
    return bool(
        connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        .scalar_one()
    )  # fmt: skip


def _different(found: Traces) -> Traces:
    """Each order once; the same one under two names is one trace."""
    kept: Traces = {}
    for name, order in found.items():
        if order and order not in kept.values():
            kept[name] = order
    return kept
