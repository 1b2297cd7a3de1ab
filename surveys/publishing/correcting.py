"""What HR corrected since the last wave, carried out by the engine before and after it reads.

Themes are joined, comments moved and causes corrected before the engine reads the new month, so
that the month is read in their light; a theme is parted afterwards, by the month's own comments.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.themes import ThemeModel
from analysis.themes.corrections import Correction as Told
from analysis.themes.corrections import CorrectionError, Kind
from surveys.models.ballots import Comment
from surveys.models.enums import CorrectionKind, CorrectionState
from surveys.models.themes import Correction, Theme

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A correction as the engine understands it; `told` is None if its theme or text is gone."""

    correction_id: int
    told: Told | None


def waiting(session: Session, pair: Pair, generation: int) -> list[Waiting]:
    """The pair's corrections that wait for the engine, in the order in which they were made."""
    rows = session.execute(
        select(Correction, Theme)
        .join(Theme, Theme.id == Correction.theme_id)
        .where(
            Correction.is_pending,
            Theme.team_a_id == pair[0],
            Theme.team_b_id == pair[1],
        )
        .order_by(Correction.id)
    )
    return [Waiting(row.id, _told(session, row, theme, generation)) for row, theme in rows]


def apply_corrections(
    model: ThemeModel, found: Sequence[Waiting], after: bool
) -> dict[int, str | None]:
    """Carry out what belongs before (or `after`) reading; per id None, or why it could not be."""
    done: dict[int, str | None] = {}
    for one in found:
        if one.told is None:
            done[one.correction_id] = "gone"
        elif (one.told.kind is Kind.SPLIT) == after:
            try:
                model.correct(one.told)
                done[one.correction_id] = None
            except CorrectionError as error:
                done[one.correction_id] = str(error)
    return done


def keep_pins(session: Session, model: ThemeModel, pair: Pair, generation: int) -> None:
    """The engine parts and joins no theme that HR has pinned, or joined itself."""
    themes = session.scalars(
        select(Theme).where(Theme.team_a_id == pair[0], Theme.team_b_id == pair[1], Theme.is_found)
    ).all()
    joined = session.scalars(
        select(Correction.theme_id).where(
            Correction.kind == CorrectionKind.MERGE,
            Correction.state == CorrectionState.APPLIED,
            Correction.theme_id.in_([theme.id for theme in themes]),
        )
    ).all()
    held = {engine_id(theme, generation) for theme in themes if theme.pinned or theme.id in joined}
    for memory in model.memories_:
        memory.pinned = memory.id in held


def note_outcomes(session: Session, number: int, outcomes: dict[int, str | None]) -> None:
    """Mark what the engine did with each correction, with the wave from which on it holds."""
    for ident, problem in outcomes.items():
        row = session.get(Correction, ident)
        if row is None or not row.is_pending:
            continue
        row.state = CorrectionState.APPLIED if problem is None else CorrectionState.FAILED
        row.wave_number = number
        if problem is not None:
            row.detail = {**row.detail, "problem": problem}


def engine_id(theme: Theme, generation: int) -> int | None:
    """The engine's number of a found theme; None if its memory of it is gone."""
    begun, _, number = theme.label.rpartition(".")
    return int(number) if theme.is_found and int(begun or 0) == generation else None


def _told(session: Session, row: Correction, theme: Theme, generation: int) -> Told | None:
    own = engine_id(theme, generation)
    if row.kind == CorrectionKind.MOVE:
        text = session.scalar(select(Comment.text).where(Comment.key == row.detail["comment"]))
        if text is None:
            return None
        if theme.is_cause:
            return Told(Kind.RECODE, text=text, code=theme.label)
        return Told(Kind.MOVE, theme=own, text=text) if own is not None else None
    if own is None:
        return None
    if row.kind == CorrectionKind.SPLIT:
        return Told(Kind.SPLIT, theme=own)
    other = session.get(Theme, row.detail["other"])
    gone = engine_id(other, generation) if other is not None else None
    return Told(Kind.MERGE, theme=own, others=(gone,)) if gone is not None else None
