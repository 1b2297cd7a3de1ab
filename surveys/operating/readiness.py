"""Can this process serve pages just now? For whoever shares the requests out among several."""

import os
import shutil
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from surveys import heartbeat
from surveys.errors import UserError, why_away
from surveys.migrating import current_revision, head_revision
from surveys.web import Installation

#: bytes; with less, an answer may not be kept any more
MIN_FREE = 50 * 1024**2
NO_WORKER = (
    "No worker has been seen for a quarter of an hour: nothing opens, reminds, sends or closes. "
    "Start `tribometer serve`, or `tribometer worker`."
)


def problems(installed: Installation) -> list[str]:
    """What keeps this process from serving pages, in words that name no address and no secret."""
    return [*_database(installed), *_folders(installed), *_queue(installed)]


def notes(installed: Installation) -> list[str]:
    """What is wrong elsewhere: pages are served, and answers taken, without a worker too."""
    return [NO_WORKER] if heartbeat.nobody_works(installed.jobs) else []


def _database(installed: Installation) -> Iterator[str]:
    try:
        present, wanted = current_revision(installed.engine), head_revision()
    except SQLAlchemyError as error:
        why = why_away(getattr(error, "orig", None) or error)
        yield f"The database cannot be used: {why}."
        return
    if present != wanted:
        yield (
            f"The database has the form {present}, this program needs {wanted}: start the version "
            "of the program that fits it."
        )


def _folders(installed: Installation) -> Iterator[str]:
    for name, folder in (("data", installed.settings.data), ("key", installed.settings.keys)):
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield f"The {name} folder is not there, or cannot be written to."
        elif shutil.disk_usage(folder).free < MIN_FREE:
            yield f"The disk of the {name} folder is full."


def _queue(installed: Installation) -> Iterator[str]:
    try:
        installed.jobs.length()
    except UserError as error:
        yield error.sentence
