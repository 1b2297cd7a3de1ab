"""Decisions about themes are taken back, newest first, until the engine has carried them out."""

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.curating.deciding import (
    FOR_THE_ENGINE,
    QUOTE_DECISIONS,
    find_theme,
    note_in_audit,
    place,
    set_quote_state,
)
from surveys.curating.themes import CuratingError
from surveys.models.enums import CorrectionKind, CorrectionState, QuoteState
from surveys.models.themes import Correction, Quote, Theme, ThemeComment


def undo(session: Session, correction_id: int, account_id: int) -> Theme:
    """Take the newest decision about a theme back; raises CuratingError."""
    row = session.get(Correction, correction_id, with_for_update=True)
    if row is None or not undoable(session, [row]):
        raise CuratingError(_("This cannot be taken back any more; decide anew instead."))
    theme = find_theme(session, row.theme_id)
    if row.kind == CorrectionKind.RENAME:
        theme.given_name = row.detail["before"]
    elif row.kind == CorrectionKind.DISMISS:
        theme.dismissed = row.detail["before"]
    elif row.kind == CorrectionKind.PIN:
        theme.pinned = row.detail["before"]
    elif row.kind in QUOTE_DECISIONS.values():
        quote = session.get(Quote, row.detail["quote"])
        if quote is not None:
            set_quote_state(session, quote, QuoteState(row.detail["before"]))
    elif row.kind == CorrectionKind.MOVE:
        placed = session.get(ThemeComment, (theme.id, row.detail["comment"]))
        origin = session.get(Theme, row.detail["origin"])
        if placed is not None and origin is not None:
            place(session, placed, origin, moved=row.detail["was"])
    row.state = CorrectionState.UNDONE
    note_in_audit(session, account_id, "took a decision back", theme=theme.id)
    return theme


def undoable(session: Session, rows: Collection[Correction]) -> set[int]:
    """Numbers of the decisions that are the newest of their theme and not carried out yet."""
    newest = session.scalars(
        select(func.max(Correction.id))
        .where(
            Correction.theme_id.in_({row.theme_id for row in rows}),
            Correction.state != CorrectionState.UNDONE,
            Correction.kind != CorrectionKind.PARAPHRASE,  # which is changed by saying it anew
        )
        .group_by(Correction.theme_id)
    ).all()
    return {
        row.id
        for row in rows
        if row.id in newest
        and row.is_undoable
        and ("before" in row.detail or row.kind in FOR_THE_ENGINE)
    }
