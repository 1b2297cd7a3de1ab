"""Hand-over points of a seam: how many persons name each, and the hours lost there, in bands."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys.handovers import HOURS, POINT, POINTS
from surveys.models.ballots import Answer
from surveys.models.pulses import Wave
from surveys.models.releases import HandoverFigure, Release
from surveys.publishing.cells import Base
from surveys.publishing.persons import MIN_PERSONS, persons_band

#: lower ends of the bands of hours
HOUR_BANDS = (0, 10, 25, 50, 100, 200)
#: no band of hours is told if one person makes up more than this share of it
MAX_SHARE = 0.5


def add_handovers(
    session: Session, wave: Wave, stored: Release, bases: dict[tuple[int, int], Base]
) -> None:
    """Store the points that enough persons name, of seams that may have themes of their own.

    The same thresholds as for a side's themes (rule 11): the roster, the answers of the seam, and
    at least five persons at the point.
    """
    rule = wave.rule
    said: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for answer in session.scalars(select(Answer).where(Answer.wave_id == wave.id)):
        point = answer.scores.get(POINT)
        if point:
            seam = (answer.rater_id, answer.target_id)
            said[*seam, point].append(answer.scores.get(HOURS, 0))
    for (rater, target, point), hours in said.items():
        base = bases.get((rater, target))
        open_to_themes = (
            base is not None
            and base.team_size > rule["verbatim"]
            and base.team_size >= rule["roster"]
            and base.answers >= rule["verbatim"]
        )
        persons = persons_band(len(hours)) if len(hours) >= least(rule["index"]) else None
        if open_to_themes and persons is not None:
            session.add(
                HandoverFigure(
                    release_id=stored.id,
                    rater_id=rater,
                    target_id=target,
                    point=POINTS[point - 1][0],
                    persons_band=persons,
                    hours_band=hours_band(hours),
                )
            )


def least(index: int) -> int:
    """Persons below which a point is not shown."""
    return max(MIN_PERSONS, index)


def hours_band(hours: Sequence[int]) -> str | None:
    """The sum of the hours as a band; None if it is nothing, or mostly one person's."""
    total = sum(hours)
    if total == 0 or max(hours) > MAX_SHARE * total:
        return None
    low = max(end for end in HOUR_BANDS if end <= total)
    place = HOUR_BANDS.index(low) + 1
    return f"{low}–{HOUR_BANDS[place] - 1}" if place < len(HOUR_BANDS) else f"{low}+"
