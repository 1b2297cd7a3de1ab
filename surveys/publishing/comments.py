"""Redacted comments of a closed wave, and only of cells with enough answers for verbatims."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.models.ballots import Answer, Comment
from surveys.models.pulses import Wave


@dataclass(frozen=True, slots=True)
class ReadableComment:
    """A redacted comment; `rater_id` is the team of whoever wrote it."""

    key: str
    rater_id: int
    target_id: int
    question: str
    text: str


def readable_comments(session: Session, wave: Wave) -> list[ReadableComment]:
    """All comments of the wave that people may read, in the order of their random keys."""
    rows = session.scalars(
        select(Comment).where(Comment.wave_id == wave.id).order_by(Comment.key)
    ).all()
    enough = answers_per_seam(session, wave)
    return [
        ReadableComment(c.key, c.rater_id, c.target_id, c.question, c.text)
        for c in rows
        if enough.get((c.rater_id, c.target_id), 0) >= wave.rule["verbatim"]
    ]


def answers_per_seam(session: Session, wave: Wave) -> dict[tuple[int, int], int]:
    """Number of answers of each seam; never shown."""
    rows = session.execute(
        select(Answer.rater_id, Answer.target_id, func.count())
        .where(Answer.wave_id == wave.id)
        .group_by(Answer.rater_id, Answer.target_id)
    )
    return {(rater, target): count for rater, target, count in rows}
