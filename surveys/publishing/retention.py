"""What is forgotten in time: invitations a month after the close, comments after two years.

Figures stay: they say nothing about anybody.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Engine, Select, delete, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.database import Sessions, forget_traces, write_session
from surveys.models.ballots import Comment
from surveys.models.people import SignIn, SignInLink
from surveys.models.pulses import Invitation, Wave
from surveys.models.releases import Release
from surveys.models.themes import Quote, ReadableComment, ThemeComment, ThemeMemory
from surveys.models.threads import ThreadMessage
from surveys.settings import Settings

INVITATION_LIFE: Final = timedelta(days=30)
MONTH: Final = timedelta(days=30.44)


def forget_old(sessions: Sessions, engine: Engine, settings: Settings) -> None:
    """Delete what has lived long enough; without any such row nothing is written."""
    old = _closed_before(clock.now() - INVITATION_LIFE)
    with sessions() as session:
        invited = session.scalar(
            select(Invitation.wave_id).where(Invitation.wave_id.in_(old)).limit(1)
        )
        expired = session.scalar(select(SignIn.token_hash).where(_expired(SignIn)).limit(1))
        links = session.scalar(select(SignInLink.token_hash).where(_expired(SignInLink)).limit(1))
    if invited is not None or expired is not None or links is not None:
        with write_session(sessions) as session:
            session.execute(delete(Invitation).where(Invitation.wave_id.in_(old)))
            session.execute(delete(SignIn).where(_expired(SignIn)))
            session.execute(delete(SignInLink).where(_expired(SignInLink)))
    _forget_comments(sessions, engine, settings.comment_months)


def _forget_comments(sessions: Sessions, engine: Engine, months: int) -> None:
    """Comments, their quotes and threads go together, and leave no trace in the file."""
    old = _closed_before(clock.now() - months * MONTH)
    with sessions() as session:
        found = session.scalar(select(Comment.key).where(Comment.wave_id.in_(old)).limit(1))
    if found is None:
        return
    with write_session(sessions) as session:
        releases = select(Release.id).where(Release.wave_id.in_(old))
        session.execute(delete(Quote).where(Quote.release_id.in_(releases)))
        session.execute(delete(ThemeComment).where(ThemeComment.release_id.in_(releases)))
        session.execute(delete(ReadableComment).where(ReadableComment.wave_id.in_(old)))
        session.execute(delete(ThreadMessage).where(ThreadMessage.wave_id.in_(old)))
        session.execute(delete(Comment).where(Comment.wave_id.in_(old)))
        _forget_recoded(session)
    forget_traces(engine)


def _forget_recoded(session: Session) -> None:
    """The engine keeps the text of a comment whose cause HR corrected: no longer than the rest."""
    for memory in session.scalars(select(ThemeMemory)):
        told = memory.state.get("corrections", [])
        texts = [correction["text"] for correction in told if "text" in correction]
        kept = set(session.scalars(select(Comment.text).where(Comment.text.in_(texts))))
        left = [c for c in told if "text" not in c or c["text"] in kept]
        if left != told:
            memory.state = {**memory.state, "corrections": left}


def _closed_before(moment: datetime) -> Select[int]:
    return select(Wave.id).where(Wave.is_published, Wave.closes_at < moment)


def _expired(table: type[SignIn] | type[SignInLink]) -> ColumnElement[bool]:
    return table.expires_at < clock.now()
