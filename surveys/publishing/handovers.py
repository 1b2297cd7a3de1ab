"""Hand-over points of a seam: how many persons name each, and the hours lost there, in bands."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Base
from surveys.handovers import HOURS, POINT, POINTS
from surveys.models.ballots import Answer
from surveys.models.pulses import Wave
from surveys.models.releases import HandoverFigure, Release
from surveys.publishing.rules import rule_of_wave


def add_handovers(
    session: Session, wave: Wave, stored: Release, bases: dict[tuple[int, int], Base]
) -> None:
    """Store the points that enough persons name, of seams that may have themes of their own.

    The same thresholds as for a side's themes (rule 11): the roster, the answers of the seam, and
    at least five persons at the point.
    """
    rule = rule_of_wave(wave)
    said: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for answer in session.scalars(select(Answer).where(Answer.wave_id == wave.id)):
        point = answer.scores.get(POINT)
        if point:
            seam = (answer.rater_id, answer.target_id)
            said[*seam, point].append(answer.scores.get(HOURS, 0))
    for (rater, target, point), hours in said.items():
        shown = rule.handover(bases.get((rater, target)), hours)
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
