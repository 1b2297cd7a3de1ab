"""Which comments themes may be made of, and which sides may be told apart (rule 11).

Themes count persons, in bands, never fewer than the index needs. A side is shown on its own from
the frozen threshold on; where a side has fewer answers, or a theme has enough persons only on both
sides together, the pair is shown as a whole, and then never beside one of its sides. A team below
the smallest roster is in no theme at all.
"""

from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from surveys.models.ballots import Comment
from surveys.models.pulses import Wave
from surveys.publishing.cells import Base
from surveys.publishing.persons import MIN_PERSONS, least_persons, persons_band

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Voices:
    """The comments of a pair that themes may be made of; `by_side` if sides may be told apart.

    `least`: persons below which nothing is shown.
    """

    comments: tuple[Comment, ...]
    by_side: bool
    least: int


def voices_of(session: Session, wave: Wave, pair: Pair, bases: tuple[Base, Base]) -> Voices:
    """The comments of a pair in a wave that themes may be made of; `bases` of its two seams."""
    rule = wave.rule
    least = max(MIN_PERSONS, rule["index"])
    seams = (pair, pair[::-1])
    big_enough = all(base.team_size >= rule["roster"] for base in bases)
    answers = [base.answers for base in bases]
    full = [
        seam
        for seam, base in zip(seams, bases, strict=True)
        # In a team of just so many, a side on its own would prove that everybody answered.
        if base.answers >= rule["verbatim"] and base.team_size > rule["verbatim"]
    ]
    as_whole = (
        len(full) != 2 and big_enough and min(answers) >= least and sum(answers) >= rule["verbatim"]
    )
    chosen = seams if as_whole else full
    written = session.scalars(
        select(Comment)
        .where(
            Comment.wave_id == wave.id,
            tuple_(Comment.rater_id, Comment.target_id).in_(chosen),
        )
        .order_by(Comment.key)
    )
    return Voices(tuple(written), not as_whole, least)


def split_by_side(voices: Voices, members: tuple[int, ...]) -> dict[int | None, list[int]]:
    """Positions of comments by the team that wrote them."""
    sides: dict[int | None, list[int]] = {}
    for i in members:
        sides.setdefault(voices.comments[i].rater_id, []).append(i)
    return sides


def bands_of(voices: Voices, sides: dict[int | None, list[int]]) -> dict[int | None, str]:
    """Bands by side, or of the pair as a whole (key None), never both (rule 11)."""
    persons = {
        side: least_persons([voices.comments[i] for i in own]) for side, own in sides.items()
    }
    if voices.by_side:
        shown: dict[int | None, str] = {
            side: band
            for side, n in persons.items()
            if n >= voices.least and (band := persons_band(n)) is not None
        }
        if shown:
            return shown
    total = sum(persons.values())
    together = persons_band(total) if total >= voices.least else None
    return {} if together is None else {None: together}
