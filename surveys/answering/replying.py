"""Anonymous replies: who holds the receipt finds HR's questions under the own comments.

The receipt leads to the keys of the comments, and only the receipt does: its second half is
random, never stored, and in no mail.
"""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.answering import tokens
from surveys.answering.redacting import redactor_of
from surveys.answering.sealing import COMMENT_LIMIT, MAX_COMMENTS
from surveys.errors import UserError
from surveys.models.enums import Author
from surveys.models.threads import ThreadMessage

MAX_TURNS = 20


class ReplyRefused(UserError):
    """A reply that cannot be taken."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question of HR: `place` names it on the page, `replied` if the last word is the writer's.

    The own comment and own replies are never shown again.
    """

    place: int
    question: str
    replied: bool


def waiting(session: Session, receipt: str) -> list[Waiting]:
    """HR's questions under the comments of a receipt, the newest of each; empty if there are none.

    An unknown receipt and one without questions cannot be told apart.
    """
    found = []
    for place, key in _keys(receipt):
        turns = session.scalars(
            select(ThreadMessage)
            .where(ThreadMessage.thread_key == key)
            .order_by(ThreadMessage.turn)
        ).all()
        asked = [turn.text for turn in turns if turn.author == Author.HR]
        if asked:
            found.append(Waiting(place, asked[-1], turns[-1].author == Author.WRITER))
    return found


def reply(session: Session, receipt: str, place: int, text: str) -> None:
    """Add the writer's reply, redacted before it is stored. Raises ReplyRefused."""
    text = text.strip()
    if not text or len(text) > COMMENT_LIMIT:
        raise ReplyRefused(
            _("A reply needs 1 to %(comment_limit)s characters.", comment_limit=COMMENT_LIMIT)
        )
    key = dict(_keys(receipt)).get(place, "")
    newest = _newest(session, key)
    if newest is None:
        raise ReplyRefused(_("No question waits there any more."))
    text = redactor_of(session).redact(text).text
    add_turn(session, key, newest.wave_id, Author.WRITER, newest.turn + 1, text)


def add_turn(
    session: Session, thread_key: str, wave_id: int, author: Author, turn: int, text: str
) -> None:
    """Write the turn that its author took to be the next one; raises ReplyRefused if it is not."""
    if turn > MAX_TURNS:
        raise ReplyRefused(_("This conversation is full."))
    message = ThreadMessage(
        thread_key=thread_key, turn=turn, wave_id=wave_id, author=author, text=text
    )
    session.add(message)
    try:
        session.flush()
    except IntegrityError as error:
        session.rollback()
        raise ReplyRefused(
            _("Somebody wrote here at the same moment. Read it, then send again.")
        ) from error


def any_question_open(session: Session) -> bool:
    """Whether a question of HR waits for its writer somewhere; said to everybody alike."""
    last = (
        select(ThreadMessage.thread_key, func.max(ThreadMessage.turn).label("turn"))
        .group_by(ThreadMessage.thread_key)
        .subquery()
    )
    newest = (ThreadMessage.thread_key == last.c.thread_key) & (ThreadMessage.turn == last.c.turn)
    open_ones = (
        select(ThreadMessage.turn).join(last, newest).where(ThreadMessage.author == Author.HR)
    )
    return session.scalar(open_ones.limit(1)) is not None


def _keys(receipt: str) -> list[tuple[int, str]]:
    thread = tokens.thread_of(receipt)
    return [(place, tokens.comment_key(thread, place)) for place in range(MAX_COMMENTS)]


def _newest(session: Session, key: str) -> ThreadMessage | None:
    return session.scalar(
        select(ThreadMessage)
        .where(ThreadMessage.thread_key == key)
        .order_by(ThreadMessage.turn.desc())
        .limit(1)
    )
