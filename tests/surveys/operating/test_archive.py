"""Backup and restore, on both databases: complete, checked, without keys, sending nothing again."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, MetaData, func, select, update

from surveys.commands import cli
from surveys.database import make_engine, make_sessions, write_session
from surveys.jobs import Jobs
from surveys.models.audit import OutboxMessage
from surveys.models.people import Team
from surveys.operating.archive import (
    META,
    PASSING,
    VERSIONS,
    ArchiveError,
    read_meta,
    restore_archive,
    write_archive,
)
from surveys.operating.upgrading import install
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import account, answer, closed, company, everybody_answers, opened, part
from tests.postgres import Cluster

SECRET = "The forecast came after the order again, as always."


def quiet(_step: str, _done: float, _total: float) -> None:
    return None


def content(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {
            t.name: sorted(map(repr, connection.execute(select(t)).all()))
            for t in found.sorted_tables
            if t.name not in PASSING
        }


def counted(engine: Engine) -> dict[str, int]:
    """How many rows each table has, but for the queue's."""
    return {name: len(rows) for name, rows in content(engine).items() if "huey" not in name}


@pytest.fixture
def filled(either: Installation) -> Installation:
    """One published wave, an open one with a sealed ballot, waiting mails."""
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12}, SECRET)
    closed(either, wave)
    account(either, "hr@example.org", "hr")
    answer(either, opened(either), "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    return either


@pytest.fixture
def fresh(tmp_path: Path) -> Engine:
    engine = make_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    yield engine
    engine.dispose()


def test_what_was_written_comes_back(filled: Installation, fresh: Engine, tmp_path: Path) -> None:
    """Also from PostgreSQL into SQLite."""
    made = write_archive(filled.engine, tmp_path / "a.zip", quiet)
    assert made.rows > 100
    restore_archive(fresh, tmp_path / "a.zip", quiet)
    before, after = content(filled.engine), content(fresh)
    if filled.engine.dialect.name == "sqlite":
        assert before == after
    assert {n: len(r) for n, r in before.items()} == {n: len(r) for n, r in after.items()}


def test_a_started_installation_that_nobody_set_up_takes_an_archive(
    filled: Installation, fresh: Engine, tmp_path: Path
) -> None:
    """Its only rows are those that it began with; an account would make it one in use."""
    write_archive(filled.engine, tmp_path / "a.zip", quiet)
    install(fresh)
    assert counted(fresh)["pulse"] == 1
    restore_archive(fresh, tmp_path / "a.zip", quiet)
    assert counted(fresh) == counted(filled.engine)
    with pytest.raises(ArchiveError, match="not empty"):
        restore_archive(fresh, tmp_path / "a.zip", quiet)


def test_from_sqlite_to_postgresql_and_on_with_new_rows(
    installed: Installation, postgres, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    company(installed)
    write_archive(installed.engine, tmp_path / "a.zip", quiet)
    engine = make_engine(postgres.new_database(empty=True))
    restore_archive(engine, tmp_path / "a.zip", quiet)
    with write_session(make_sessions(engine)) as session:
        session.add(Team(name="New"))  # its number must not be one that is taken
    with make_sessions(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Team)) == 3
    engine.dispose()


def test_a_queue_in_the_same_database_stays_outside(
    filled: Installation, postgres: Cluster, tmp_path: Path
) -> None:
    """As docs/scaling.md and the Compose file set it up."""
    shared = postgres.new_database(empty=True)
    jobs = Jobs(replace(filled.settings, queue=shared))
    jobs.ask_to_advance()
    jobs.note("worker one", {"seen": "now"})
    path, again, last = (tmp_path / f"{n}.zip" for n in ("one", "two", "three"))
    write_archive(filled.engine, path, quiet)
    target = make_engine(shared)
    restore_archive(target, path, quiet)
    made = write_archive(target, again, quiet)
    assert {part.table for part in made.parts} == set(counted(filled.engine)) - {VERSIONS}
    # One that was written when the queue still went in is good for restoring too.
    with zipfile.ZipFile(again) as old, zipfile.ZipFile(last, "w") as new:
        for name in old.namelist():
            meta = json.loads(old.read(name)) if name == META else None
            if meta is not None:
                meta["parts"].append({"table": "huey_task", "rows": 1, "sha256": "x"})
            new.writestr(name, json.dumps(meta) if meta is not None else old.read(name))
    fresh = make_engine(postgres.new_database(empty=True))
    assert restore_archive(fresh, last, quiet).rows > 0
    assert counted(fresh) == counted(filled.engine)
    jobs.close()
    target.dispose()
    fresh.dispose()


def test_an_export_is_no_backup(fresh: Engine, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("datapackage.json", "{}")
    with pytest.raises(ArchiveError, match="nothing can be restored from it"):
        restore_archive(fresh, path, quiet)


def test_an_archive_of_an_open_wave_holds_no_key_and_no_plain_answer(
    filled: Installation, tmp_path: Path
) -> None:
    write_archive(filled.engine, tmp_path / "a.zip", quiet)
    assert oct((tmp_path / "a.zip").stat().st_mode)[-3:] == "600"
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        everything = b"".join(file.read(name) for name in file.namelist())
        box = [json.loads(line) for line in file.read("ballot_box.jsonl").splitlines()]
    assert len(box) == 1
    for key in filled.settings.keys.iterdir():
        assert key.read_bytes().strip() not in everything
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert not PASSING & {Path(name).stem for name in file.namelist()}


def test_rows_come_in_the_order_of_their_keys(filled: Installation, tmp_path: Path) -> None:
    write_archive(filled.engine, tmp_path / "a.zip", quiet)
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        keys = [json.loads(line)["key"] for line in file.read("answer.jsonl").splitlines()]
    assert keys == sorted(keys)


def test_nothing_is_overwritten(filled: Installation, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    write_archive(filled.engine, path, quiet)
    with pytest.raises(ArchiveError, match="there already"):
        write_archive(filled.engine, path, quiet)
    with pytest.raises(ArchiveError, match="not empty"):
        restore_archive(filled.engine, path, quiet)
    with pytest.raises(ArchiveError, match="cannot be written"):
        write_archive(filled.engine, tmp_path / "nowhere" / "a.zip", quiet)


def damaged(path: Path, table: str) -> Path:
    """A copy of the archive with one line missing."""
    other = path.with_name("damaged.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, b"".join(data.splitlines(True)[1:]) if table in name else data)
    return other


def test_a_damaged_archive_changes_nothing(
    filled: Installation, fresh: Engine, tmp_path: Path
) -> None:
    write_archive(filled.engine, tmp_path / "a.zip", quiet)
    with pytest.raises(ArchiveError, match="damaged"):
        restore_archive(fresh, damaged(tmp_path / "a.zip", "invitation"), quiet)
    assert not any(rows for name, rows in content(fresh).items() if name != "alembic_version")
    (tmp_path / "not.zip").write_bytes(b"not a zip")
    with pytest.raises(ArchiveError, match="no archive"):
        read_meta(tmp_path / "not.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("readme.txt", "something else")
    with pytest.raises(ArchiveError, match="was not written by"):
        read_meta(tmp_path / "other.zip")


def test_restoring_by_command_sends_nothing_again(filled: Installation, tmp_path: Path) -> None:
    with write_session(filled.sessions) as session:
        session.execute(update(OutboxMessage).values(state="waiting"))
    write_archive(filled.engine, tmp_path / "a.zip", quiet)
    folder = tmp_path / "restored"
    arguments = ["restore", str(tmp_path / "a.zip"), "--instance", str(folder)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    assert "Wave 2 was open then" in done.output
    engine = make_engine(Settings.read(folder, environ={}).database)
    with make_sessions(engine)() as session:
        assert set(session.scalars(select(OutboxMessage.state))) == {"unknown"}
    engine.dispose()


def test_an_archive_of_a_newer_version_is_refused_in_words(
    filled: Installation, fresh: Engine, tmp_path: Path
) -> None:
    write_archive(filled.engine, tmp_path / "a.zip", quiet)
    with zipfile.ZipFile(tmp_path / "a.zip") as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts[META] = json.dumps({**json.loads(parts[META]), "revision": "9999"}).encode()
    with zipfile.ZipFile(tmp_path / "newer.zip", "w") as target:
        for name, data in parts.items():
            target.writestr(name, data)
    with pytest.raises(ArchiveError, match="newer version"):
        restore_archive(fresh, tmp_path / "newer.zip", quiet)


def test_a_backup_while_people_write_is_of_one_moment(
    either: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(either)

    def write_meanwhile(step: str, _done: float, _total: float) -> None:
        if step == "person":
            with write_session(either.sessions) as session:
                session.add(Team(name="Came in between"))

    made = write_archive(either.engine, tmp_path / "a.zip", write_meanwhile)
    assert {part.table: part.rows for part in made.parts}["team"] == 2
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert b"in between" not in b"".join(
            io.BytesIO(file.read(n)).read() for n in file.namelist()
        )
