"""Comments that HR may read: redacted, of pairs whose two sides both had enough answers.

The only way from the pages to the text of a comment; nothing here leads to a person or a time.
"""

from dataclasses import dataclass

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from surveys.models.ballots import Comment
from surveys.models.pulses import Wave
from surveys.models.themes import WAITS, ReadableComment, ThemeComment

MAX_FOUND = 200


@dataclass(frozen=True, slots=True)
class ReadComment:
    """A comment as HR reads it; `sensitive`: why it should be read first, empty if not."""

    key: str
    wave_number: int
    rater_id: int
    target_id: int
    text: str
    sensitive: tuple[str, ...]
    handled: bool


def comments_of_theme(session: Session, theme_id: int, number: int) -> list[ReadComment]:
    """The comments of a theme in wave `number`, in the order of their random keys."""
    belongs = select(ThemeComment.comment_key).where(ThemeComment.theme_id == theme_id)
    return _read(
        session, _readable().where(ReadableComment.comment_key.in_(belongs), Wave.number == number)
    )


def moved_into(session: Session, theme_id: int) -> set[str]:
    """Keys of the comments that HR put into a theme."""
    moved = select(ThemeComment.comment_key).where(
        ThemeComment.theme_id == theme_id, ThemeComment.moved
    )
    return set(session.scalars(moved))


def comment(session: Session, key: str) -> ReadComment | None:
    """One comment by its key, if HR may read it."""
    found = _read(session, _readable().where(ReadableComment.comment_key == key))
    return found[0] if found else None


def sensitive_first(session: Session) -> list[ReadComment]:
    """Sensitive comments that nobody has marked as read, newest wave first."""
    waiting = _readable().where(WAITS)
    return _read(session, waiting.order_by(Wave.number.desc(), Comment.key))


def without_theme(session: Session, number: int) -> list[ReadComment]:
    """Comments of wave `number` that belong to no theme that is shown."""
    placed = select(ThemeComment.comment_key)
    loose = _readable().where(Wave.number == number, Comment.key.not_in(placed))
    return _read(session, loose.order_by(Comment.rater_id, Comment.target_id, Comment.key))


def search(session: Session, words: str) -> list[ReadComment]:
    """Comments that hold every one of the words, newest wave first; MAX_FOUND at most."""
    wanted = words.split()
    if not wanted:
        return []
    found = _readable().order_by(Wave.number.desc(), Comment.key).limit(MAX_FOUND)
    for word in wanted:
        # SQLite folds the case of ASCII letters only: so other spellings are asked for as well.
        spellings = {word, word.lower(), word.upper(), word.capitalize()}
        found = found.where(
            or_(*(Comment.text.icontains(each, autoescape=True) for each in sorted(spellings)))
        )
    return _read(session, found)


def mark_handled(session: Session, key: str) -> bool:
    """Take a sensitive comment off the list of those to read; False if there is none."""
    found = session.get(ReadableComment, key)
    if found is None:
        return False
    found.handled = True
    return True


def _readable() -> Select[Comment, ReadableComment, int]:
    return (
        select(Comment, ReadableComment, Wave.number)
        .join(
            ReadableComment,
            (ReadableComment.comment_key == Comment.key)
            & (ReadableComment.wave_id == Comment.wave_id),
        )
        .join(Wave, Wave.id == Comment.wave_id)
    )


def _read(session: Session, query: Select[Comment, ReadableComment, int]) -> list[ReadComment]:
    rows = session.execute(query)
    return [
        ReadComment(
            said.key,
            number,
            said.rater_id,
            said.target_id,
            said.text,
            tuple(marks.sensitive.split()),
            marks.handled,
        )
        for said, marks, number in rows
    ]
