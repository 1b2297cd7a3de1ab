"""The comments that the release rule lets into themes (`analysis.disclosure.rule`, rule 11)."""

from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from analysis.disclosure.rule import Base, Rule, Voices
from surveys.models.ballots import Comment
from surveys.models.pulses import Wave
from surveys.publishing.persons import least_persons

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PairComments:
    """The comments of a pair that themes may be made of, and whose they are."""

    comments: tuple[Comment, ...]
    voices: Voices
    rule: Rule


def comments_for_themes(
    session: Session, wave: Wave, pair: Pair, bases: tuple[Base, Base]
) -> PairComments:
    """The comments of a pair in a wave that themes may be made of; `bases` of its two seams."""
    voices = wave.rule.voices(*bases)
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
    return PairComments(tuple(written), voices, wave.rule)


def split_by_side(said: PairComments, members: tuple[int, ...]) -> dict[int | None, list[int]]:
    """Positions of comments by the team that wrote them."""
    sides: dict[int | None, list[int]] = {}
    for i in members:
        sides.setdefault(said.comments[i].rater_id, []).append(i)
    return sides


def bands_of(said: PairComments, sides: dict[int | None, list[int]]) -> dict[int | None, str]:
    """Bands by side, or of the pair as a whole (key None), never both (rule 11)."""
    persons = {side: least_persons([said.comments[i] for i in own]) for side, own in sides.items()}
    return said.rule.persons_by_side(persons, said.voices)
