"""The database at a start: brought to the newest form after a backup, with the pulse in it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import Engine

from surveys import clock
from surveys.database import make_sessions, write_session
from surveys.migrating import upgrade
from surveys.operating.archive import write_archive
from surveys.progress import progress_bar
from surveys.running import setup
from surveys.settings import Settings

FOLDER = "backups"
NAMES = "before-upgrade-of-*.zip"
#: a backup holds what may since have been forgotten: it lives no longer than it may be needed
LIFE = timedelta(days=30)


def install(engine: Engine, before: Callable[[str], None] | None = None) -> None:
    """Make the database ready for pages: the newest form, and the pulse that they read.

    Can be run again. `before` and what is raised are those of `migrating.upgrade`.
    """
    upgrade(engine, before=before)
    sessions = make_sessions(engine)
    with sessions() as session:
        if setup.has_pulse(session):
            return
    with write_session(sessions) as session:
        setup.make_pulse(session)


def backup_first(engine: Engine, settings: Settings) -> Callable[[str], None]:
    """What `migrating.upgrade` calls with the present form: it writes a backup beside the data.

    Raises ArchiveError if that cannot be written; the upgrade then does not begin.
    """

    def write(form: str) -> None:
        folder = settings.instance / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"before-upgrade-of-{form}-{clock.now():%Y%m%d-%H%M%S}.zip"
        with progress_bar() as progress:
            write_archive(engine, path, progress)
        click.echo(f"The database is of an older version. It was saved as {path}; now it changes.")

    return write


def forget_backups(settings: Settings) -> list[Path]:
    """Remove backups of upgrades that are older than LIFE; returns which."""
    oldest = (clock.now() - LIFE).timestamp()
    old = [p for p in (settings.instance / FOLDER).glob(NAMES) if p.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return old
