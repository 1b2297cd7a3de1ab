"""The release rule: the one place that decides what may be shown, and how.

Who asks "may this be shown?" asks a `Rule`, the frozen thresholds of a wave:

- a figure, a cause, an item: `withheld`; as a bound instead of a value: `tells_single_answers`,
  `bound`; with which number of answers and which interval: `answers_band`, `tells_spread`
- themes, by side or of the pair as a whole: `voices`, `persons_by_side`; their tone: `persons`
- single comments and quotes: `Voices.readable`, `quoted_as`
- handover points and their hours: `handover`
- participation while a wave is open: `participation`
- a team, before anything is asked: `is_too_small`, `movers_tell`

Beside it: a wave is released once, and no figures together tell the sum of a few (`release`); the
figures of a cell have one base (`cell_rules`). No numpy here: the web process imports this module.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum, StrEnum
from typing import Final, Generic, TypeVar

from analysis.measurement.instrument import CAUSES

INDEX: Final = "index"
COMMENTS: Final = "comments"
"""What `Rule.needed` calls themes, quotes and handover points of one side."""
MARGIN: Final = 50.0
"""Rule 6: what the others must add up to, and fall short of the top by, in points."""
FEW_MOVED: Final = 4
MOVERS_MATTER_BELOW: Final = 8
"""Rule 10: with fewer answers than this, one to four movers keep the cell back."""
SPREAD_TOLD_FROM: Final = 10
ANSWER_BANDS: Final = (5, 8, 12, 20, 40)
"""Rule 7: where the bands begin in which the number of answers is shown."""
PERSON_BANDS: Final = (5, 10, 20)
HOUR_BANDS: Final = (0, 10, 25, 50, 100, 200)
MAX_SHARE: Final = 0.5
"""No band of hours is shown if one person makes up more than this share of it."""
SHARE_BANDS: Final = ((40, (0, 25, 50, 60, 75)), (16, (0, 50, 75)), (0, (0, 50)))
"""Where the bands of participation begin, in percent, by the smallest team they are used for:
each holds at least three possible counts, or it would tell the exact one."""

Side = TypeVar("Side", bound=Hashable)


class RuleTooWeak(ValueError):
    """A threshold below the minimum: the organisation may raise thresholds, never lower them."""


class Withheld(StrEnum):
    """Why there is no figure."""

    #: not enough answers
    TOO_FEW = "TOO_FEW"
    #: the team is too small for a figure of its own
    TEAM_TOO_SMALL = "TEAM_TOO_SMALL"
    #: a figure would say too much about each answer
    EXTREME = "EXTREME"
    #: so few people joined or left that their answers could be worked out
    ROSTER_CHANGED = "ROSTER_CHANGED"
    #: not asked this month
    NOT_ASKED = "NOT_ASKED"


class Voices(Enum):
    """Whose comments of a team pair may be counted in themes."""

    SIDES = "both sides, each on its own"
    FIRST = "the first side only"
    SECOND = "the second side only"
    PAIR = "both sides together, never told apart"
    NOBODY = "none"

    @property
    def sides_apart(self) -> bool:
        """Whether a theme may be shown by side."""
        return self in (Voices.SIDES, Voices.FIRST, Voices.SECOND)

    @property
    def readable(self) -> bool:
        """Whether single comments may be read by HR, and be quoted once HR has released them."""
        return self.sides_apart


@dataclass(frozen=True, slots=True)
class Base:
    """How many answers a cell's figures rest on, and how many could have answered; never shown."""

    answers: int
    team_size: int


@dataclass(frozen=True, slots=True)
class Quoted(Generic[Side]):
    """As whose words a quote is shown: a side's, or those of the pair as a whole (None)."""

    side: Side | None


@dataclass(frozen=True, slots=True)
class ShareBand:
    """Participation in percent: from `low` to below `high`, or `low` or more (None)."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Smallest numbers of answers (and of people, `roster`) per kind of figure.

    `given_up`: HR gave the wave up since its key is lost; nothing of it is ever opened. Raises
    RuleTooWeak for a threshold below its default, which is the minimum, or if root causes would
    need fewer answers than figures, or comments fewer than root causes.
    """

    index: int = 5
    causes: int = 8
    items: int = 10
    verbatim: int = 10
    roster: int = 6
    given_up: bool = False

    def __post_init__(self) -> None:
        for part in fields(self):
            if getattr(self, part.name) < part.default:
                raise RuleTooWeak(f"{part.name} must be at least {part.default}")
        if not self.index <= self.causes <= self.verbatim:
            raise RuleTooWeak("causes must not need fewer answers than index, nor verbatim fewer")

    def is_weaker_than(self, other: Rule) -> bool:
        """Whether any threshold is lower than the other's: after launch none may be lowered."""
        return any(getattr(self, p.name) < getattr(other, p.name) for p in fields(self))

    def needed(self, what: str) -> int:
        """Answers needed for INDEX, COMMENTS, a root cause, or an item's code (rule 4)."""
        if what == INDEX:
            return self.index
        if what == COMMENTS:
            return self.verbatim
        return self.causes if what in CAUSES else max(self.causes, self.items)

    def smallest_team(self, what: str = INDEX) -> int:
        """People that a team must have for a figure or for comments of its own (rules 4 and 7).

        In a team of exactly as many as are needed, a figure merely shown would prove that
        everybody answered; with that, every exchange of a few people would tell their scores.
        """
        return max(self.roster, self.needed(what) + 1)

    def is_too_small(self, team_size: int, what: str = INDEX) -> bool:
        """Whether a team can never have a figure, or comments, of its own."""
        return team_size < self.smallest_team(what)

    def withheld(self, measure: str, base: Base, own: int, moved: int) -> Withheld | None:
        """Why a cell shows no figure of a measure, or None if it does (rules 4, 7 and 10).

        `own`: of the base those who answered the item itself. `moved`: people who joined or left
        since the cell was published.
        """
        if self.is_too_small(base.team_size, measure):
            return Withheld.TEAM_TOO_SMALL
        if min(base.answers, own) < self.needed(measure):
            return Withheld.TOO_FEW
        if self.movers_tell(base.answers, moved):
            return Withheld.ROSTER_CHANGED
        return None

    @staticmethod
    def movers_tell(answers: int, moved: int) -> bool:
        """Rule 10: would the difference of two figures be the score of the few who moved?"""
        return 1 <= moved <= FEW_MOVED and answers < MOVERS_MATTER_BELOW

    @staticmethod
    def tells_single_answers(scores: Sequence[float]) -> bool:
        """Rule 6: could the most extreme person work out the others to within the margin?"""
        total = math.fsum(scores)
        below = total - max(scores)
        above = (100.0 * len(scores) - total) - (100.0 - min(scores))
        return below < MARGIN - 1e-9 or above < MARGIN - 1e-9

    @staticmethod
    def bound(base: Base) -> int:
        """Points from its end within which a figure that tells single answers is said to lie.

        30 for 5 to 7 answers, 20 from 8 on (rule 6); a team of just eight always gets the wider
        one, or the narrower would prove that all of them answered.
        """
        wide = base.answers < MOVERS_MATTER_BELOW or base.team_size == MOVERS_MATTER_BELOW
        return 30 if wide else 20

    @staticmethod
    def tells_spread(answers: int) -> bool:
        """Rule 7: may an interval be so narrow that it tells that everybody answered alike?"""
        return answers >= SPREAD_TOLD_FROM

    @staticmethod
    def answers_band(answers: int, team_size: int | None = None) -> str:
        """Band of the number of answers (rule 7): "5–7", "8–11" … "40+"; "under 5" below.

        Where a band begins with the size of the team, the band would prove that everybody
        answered: such a team gets it joined with the band below ("5–11" for a team of 8).
        """
        first, *others = ANSWER_BANDS
        if answers < first:
            return f"under {first}"
        return _band((first, *(low for low in others if low != team_size)), answers)

    def side_speaks(self, base: Base) -> bool:
        """Whether one side's themes and handover points may be shown on their own (rule 11)."""
        enough = base.answers >= self.needed(COMMENTS)
        return enough and not self.is_too_small(base.team_size, COMMENTS)

    def voices(self, first: Base, second: Base) -> Voices:
        """Whose comments may be counted in the themes of a team pair (rule 11)."""
        one, two = self.side_speaks(first), self.side_speaks(second)
        if one and two:
            return Voices.SIDES
        both = (first, second)
        if (
            not any(self.is_too_small(side.team_size) for side in both)
            and all(side.answers >= self.index for side in both)
            and sum(side.team_size for side in both) > self.needed(COMMENTS)
            and sum(side.answers for side in both) >= self.needed(COMMENTS)
        ):
            return Voices.PAIR
        return Voices.FIRST if one else Voices.SECOND if two else Voices.NOBODY

    def persons(self, number: int) -> str | None:
        """Band of the people behind a theme or a handover point; None if too few to be shown."""
        return _band(PERSON_BANDS, number) if number >= self.index else None

    def persons_by_side(
        self, persons: Mapping[Side, int], voices: Voices
    ) -> dict[Side | None, str]:
        """Bands by side, or of the pair as a whole (key None); never both (rule 11)."""
        if voices.sides_apart:
            bands = {side: self.persons(number) for side, number in persons.items()}
            shown: dict[Side | None, str] = {s: band for s, band in bands.items() if band}
            if shown:
                return shown
        together = self.persons(sum(persons.values()))
        return {None: together} if together else {}

    @staticmethod
    def quoted_as(side: Side, shown: Collection[Side | None]) -> Quoted[Side] | None:
        """As whose words a readable comment may be quoted in a theme, or None if it may not be.

        `shown`: the sides that the theme's published figures tell apart, None for the pair. A
        quote beside a figure that leaves its side out would tell that a few of them said it.
        """
        if side in shown:
            return Quoted(side)
        return Quoted(None) if None in shown else None

    def handover(self, base: Base | None, hours: Sequence[int]) -> tuple[str, str | None] | None:
        """Bands of people and of hours for a handover point; None if it may not be shown.

        `hours`: what each person who named the point said it cost, 0 or more.
        """
        people = self.persons(len(hours))
        if base is None or people is None or not self.side_speaks(base):
            return None
        return people, self.hours(hours)

    @staticmethod
    def hours(hours: Sequence[int]) -> str | None:
        """The sum of the hours as a band; None if it is nothing, or mostly one person's."""
        total = sum(hours)
        if total == 0 or max(hours) > MAX_SHARE * total:
            return None
        return _band(HOUR_BANDS, total)

    def participation(self, base: Base) -> ShareBand | None:
        """Participation of a team while the wave is open; None if the team is too small."""
        if base.team_size < self.roster:
            return None
        lows = next(found for smallest, found in SHARE_BANDS if base.team_size >= smallest)
        place = bisect(lows, 100 * base.answers / base.team_size)
        return ShareBand(lows[place - 1], lows[place] if place < len(lows) else None)


MINIMUM: Final = Rule()
"""The thresholds that no organisation can go below."""


def _band(lows: Sequence[int], number: int) -> str:
    """The band that a number is in, such as "5–9" or "20+"; `lows`: where bands begin."""
    place = bisect(lows, number)
    low = lows[place - 1]
    return f"{low}–{lows[place] - 1}" if place < len(lows) else f"{low}+"


#: the bands of people, from few to many
PERSONS_SHOWN: Final = tuple(_band(PERSON_BANDS, low) for low in PERSON_BANDS)
