"""Checks that only read, for a real installation: nothing of it is ever changed.

A SQLite database is copied first, with its log, and the copy is looked at; PostgreSQL is asked in
transactions that cannot write.
"""

import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, select, text

from surveys.database import make_engine
from surveys.errors import SettingsError
from surveys.lab.attacks.result import AttackResult, judged
from surveys.lab.attacks.schema_police import police
from surveys.lab.attacks.traces import files_of
from surveys.models.pulses import Wave
from surveys.settings import Settings

BLOCK = 4096
#: what is left of random bytes when they are compressed: text and tables give far less
SEALED_LOOKING = 0.97
CODE = re.compile(rb"\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){6}\b")
READ_ONLY = "options=-c%20default_transaction_read_only%3Don"


def inspect_installation(settings: Settings) -> list[AttackResult]:
    """Every check; raises SettingsError if there is no installation."""
    with _untouched(settings) as engine:
        results = [
            _leftovers(engine),
            police(engine),
            _order_of_answering(engine),
            _keys(engine, settings),
            _box(engine),
        ]
    return [*results, _codes_in_files(settings)]


@contextmanager
def _untouched(settings: Settings) -> Iterator[Engine]:
    """An engine that cannot change the installation: on a copy, or read-only."""
    if not settings.database.startswith("sqlite:"):
        joint = "&" if "?" in settings.database else "?"
        engine = make_engine(f"{settings.database}{joint}{READ_ONLY}")
        yield engine
        engine.dispose()
        return
    original = Path(settings.database.removeprefix("sqlite:///"))
    if not original.exists():
        raise SettingsError(f"There is no database {original}. Name its folder with --instance.")
    with TemporaryDirectory() as folder:
        for path in (original, Path(f"{original}-wal")):
            if path.exists():
                shutil.copy(path, Path(folder) / path.name)
        engine = make_engine(f"sqlite:///{Path(folder) / original.name}")
        yield engine
        engine.dispose()


def _closed(connection: Connection) -> list[int]:
    return list(connection.scalars(select(Wave.id).where(Wave.is_stored)))


def _taking(connection: Connection) -> bool:
    return connection.scalar(select(Wave.id).where(Wave.needs_key).limit(1)) is not None


def _leftovers(engine: Engine) -> AttackResult:
    """Sealed ballots left in free pages, in the log or in dead rows when none should be."""
    name = "leftovers"
    # The raw files first: a connection may tidy the copy up.
    raw = [path.read_bytes() for path in files_of(engine)] if _is_sqlite(engine) else []
    with engine.connect() as connection:
        if _taking(connection):
            return judged(name, 0, [], "a wave is open: look again after it has closed")
        if raw:
            blocks = [file[i : i + BLOCK] for file in raw for i in range(0, len(file), BLOCK)]
            found = ["a block looks like a sealed ballot" for block in blocks if _random(block)]
            return judged(name, len(blocks), found, "free pages, tables and the write-ahead log")
        sizes = connection.execute(
            text("SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c JOIN pg_class b ON "
                 "c.oid IN (b.oid, b.reltoastrelid) WHERE b.relname = 'ballot_box'")
        ).all()  # fmt: skip
        found = [f"{table} still holds {size} bytes" for table, size in sizes if size]
        return judged(name, len(sizes), found, "the table of the box and its overflow are empty")


def _random(block: bytes) -> bool:
    return len(zlib.compress(block)) > SEALED_LOOKING * BLOCK


def _order_of_answering(engine: Engine) -> AttackResult:
    """Invitations of closed waves must stand in the order of people, written at one moment."""
    found, waves = [], []
    place = "rowid" if _is_sqlite(engine) else "ctid"
    with engine.connect() as connection:
        waves = _closed(connection)
        for wave in waves:
            where = f"FROM invitation WHERE wave_id = {wave}"
            people = connection.execute(text(f"SELECT person_id {where} ORDER BY {place}"))
            order = list(people.scalars())
            if order != sorted(order):
                found.append(f"the invitations of wave {wave} stand in another order than people")
            if not _is_sqlite(engine):
                moments = f"SELECT count(DISTINCT xmin::text) {where}"
                if connection.execute(text(moments)).scalar_one() > 1:
                    found.append(f"the invitations of wave {wave} were written at several moments")
    return judged("order of answering", len(waves), found, f"{len(waves)} closed waves")


def _keys(engine: Engine, settings: Settings) -> AttackResult:
    """No key file of a closed wave may be left."""
    with engine.connect() as connection:
        waves = _closed(connection)
    left = [path.name for wave in waves for path in settings.keys.glob(f"wave-{wave}.*")]
    found = [f"{name} is still in the key folder" for name in left]
    return judged("keys destroyed", len(waves), found, f"{len(waves)} closed waves")


def _box(engine: Engine) -> AttackResult:
    """Ballots in the box have one size and look like noise."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT ciphertext FROM ballot_box")).scalars()
        ballots = [bytes(row) for row in rows]
    found = ["a ballot is not sealed" for ballot in ballots if not _random_whole(ballot)]
    if len({len(ballot) for ballot in ballots}) > 1:
        found.append("ballots differ in size")
    return judged("plain text in the box", len(ballots), found, f"{len(ballots)} sealed, one size")


def _random_whole(ballot: bytes) -> bool:
    return len(zlib.compress(ballot)) > SEALED_LOOKING * len(ballot)


def _codes_in_files(settings: Settings) -> AttackResult:
    """Personal codes in files of the installation: logs, notes, exports."""
    outbox = Path(settings.outbox.removeprefix("file:"))
    paths = [
        path
        for path in settings.instance.rglob("*")
        if path.is_file() and outbox not in path.parents
    ]
    found = [
        f"{path.name} holds personal codes" for path in paths if CODE.search(path.read_bytes())
    ]
    return judged("codes in files", len(paths), found, f"{len(paths)} files of the installation")


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"
