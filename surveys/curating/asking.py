"""HR asks the writer of a comment something, without learning who that is."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.answering.replying import add_turn
from surveys.curating.deciding import note_in_audit
from surveys.curating.themes import CuratingError
from surveys.models.enums import Author
from surveys.models.releases import Release
from surveys.models.themes import Quote, Theme
from surveys.models.threads import ThreadMessage
from surveys.reading.causes import theme_name

MAX_QUESTION_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as HR sees it: `mine` if HR wrote it."""

    mine: bool
    text: str


def ask(session: Session, quote_id: int, text: str, account_id: int) -> Quote:
    """Put a question under the comment of a quote; raises CuratingError."""
    quote = session.get(Quote, quote_id)
    if quote is None or quote.thread_key is None:
        raise CuratingError(_("Nobody can be asked about this quote."))
    text = text.strip()
    if not text or len(text) > MAX_QUESTION_LENGTH:
        raise CuratingError(
            _(
                "A question needs 1 to %(longest_question)s characters.",
                longest_question=MAX_QUESTION_LENGTH,
            )
        )
    turns = turns_of(session, [quote]).get(quote.thread_key, [])
    if turns and turns[-1].mine:
        raise CuratingError(_("Your last question still waits for its answer."))
    wave_id = session.get_one(Release, quote.release_id).wave_id
    add_turn(session, quote.thread_key, wave_id, Author.HR, len(turns) + 1, text)
    note_in_audit(session, account_id, "asked a writer", quote=quote_id)
    return quote


def turns_of(session: Session, quotes: list[Quote]) -> dict[str, list[Turn]]:
    """The threads under these quotes, by thread key."""
    keys = [quote.thread_key for quote in quotes if quote.thread_key]
    rows = session.scalars(
        select(ThreadMessage)
        .where(ThreadMessage.thread_key.in_(keys))
        .order_by(ThreadMessage.thread_key, ThreadMessage.turn)
    )
    found: dict[str, list[Turn]] = {}
    for row in rows:
        found.setdefault(row.thread_key, []).append(Turn(row.author == Author.HR, row.text))
    return found


def themes_with_replies(session: Session) -> list[Theme]:
    """Themes under whose quotes the last word is a writer's, by name."""
    last = (
        select(ThreadMessage.thread_key, func.max(ThreadMessage.turn).label("turn"))
        .group_by(ThreadMessage.thread_key)
        .subquery()
    )
    themes = session.scalars(
        select(Theme)
        .join(Quote, Quote.theme_id == Theme.id)
        .join(last, last.c.thread_key == Quote.thread_key)
        .join(
            ThreadMessage,
            (ThreadMessage.thread_key == last.c.thread_key) & (ThreadMessage.turn == last.c.turn),
        )
        .where(ThreadMessage.author == Author.WRITER)
        .distinct()
    )
    return sorted(themes, key=lambda theme: theme_name(theme))
