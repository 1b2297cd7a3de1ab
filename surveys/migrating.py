"""The form of the database: the one it has, those that this program knows, and the way there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from surveys.database import ROOT
from surveys.errors import SettingsError, is_known, why_away


class DatabaseNewer(SettingsError):
    """The database has a form that this program does not know."""


def migration_config(engine: Engine) -> Config:
    """Alembic's configuration for this engine."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = engine
    return config


@cache
def _migrations() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "migrations"))


def head_revision() -> str | None:
    """Revision of the newest migration of this program."""
    return _migrations().get_current_head()


def is_known_form(revision: str) -> bool:
    """Whether this program has a migration of that revision."""
    return any(known.revision == revision for known in _migrations().walk_revisions())


def current_revision(engine: Engine) -> str | None:
    """Revision that the database is at, None if it is empty; raises DBAPIError."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(
    engine: Engine, revision: str = "head", before: Callable[[str], None] | None = None
) -> None:
    """Bring the database to the newest form, all or nothing; can be run again.

    `before` is called with the present form if there is one and it is older, by the one process
    that upgrades. An error in it leaves everything as it is.
    Raises SettingsError if the database cannot be reached or written, DatabaseNewer if it knows
    more than this program.
    """
    try:
        with said_plainly(engine):
            present = current_revision(engine)
            if present is not None and not is_known_form(present):
                raise CommandError(f"{present} is not known")
            config = migration_config(engine)
            config.attributes["before"] = before
            command.upgrade(config, revision)
    except CommandError as error:
        raise DatabaseNewer(
            "The database was written by a newer version of Tribometer: install that version, or "
            "restore a backup of this one into a new database."
        ) from error


@contextmanager
def said_plainly(engine: Engine) -> Iterator[None]:
    """Inside, a database that cannot be reached or written is a SettingsError with its reason."""
    try:
        yield
    except DBAPIError as error:
        if not isinstance(error, OperationalError) and not is_known(error.orig):
            raise
        raise SettingsError(
            f"The database {_place(engine)} cannot be used: {why_away(error.orig or error)}. Check "
            "TRIBOMETER_DATABASE, and that it runs."
        ) from error


def _place(engine: Engine) -> str:
    """Where a database is, without user and password."""
    url = engine.url
    if engine.dialect.name == "sqlite":
        return str(url.database)
    # Of a password with an @ in it, the rest would be taken for the host.
    host = (url.host or "localhost").rpartition("@")[2]
    return f"{host}:{url.port or 5432}/{url.database}"
