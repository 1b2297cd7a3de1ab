"""The archive of an installation: every table as lines of JSON in a zip file, and back.

An open form that either database can read, so a backup is also the way from SQLite to
PostgreSQL. It holds no key: what is still sealed in it stays sealed.
"""

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    MetaData,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from surveys import clock
from surveys.errors import UserError
from surveys.migrating import DatabaseNewer, upgrade
from surveys.progress import Progress

FORM = "tribometer archive 1"
BATCH = 1_000
META = "archive.json"
VERSIONS = "alembic_version"
#: signed-in browsers, one-time links, tokens: nobody should come back in by an old copy
PASSING = frozenset({"sign_in", "sign_in_link", "api_token", "webhook", "webhook_message"})

#: what `upgrading.install` puts into a new database; without an account nobody has changed it
BEGINS_WITH = frozenset({"instrument", "item", "pulse"})


class ArchiveError(UserError):
    """An archive that cannot be written, read or restored."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an archive: its rows and the SHA-256 of its lines."""

    table: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds: form, revision of the schema, when it was made, and its tables."""

    form: str
    revision: str
    made_at: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(part.rows for part in self.parts)


def write_archive(engine: Engine, path: Path, progress: Progress) -> Archive:
    """Write everything that is stored as it is at one moment; the installation may be running.

    Raises ArchiveError if the file exists already or cannot be written; then none is left.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        if path.exists():
            raise ArchiveError(f"{path} is there already; choose another name.")
        with _one_moment(engine) as connection, zipfile.ZipFile(draft, "w", _PACKED) as file:
            made = _write_tables(connection, file, progress)
            file.writestr(META, json.dumps(asdict(made), indent=1))
        draft.chmod(0o600)
        draft.replace(path)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return made


def read_meta(path: Path) -> Archive:
    """What an archive says of itself; raises ArchiveError if it is none."""
    with _opened(path) as file:
        return _meta(file, path)


def restore_archive(engine: Engine, path: Path, progress: Progress) -> Archive:
    """Fill an empty database from an archive, check every line, and bring it to the newest form.

    All or nothing: the rows arrive in one transaction. Raises ArchiveError if the database is
    not empty or the archive is damaged.
    """
    with _opened(path) as file:
        made = _meta(file, path)
        try:
            upgrade(engine, made.revision)
        except DatabaseNewer as error:
            raise ArchiveError(
                f"{path} was written by a newer version of Tribometer; install that one first."
            ) from error
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            tables = _tables(connection)
            _refuse_full(connection, tables)
            done = 0
            for part in made.parts:
                if _of_the_queue(part.table):  # archives held them once
                    continue
                progress(part.table, done, made.rows)
                _load(connection, file, tables[part.table], part)
                done += part.rows
            _set_serials(connection, tables)
    upgrade(engine)
    return made


NO_BACKUP = (
    "{} was not written by `tribometer backup`. What `tribometer export` writes holds published "
    "results to take along; nothing can be restored from it."
)
_PACKED = zipfile.ZIP_DEFLATED


def _write_tables(connection: Connection, file: zipfile.ZipFile, progress: Progress) -> Archive:
    tables = _tables(connection)
    counts = {
        name: connection.scalar(select(func.count()).select_from(table)) or 0
        for name, table in tables.items()
    }
    parts: list[Part] = []
    done = 0
    for name, table in tables.items():
        progress(name, done, sum(counts.values()))
        digest = hashlib.sha256()
        rows = 0
        with file.open(f"{name}.jsonl", "w", force_zip64=True) as out:
            for line in _lines(connection, table):
                digest.update(line)
                out.write(line)
                rows += 1
        parts.append(Part(name, rows, digest.hexdigest()))
        done += rows
    revision = connection.scalar(text(f"SELECT version_num FROM {VERSIONS}"))
    return Archive(FORM, str(revision), clock.now().isoformat(), tuple(parts))


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    # In the order of the primary key: the order of rows in the file must tell nothing.
    ordered = select(table).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=BATCH).execute(ordered)
    for row in result.mappings():
        plain = {column: _plain(value) for column, value in row.items()}
        yield json.dumps(plain, ensure_ascii=False).encode() + b"\n"


def _load(connection: Connection, file: zipfile.ZipFile, table: Table, part: Part) -> None:
    digest, rows = hashlib.sha256(), 0
    batch: list[dict[str, Any]] = []
    with file.open(f"{part.table}.jsonl") as source:
        for line in source:
            digest.update(line)
            rows += 1
            batch.append(_typed(table, json.loads(line)))
            if len(batch) == BATCH:
                connection.execute(insert(table), batch)
                batch = []
    if batch:
        connection.execute(insert(table), batch)
    if (rows, digest.hexdigest()) != (part.rows, part.sha256):
        raise ArchiveError(f"The archive is damaged: {part.table} is not as it was written.")


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _typed_value(table.c[name].type, value) for name, value in row.items()}


def _typed_value(kind: TypeEngine[Any], value: Any) -> Any:
    if value is None or isinstance(kind, JSON):
        return value
    wanted = kind.python_type
    if wanted is bytes:
        return base64.b64decode(value)
    if wanted is datetime:
        return datetime.fromisoformat(value)
    if wanted is date:
        return date.fromisoformat(value)
    return value


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables as they really are, parents before children."""
    found = MetaData()
    found.reflect(connection)
    for column in (column for table in found.tables.values() for column in table.columns):
        if isinstance(column.type, JSON):
            column.type.none_as_null = True  # nothing stays nothing, not JSON's own null
    left_out = PASSING | {VERSIONS}
    return {
        table.name: table
        for table in found.sorted_tables
        if table.name not in left_out and not _of_the_queue(table.name)
    }


def _of_the_queue(table: str) -> bool:
    """Whether a table is the task queue's, which may lie in the same PostgreSQL: work passes."""
    return table.startswith("huey_")


def _refuse_full(connection: Connection, tables: dict[str, Table]) -> None:
    full = [n for n, t in tables.items() if connection.execute(select(t).limit(1)).first()]
    used = [name for name in full if name not in BEGINS_WITH]
    if used:
        raise ArchiveError(
            f"This installation is not empty (it has rows in {used[0]}). Restore into a new "
            "folder or an empty database; nothing was changed."
        )
    for name in reversed(full):  # children before parents
        connection.execute(delete(tables[name]))


def _set_serials(connection: Connection, tables: dict[str, Table]) -> None:
    """PostgreSQL counts on from its own counters: set them behind the restored numbers."""
    if connection.dialect.name != "postgresql":
        return
    for name, table in tables.items():
        if "id" in table.c and table.c.id.autoincrement:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence(:name, 'id'), "
                    f'(SELECT max(id) FROM "{name}")) WHERE EXISTS (SELECT 1 FROM "{name}")'
                ),
                {"name": f'"{name}"'},
            )


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as file:
            yield file
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ArchiveError(f"{path} is no archive that can be read: {error}") from error


def _meta(file: zipfile.ZipFile, path: Path) -> Archive:
    if META not in file.namelist():
        raise ArchiveError(NO_BACKUP.format(path))
    source: IO[bytes]
    with file.open(META) as source:
        found = json.load(source)
    if found.get("form") != FORM:
        raise ArchiveError(NO_BACKUP.format(path))
    parts = tuple(Part(**part) for part in found["parts"])
    return Archive(found["form"], found["revision"], found["made_at"], parts)
