"""Hand-over points of a seam: how many persons name each, and the hours lost there, in bands."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Base
from surveys.handovers import HOURS, POINT, POINTS
from surveys.models.ballots import Answer
from surveys.models.pulses import Wave
from surveys.models.releases import HandoverFigure, Release


def add_handovers(
    session: Session, wave: Wave, stored: Release, bases: dict[tuple[int, int], Base]
) -> None:
    """Store the points that the release rule lets be shown."""
    said: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for answer in session.scalars(select(Answer).where(Answer.wave_id == wave.id)):
        point = answer.scores.get(POINT)
        if point:
            seam = (answer.rater_id, answer.target_id)
            said[*seam, point].append(answer.scores.get(HOURS, 0))
    for (rater, target, point), hours in said.items():
        shown = wave.rule.handover(bases.get((rater, target)), hours)
        if shown is not None:
            persons, hours_lost = shown
            session.add(
                HandoverFigure(
                    release_id=stored.id,
                    rater_id=rater,
                    target_id=target,
                    point=POINTS[point - 1][0],
                    persons_band=persons,
                    hours_band=hours_lost,
                )
            )
