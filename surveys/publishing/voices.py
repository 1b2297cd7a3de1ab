"""The comments that the release rule lets into themes (`analysis.disclosure.rule`, rule 11).

Themes count persons, in bands, never fewer than the index needs. A side is shown on its own from
the frozen threshold on; where a side has fewer answers, or a theme has enough persons only on both
sides together, the pair is shown as a whole, and then never beside one of its sides. A team below
the smallest roster is in no theme at all.
"""

from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Base, Rule, Voices
from surveys.models.ballots import Comment
from surveys.models.pulses import Wave
from surveys.publishing.persons import least_persons
from surveys.publishing.rules import rule_of_wave

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PairComments:
    """The comments of a pair that themes may be made of; `by_side` if sides may be told apart."""

    comments: tuple[Comment, ...]
    by_side: bool
    rule: Rule


def voices_of(session: Session, wave: Wave, pair: Pair, bases: tuple[Base, Base]) -> PairComments:
    """The comments of a pair in a wave that themes may be made of; `bases` of its two seams."""
    rule = rule_of_wave(wave)
    voices = rule.voices(*bases)
    there, back = pair, pair[::-1]
    seams = {
        Voices.SIDES: (there, back),
        Voices.PAIR: (there, back),
        Voices.FIRST: (there,),
        Voices.SECOND: (back,),
        Voices.NOBODY: (),
    }[voices]
    written = session.scalars(
        select(Comment)
        .where(
            Comment.wave_id == wave.id,
            tuple_(Comment.rater_id, Comment.target_id).in_(seams),
        )
        .order_by(Comment.key)
    )
    return PairComments(tuple(written), voices is not Voices.PAIR, rule)


def split_by_side(voices: PairComments, members: tuple[int, ...]) -> dict[int | None, list[int]]:
    """Positions of comments by the team that wrote them."""
    sides: dict[int | None, list[int]] = {}
    for i in members:
        sides.setdefault(voices.comments[i].rater_id, []).append(i)
    return sides


def bands_of(voices: PairComments, sides: dict[int | None, list[int]]) -> dict[int | None, str]:
    """Bands by side, or of the pair as a whole (key None), never both (rule 11)."""
    persons = {
        side: least_persons([voices.comments[i] for i in own]) for side, own in sides.items()
    }
    return voices.rule.persons_by_side(persons, voices.by_side)
