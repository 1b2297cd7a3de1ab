"""What HR decides about themes: logged, undone as long as the engine has not carried it out.

Names, pins, dismissals and quotes hold at once. What concerns the engine (join, part, move) is
shown at once where it can be, and carried out when the next wave is read (publishing.correcting):
counts are published figures and never change.
"""

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Rule
from surveys import clock
from surveys.access import audit
from surveys.curating.themes import CuratingError
from surveys.models.people import Account
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Correction, Quote, Theme, ThemeComment, ThemeNote
from surveys.publishing import comments
from surveys.reading.causes import ORDER

MAX_NAME_LENGTH = 200
MAX_TEXT_LENGTH = 600
#: corrections that wait for the engine
FOR_THE_ENGINE = ("merge", "split", "move")


def rename(session: Session, theme_id: int, name: str, account_id: int) -> None:
    """Give a theme HR's own name; an empty one takes the found name back."""
    theme = find_theme(session, theme_id)
    new = name.strip()[:MAX_NAME_LENGTH] or None
    _log(session, theme, account_id, "rename", before=theme.given_name, after=new)
    theme.given_name = new
    note_in_audit(session, account_id, "renamed a theme", theme=theme_id)


def dismiss(session: Session, theme_id: int, dismissed: bool, account_id: int) -> None:
    """Take a theme off the readers' pages, or put it back."""
    theme = find_theme(session, theme_id)
    _log(session, theme, account_id, "dismiss", before=theme.dismissed, after=dismissed)
    theme.dismissed = dismissed
    answer = "yes" if dismissed else "no"
    note_in_audit(session, account_id, "dismissed a theme", theme=theme_id, answer=answer)


def pin(session: Session, theme_id: int, pinned: bool, account_id: int) -> None:
    """Keep a theme first on the board and whole in the engine, or no longer."""
    theme = find_theme(session, theme_id)
    _log(session, theme, account_id, "pin", before=theme.pinned, after=pinned)
    theme.pinned = pinned
    answer = "yes" if pinned else "no"
    note_in_audit(session, account_id, "pinned a theme", theme=theme_id, answer=answer)


def decide_quote(session: Session, quote_id: int, state: str, account_id: int) -> Quote:
    """Release or withhold a quote; raises CuratingError."""
    quote = session.get(Quote, quote_id)
    if quote is None or state not in ("released", "withheld"):
        raise CuratingError(_("This quote does not exist any more."))
    theme = find_theme(session, quote.theme_id)
    _log(session, theme, account_id, f"quote {state}", quote=quote.id, before=quote.state)
    _set_state(session, quote, state)
    note_in_audit(session, account_id, f"quote {state}", quote=quote_id)
    return quote


def paraphrase(session: Session, quote_id: int, text: str, account_id: int) -> Quote:
    """Say a quote in HR's words, which readers then see alone; empty: the writer's words again."""
    quote = session.get(Quote, quote_id)
    if quote is None:
        raise CuratingError(_("This quote does not exist any more."))
    if len(text.strip()) > MAX_TEXT_LENGTH:
        raise CuratingError(_("At most %(n)s characters, please.", n=MAX_TEXT_LENGTH))
    if (quote.paraphrase or "") == text.strip():
        return quote
    # The words themselves are not logged: they would outlive the comment.
    _log(session, find_theme(session, quote.theme_id), account_id, "paraphrase", quote=quote.id)
    for twin in _twins(session, quote):
        twin.paraphrase = text.strip() or None
    note_in_audit(session, account_id, "paraphrased a quote", quote=quote_id)
    return quote


def propose_quote(session: Session, theme_id: int, key: str) -> Quote:
    """Put any readable comment of a theme among its quotes; raises CuratingError."""
    theme, said = find_theme(session, theme_id), comments.comment(session, key)
    placed = session.get(ThemeComment, (theme_id, key))
    if said is None or placed is None:
        raise CuratingError(_("This comment does not exist any more."))
    there = session.scalar(select(Quote).where(Quote.thread_key == key, Quote.theme_id == theme_id))
    if there is not None:
        return there
    shown = session.scalars(
        select(ThemeFigure.rater_id).where(
            ThemeFigure.theme_id == theme.id, ThemeFigure.release_id == placed.release_id
        )
    ).all()
    quoted = Rule.quoted_as(said.rater_id, shown)
    if quoted is None:
        raise CuratingError(_("Too few of this side raise the theme: it cannot be quoted here."))
    quote = Quote(
        theme_id=theme.id,
        release_id=placed.release_id,
        rater_id=quoted.side,
        text=said.text,
        thread_key=key,
    )
    session.add(quote)
    session.flush()
    return quote


def merge(session: Session, theme_id: int, other_id: int, account_id: int) -> None:
    """From the next wave on `other` is part of the theme; raises CuratingError."""
    theme, other = find_theme(session, theme_id), find_theme(session, other_id)
    if theme.id == other.id or other not in relatives(session, theme) or theme.kind != "found":
        raise CuratingError(_("Only two found themes of the same pair can be joined."))
    _log(session, theme, account_id, "merge", other=other.id)
    note_in_audit(session, account_id, "joined themes", theme=theme_id, other=other_id)


def split(session: Session, theme_id: int, account_id: int) -> None:
    """From the next wave on the theme is two or more; raises CuratingError."""
    theme = find_theme(session, theme_id)
    if theme.kind != "found":
        raise CuratingError(_("A root cause cannot be parted; move its comments instead."))
    _log(session, theme, account_id, "split")
    note_in_audit(session, account_id, "parted a theme", theme=theme_id)


def move(session: Session, key: str, from_id: int, to: str, account_id: int) -> Theme:
    """Put a comment into another theme of its pair, or under another root cause.

    `to`: id of a theme, or code of a root cause. Raises CuratingError.
    """
    theme = find_theme(session, from_id)
    placed = session.get(ThemeComment, (from_id, key))
    goal = _goal(session, theme, to)
    if placed is None or goal is None or goal.id == theme.id:
        raise CuratingError(_("This comment cannot be moved there."))
    was = placed.moved
    _put(session, placed, goal, moved=True)
    for earlier in _waiting(session, "move"):
        if earlier.detail["comment"] == key:
            earlier.state = "undone"
    _log(session, goal, account_id, "move", comment=key, origin=theme.id, was=was)
    note_in_audit(session, account_id, "moved a comment", theme=goal.id)
    return goal


def add_note(session: Session, theme_id: int, text: str, account_id: int) -> None:
    """Note something for HR alone; raises CuratingError."""
    theme = find_theme(session, theme_id)
    if not text.strip() or len(text.strip()) > MAX_TEXT_LENGTH:
        raise CuratingError(_("A note needs 1 to %(n)s characters.", n=MAX_TEXT_LENGTH))
    session.add(
        ThemeNote(
            theme_id=theme.id,
            account_id=account_id,
            written_on=clock.now().date(),
            text=text.strip(),
        )
    )


def handle(session: Session, key: str, account_id: int) -> None:
    """A sensitive comment was read; raises CuratingError."""
    if not comments.mark_handled(session, key):
        raise CuratingError(_("This comment does not exist any more."))
    note_in_audit(session, account_id, "read a sensitive comment")


def undo(session: Session, correction_id: int, account_id: int) -> Theme:
    """Take the newest decision about a theme back; raises CuratingError."""
    row = session.get(Correction, correction_id, with_for_update=True)
    if row is None or not undoable(session, [row]):
        raise CuratingError(_("This cannot be taken back any more; decide anew instead."))
    theme = find_theme(session, row.theme_id)
    if row.kind == "rename":
        theme.given_name = row.detail["before"]
    elif row.kind in ("dismiss", "pin"):
        setattr(theme, {"dismiss": "dismissed", "pin": "pinned"}[row.kind], row.detail["before"])
    elif row.kind.startswith("quote "):
        quote = session.get(Quote, row.detail["quote"])
        if quote is not None:
            _set_state(session, quote, row.detail["before"])
    elif row.kind == "move":
        placed = session.get(ThemeComment, (theme.id, row.detail["comment"]))
        origin = session.get(Theme, row.detail["origin"])
        if placed is not None and origin is not None:
            _put(session, placed, origin, moved=row.detail["was"])
    row.state = "undone"
    note_in_audit(session, account_id, "took a decision back", theme=theme.id)
    return theme


def undoable(session: Session, rows: Collection[Correction]) -> set[int]:
    """Numbers of the decisions that are the newest of their theme and not carried out yet."""
    newest = session.scalars(
        select(func.max(Correction.id))
        .where(
            Correction.theme_id.in_({row.theme_id for row in rows}),
            Correction.state != "undone",
            Correction.kind != "paraphrase",  # which is changed by saying it anew
        )
        .group_by(Correction.theme_id)
    ).all()
    return {
        row.id
        for row in rows
        if row.id in newest
        and row.state in ("done", "pending")
        and ("before" in row.detail or row.kind in FOR_THE_ENGINE)
    }


def relatives(session: Session, theme: Theme) -> list[Theme]:
    """Other themes of the same pair and kind."""
    return list(
        session.scalars(
            select(Theme).where(
                Theme.team_a_id == theme.team_a_id,
                Theme.team_b_id == theme.team_b_id,
                Theme.kind == theme.kind,
                Theme.id != theme.id,
            )
        )
    )


def find_theme(session: Session, theme_id: int) -> Theme:
    """The theme; raises CuratingError if there is none."""
    theme = session.get(Theme, theme_id)
    if theme is None:
        raise CuratingError(_("This theme does not exist any more."))
    return theme


def _goal(session: Session, theme: Theme, to: str) -> Theme | None:
    if theme.kind == "found":
        return next((t for t in relatives(session, theme) if str(t.id) == to), None)
    if theme.kind != "cause" or to not in ORDER:
        return None
    known = next((t for t in relatives(session, theme) if t.label == to), None)
    if known is None and theme.label != to:
        known = Theme(
            team_a_id=theme.team_a_id,
            team_b_id=theme.team_b_id,
            kind="cause",
            label=to,
            cause=to,
            name=to,
        )
        session.add(known)
        session.flush()
    return known


def _put(session: Session, placed: ThemeComment, goal: Theme, moved: bool) -> None:
    quotes = select(Quote).where(
        Quote.thread_key == placed.comment_key, Quote.theme_id == placed.theme_id
    )
    for quote in session.scalars(quotes):
        quote.theme_id = goal.id
    session.add(
        ThemeComment(
            theme_id=goal.id,
            comment_key=placed.comment_key,
            release_id=placed.release_id,
            moved=moved,
        )
    )
    session.delete(placed)
    session.flush()


def _twins(session: Session, quote: Quote) -> list[Quote]:
    """The same comment may stand for a root cause and for a theme inside it: decided as one."""
    twins = select(Quote).where(Quote.release_id == quote.release_id, Quote.text == quote.text)
    return list(session.scalars(twins))


def _set_state(session: Session, quote: Quote, state: str) -> None:
    for twin in _twins(session, quote):
        twin.state = state


def _waiting(session: Session, kind: str) -> list[Correction]:
    waiting = select(Correction).where(Correction.kind == kind, Correction.state == "pending")
    return list(session.scalars(waiting))


def note_in_audit(session: Session, account_id: int, action: str, **detail: object) -> None:
    """Add to the audit log what the account did, in the caller's transaction."""
    audit.record(session, session.get_one(Account, account_id).email, action, **detail)


def _log(session: Session, theme: Theme, account_id: int, kind: str, **detail: object) -> None:
    number = session.scalar(select(Release.number).order_by(Release.number.desc()).limit(1))
    session.add(
        Correction(
            theme_id=theme.id,
            account_id=account_id,
            kind=kind,
            detail=detail,
            state="pending" if kind in FOR_THE_ENGINE else "done",
            wave_number=number,
        )
    )
    session.flush()
