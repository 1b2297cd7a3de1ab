"""An upgrade that dies in the middle changes nothing, and the next one completes it."""

import os

import pytest
from sqlalchemy import event

from app import create_app
from surveys import clock
from surveys.database import make_engine
from surveys.migrating import current_revision, head_revision, upgrade
from surveys.operating.archive import read_meta
from surveys.operating.doctor import examine
from surveys.operating.serving import open_installation, parts_of
from surveys.operating.upgrading import FOLDER, LIFE, backup_first, forget_backups
from surveys.web import Installation
from tests.factories import closed, company, everybody_answers, opened
from tests.reliability.test_migration import counts

#: after so many statements the process is gone, without a last word
DEATHS = (1, 3, 8, 12, 16)


def month(installed: Installation) -> dict[str, int]:
    """A published month; returns the rows of every table."""
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12}, "late again")
    closed(installed, wave)
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
    older: Installation, this_release: str
) -> None:
    before = month(older)
    address = older.engine.url.render_as_string(hide_password=False)
    older.engine.dispose()
    died = [upgrade_and_die(address, after) for after in DEATHS]
    assert died == [True] * len(DEATHS), "the upgrade is shorter than the test thinks"
    assert current_revision(older.engine) == this_release
    assert counts(older.engine) == before
    upgrade(older.engine)
    after = counts(older.engine)
    assert current_revision(older.engine) == head_revision() != this_release
    assert {name: after[name] for name in before} == before


def test_a_backup_comes_first_and_goes_in_time(older: Installation, this_release: str) -> None:
    month(older)
    upgrade(older.engine, before=backup_first(older.engine, older.settings))
    (path,) = list((older.settings.instance / FOLDER).iterdir())
    made = read_meta(path)
    assert made.revision == this_release
    assert {p.table: p.rows for p in made.parts}["person"] == 24
    # What is new already needs no backup.
    upgrade(older.engine, before=backup_first(older.engine, older.settings))
    assert list((older.settings.instance / FOLDER).iterdir()) == [path]
    assert forget_backups(older.settings) == []
    with clock.at(clock.now() + 2 * LIFE):
        assert forget_backups(older.settings) == [path]
    assert not path.exists()


def test_a_start_upgrades_and_keeps_a_backup(older: Installation, this_release: str) -> None:
    (said,) = [one.says for one in examine(older.settings) if one.about == "database"]
    assert f"Its form is {this_release}" in said
    app = open_installation(create_app, older.settings)
    assert current_revision(older.engine) == head_revision() != this_release
    (path,) = list((older.settings.instance / FOLDER).iterdir())
    assert read_meta(path).revision == this_release
    parts_of(app).engine.dispose()
    parts_of(app).jobs.close()


def test_without_a_backup_nothing_is_upgraded(
    older: Installation, this_release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    month(older)

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("surveys.operating.archive._write_tables", full)
    with pytest.raises(Exception, match="No space left on device"):
        upgrade(older.engine, before=backup_first(older.engine, older.settings))
    assert current_revision(older.engine) == this_release
    assert list((older.settings.instance / FOLDER).iterdir()) == []
