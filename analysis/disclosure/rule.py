"""The release rule: every threshold, and every "may this be shown, and how" that follows from it.

No numpy here: the web process may import it. The rules for the scores of a single cell, which need
the answers themselves, are in `cell_rules`; they take their thresholds from here.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import Final, TypeVar

from analysis.measurement.instrument import CAUSES

INDEX: Final = "index"
MIN_PERSONS: Final = 5
"""Rule 11: fewer people than this are behind no theme and no handover point that is shown."""
PERSON_BANDS: Final = ((5, 9), (10, 19))
"""People are shown in one of these bands, or as "20+"."""
HOUR_BANDS: Final = (0, 10, 25, 50, 100, 200)
"""Lower ends of the bands of hours lost."""
MAX_SHARE: Final = 0.5
"""No band of hours is shown if one person makes up more than this share of it."""

Side = TypeVar("Side", bound=Hashable)


class RuleTooWeak(ValueError):
    """A threshold below the minimum: the organisation may raise thresholds, never lower them."""


class Voices(Enum):
    """Whose comments of a team pair may be counted in themes (rule 11)."""

    SIDES = "both sides, each on its own"
    FIRST = "the first side only"
    SECOND = "the second side only"
    PAIR = "both sides together, never told apart"
    NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Base:
    """How many answers a cell's figures rest on, and how many could have answered; never shown."""

    answers: int
    team_size: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Smallest numbers of answers (and of people, `roster`) per kind of figure.

    Raises RuleTooWeak for a value below the default, which is the minimum.
    """

    index: int = 5
    causes: int = 8
    items: int = 10
    themes: int = 10
    verbatim: int = 10
    roster: int = 6

    def __post_init__(self) -> None:
        for part in fields(self):
            if getattr(self, part.name) < part.default:
                raise RuleTooWeak(f"{part.name} must be at least {part.default}")

    def needed(self, measure: str) -> int:
        """Answers needed for a measure: "index", a root cause, or an item's code."""
        if measure == INDEX:
            return self.index
        return max(self.index, self.causes if measure in CAUSES else self.items)

    def side_speaks(self, base: Base) -> bool:
        """Whether one side's themes and handover points may be shown on their own.

        In a team of exactly the threshold they would prove that everybody answered.
        """
        needed = max(self.themes, self.verbatim)
        return base.team_size >= self.roster and base.team_size > needed and base.answers >= needed

    def voices(self, first: Base, second: Base) -> Voices:
        """Whose comments may be counted in the themes of a team pair (rule 11)."""
        one, two = self.side_speaks(first), self.side_speaks(second)
        if one and two:
            return Voices.SIDES
        answers = (first.answers, second.answers)
        if (
            min(first.team_size, second.team_size) >= self.roster
            and min(answers) >= self.min_persons
            and sum(answers) >= self.themes
        ):
            return Voices.PAIR
        return Voices.FIRST if one else Voices.SECOND if two else Voices.NOBODY

    @property
    def min_persons(self) -> int:
        """People behind a theme or a handover point, at least."""
        return max(MIN_PERSONS, self.index)

    def persons(self, number: int) -> str | None:
        """The band that a number of people is shown in; None if too few to be shown."""
        return persons_band(number) if number >= self.min_persons else None

    def persons_by_side(
        self, persons: Mapping[Side, int], sides_apart: bool
    ) -> dict[Side | None, str]:
        """Bands by side, or of the pair as a whole (key None); never both (rule 11)."""
        if sides_apart:
            bands = {side: self.persons(number) for side, number in persons.items()}
            shown: dict[Side | None, str] = {s: band for s, band in bands.items() if band}
            if shown:
                return shown
        together = self.persons(sum(persons.values()))
        return {None: together} if together else {}

    def handover(self, base: Base | None, hours: Sequence[int]) -> tuple[str, str | None] | None:
        """Bands of people and of hours for a handover point; None if it may not be shown.

        `hours`: what each person who named the point said it cost, 0 or more.
        """
        people = self.persons(len(hours))
        if base is None or people is None or not self.side_speaks(base):
            return None
        return people, hours_band(hours)


def persons_band(persons: int) -> str | None:
    """ "5–9", "10–19", "20+", or None below five."""
    if persons < MIN_PERSONS:
        return None
    return next((f"{low}–{high}" for low, high in PERSON_BANDS if persons <= high), "20+")


def hours_band(hours: Sequence[int]) -> str | None:
    """The sum of the hours as a band; None if it is nothing, or mostly one person's."""
    total = sum(hours)
    if total == 0 or max(hours) > MAX_SHARE * total:
        return None
    low = max(end for end in HOUR_BANDS if end <= total)
    place = HOUR_BANDS.index(low) + 1
    return f"{low}–{HOUR_BANDS[place] - 1}" if place < len(HOUR_BANDS) else f"{low}+"
