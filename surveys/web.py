"""What the routes of every room share: the running installation and the request's session."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from surveys.database import Sessions
from surveys.jobs import Jobs
from surveys.settings import Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """The parts that a running installation is made of; `reader` is the engine of its pages."""

    settings: Settings
    engine: Engine
    reader: Engine
    sessions: Sessions
    jobs: Jobs


def installation() -> Installation:
    """The installation that the current app serves."""
    found: Installation = current_app.extensions["tribometer"]
    return found


class ReadingSession(Session):
    """A page's session. On PostgreSQL whatever it wrote would stay: it refuses to write at all."""

    def __init__(self, reader: Engine) -> None:
        super().__init__(reader, autoflush=False)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Raises RuntimeError if there is anything to write."""
        if self.new or self.deleted or self.dirty:
            raise RuntimeError("a page that reads would write")


def db() -> Session:
    """The request's session for reading; closed with the request, never committed."""
    if "session" not in g:
        g.session = ReadingSession(installation().reader)
    session: Session = g.session
    return session


def close_db(_error: BaseException | None = None) -> None:
    """Give the request's session back."""
    if "session" in g:
        g.pop("session").close()
