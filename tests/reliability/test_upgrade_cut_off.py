"""An upgrade that dies in the middle changes nothing, and the next one completes it."""

import os

import pytest
from alembic import command
from sqlalchemy import event

from surveys import clock
from surveys.database import make_engine
from surveys.migrating import current_revision, head_revision, migration_config, upgrade
from surveys.operating.archive import read_meta
from surveys.operating.upgrading import FOLDER, LIFE, backup_first, forget_backups
from surveys.web import Installation
from tests.factories import closed, company, everybody_answers, opened
from tests.reliability.test_migration import counts

OLDEST = "0001"
#: after so many statements the process is gone, without a last word
DEATHS = (1, 3, 8, 15, 25, 40, 60, 90)


def old_company(installed: Installation) -> dict[str, int]:
    """A month of data in the oldest form; returns the rows of every table."""
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12}, "late again")
    closed(installed, wave)
    command.downgrade(migration_config(installed.engine), OLDEST)
    return counts(installed.engine)


def upgrade_and_die(address: str, after: int) -> bool:
    """Upgrade in a process that ends as by a power cut; whether it came that far."""
    child = os.fork()
    if child == 0:
        engine, seen = make_engine(address), [0]

        def count(*_statement: object) -> None:
            seen[0] += 1
            if seen[0] == after:
                os._exit(9)

        event.listen(engine, "before_cursor_execute", count)
        upgrade(engine)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_a_cut_off_upgrade_changes_nothing_and_is_completed_by_the_next(
    either: Installation,
) -> None:
    before = old_company(either)
    address = either.engine.url.render_as_string(hide_password=False)
    either.engine.dispose()
    died = [upgrade_and_die(address, after) for after in DEATHS]
    assert died[:4] == [True] * 4, "the upgrade is shorter than the test thinks"
    if not all(died):  # it came through once: go back, and die nowhere any more
        command.downgrade(migration_config(either.engine), OLDEST)
    assert current_revision(either.engine) == OLDEST
    assert counts(either.engine) == before
    upgrade(either.engine)
    after = counts(either.engine)
    assert current_revision(either.engine) == head_revision()
    assert {name: after[name] for name in before} == before


def test_a_backup_comes_first_and_goes_in_time(either: Installation) -> None:
    old_company(either)
    upgrade(either.engine, before=backup_first(either.engine, either.settings))
    (path,) = list((either.settings.instance / FOLDER).iterdir())
    made = read_meta(path)
    assert made.revision == OLDEST
    assert {p.table: p.rows for p in made.parts}["person"] == 24
    # What is new already needs no backup.
    upgrade(either.engine, before=backup_first(either.engine, either.settings))
    assert list((either.settings.instance / FOLDER).iterdir()) == [path]
    assert forget_backups(either.settings) == []
    with clock.at(clock.now() + 2 * LIFE):
        assert forget_backups(either.settings) == [path]
    assert not path.exists()


def test_without_a_backup_nothing_is_upgraded(
    either: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    old_company(either)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("surveys.operating.archive._write_tables", full)
    with pytest.raises(Exception, match="No space left on device"):
        upgrade(either.engine, before=backup_first(either.engine, either.settings))
    assert current_revision(either.engine) == OLDEST
    assert list((either.settings.instance / FOLDER).iterdir()) == []
