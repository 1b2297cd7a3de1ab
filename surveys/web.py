"""What the routes of every room share: the running installation and the request's session."""

from dataclasses import dataclass

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


def db() -> Session:
    """The request's session for reading; closed with the request, never committed."""
    if "session" not in g:
        parts = installation()
        g.session = parts.sessions(bind=parts.reader, autoflush=False)
    session: Session = g.session
    return session


def close_db(_error: BaseException | None = None) -> None:
    """Give the request's session back."""
    if "session" in g:
        g.pop("session").close()
