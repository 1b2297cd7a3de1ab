"""A published figure as pages show it: words before digits, and a reason where there is none."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel.support import NullTranslations
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from analysis.disclosure.rule import Withheld
from analysis.measures import Words
from surveys.languages import spoken
from surveys.models.enums import FigureState
from surveys.models.releases import Figure

#: what `view_of` reads of a figure: a page asks for hundreds, and rows of these are made in half
#: the time of objects
COLUMNS = (Figure.state, Figure.value, Figure.low, Figure.high, Figure.n_band, Figure.words,
           Figure.reason)  # fmt: skip

# Looked up in a page's language one by one: a page of a large company asks for thousands.
LITTLE, MUCH = _l("little friction"), _l("much friction")
WORDS = {
    Words.LOW: LITTLE,
    Words.LOW_TO_MIDDLE: _l("little to middling friction"),
    Words.MIDDLE: _l("middling friction"),
    Words.MIDDLE_TO_HIGH: _l("middling to much friction"),
    Words.HIGH: MUCH,
    Words.LOW_TO_HIGH: _l("anything from little to much friction"),
}
#: shade of the map, 0 (little) to 3 (much); all others are 3
SHADES = {
    Words.LOW: 0,
    Words.LOW_TO_MIDDLE: 1,
    Words.MIDDLE: 1,
    Words.LOW_TO_HIGH: 1,
    Words.MIDDLE_TO_HIGH: 2,
}
BY_SHADE = (Words.LOW, Words.MIDDLE, Words.MIDDLE_TO_HIGH, Words.HIGH)
REASONS = {
    Withheld.TOO_FEW: _l("not enough answers"),
    Withheld.TEAM_TOO_SMALL: _l("the team is too small for a figure of its own"),
    Withheld.EXTREME: _l("it would say too much about each answer"),
    Withheld.ROSTER_CHANGED: _l(
        "so few people joined or left that their answers could be worked out"
    ),
    Withheld.NOT_ASKED: _l("not asked this month"),
}


@dataclass(frozen=True, slots=True)
class FigureView:
    """A figure in whole points 0..100 with its interval, a bound, or a reason.

    `n_band` is such as "8–11".
    """

    state: FigureState
    value: int | None = None
    low: int | None = None
    high: int | None = None
    n_band: str | None = None
    band: Words | None = None
    reason: Withheld | None = None

    @property
    def shown(self) -> bool:
        """Whether there is a value with an interval."""
        return self.state == FigureState.SHOWN

    @property
    def withheld(self) -> bool:
        """Whether there is neither a value nor a bound."""
        return self.state == FigureState.WITHHELD

    @property
    def is_under(self) -> bool:
        """Whether it is known only to lie below its value."""
        return self.state == FigureState.UNDER

    @property
    def is_over(self) -> bool:
        """Whether it is known only to lie above its value."""
        return self.state == FigureState.OVER

    @property
    def digits(self) -> str:
        """The figure in digits: "31", "under 30", or a dash."""
        if self.shown:
            return str(self.value)
        if self.is_under:
            return str(_("under %(limit)s", limit=self.value))
        if self.is_over:
            return str(_("over %(limit)s", limit=self.value))
        return "–"

    @property
    def interval(self) -> str:
        """ "25 to 37", or nothing."""
        return _interval(self.low, self.high, spoken()) if self.shown else ""

    @property
    def words(self) -> str:
        """How much friction that is, in words."""
        if self.is_under:
            return str(LITTLE)
        if self.is_over:
            return str(MUCH)
        return str(WORDS.get(self.band, "")) if self.band else ""

    @property
    def heat(self) -> int | None:
        """Shade of the map, 0 (little) to 3 (much), as sure as the words are."""
        if self.is_under:
            return 0
        if self.is_over:
            return 3
        return None if self.band is None else SHADES.get(self.band, 3)

    @property
    def why(self) -> str:
        """Why there is no figure, in one line; empty if there is one."""
        return str(REASONS[self.reason]) if self.reason else ""


@lru_cache(maxsize=8192)
def _interval(low: int | None, high: int | None, _spoken: NullTranslations) -> str:
    return str(_("%(low)s to %(high)s", low=low, high=high))


def heat_words() -> tuple[str, ...]:
    """What each shade of the map stands for, 0 to 3."""
    return tuple(str(WORDS[band]) for band in BY_SHADE)


NOT_ASKED = FigureView(FigureState.WITHHELD, reason=Withheld.NOT_ASKED)


def view_of(row: Row[*tuple[Any, ...]]) -> FigureView:
    """The view of a stored figure, read by its COLUMNS and whatever else."""
    return FigureView(row.state, row.value, row.low, row.high, row.n_band, row.words, row.reason)
