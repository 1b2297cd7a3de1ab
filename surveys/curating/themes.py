"""HR's view of themes over all pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from analysis.disclosure.rule import PERSONS_SHOWN
from analysis.measures import ROOT_CAUSES
from surveys.errors import UserError
from surveys.models.enums import ThemeChange, ThemeKind, Tone
from surveys.models.people import Team
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Quote, Theme
from surveys.reading.causes import cause_name, theme_name

Figures = Row[*tuple[Any, ...]]


class CuratingError(UserError):
    """A decision that cannot be carried out."""

    status = 404


@dataclass(frozen=True, slots=True)
class CauseCell:
    """How many persons of one seam wrote about a root cause; None where nothing is shown."""

    cause: str
    band: str | None
    theme_id: int | None


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One seam (or a pair as a whole) over all root causes."""

    label: str
    pair: tuple[int, int]
    cells: tuple[CauseCell, ...]

    @property
    def persons(self) -> int:
        """How many persons wrote about all of it, as steps of their bands: to rank by."""
        return sum(_steps(cell.band) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Side:
    """How many persons of a side (or of both together) raise a theme, and how."""

    team: str
    persons: str
    change: ThemeChange | None
    word: Tone | None

    @property
    def tone(self) -> str | None:
        """What the pages call the tone."""
        return tone_name(self.word)


@dataclass(frozen=True, slots=True)
class RankedTheme:
    """A theme that was found, with its sides."""

    theme: Theme
    pair: str
    sides: tuple[Side, ...]

    @property
    def cause_name(self) -> str:
        """What the theme's root cause is called."""
        return cause_name(self.theme.cause)

    @property
    def tells_cause(self) -> bool:
        """Whether its root cause is still to be told beside its name."""
        return not self.theme.is_praise and self.cause_name not in theme_name(self.theme)


@dataclass(frozen=True, slots=True)
class ThemeBoard:
    """HR's first page: root cause × seam, then the themes, most persons first.

    `teams`: the names of all teams by number.
    """

    number: int | None
    causes: tuple[str, ...] = ()
    rows: tuple[CauseRow, ...] = ()
    themes: tuple[RankedTheme, ...] = ()
    teams: Mapping[int, str] = field(default_factory=dict)

    def loudest(self, most: int | None) -> tuple[CauseRow, ...]:
        """The seams with most persons, in the order of their names; all without a limit."""
        if most is None or len(self.rows) <= most:
            return self.rows
        ranked = sorted(range(len(self.rows)), key=lambda place: -self.rows[place].persons)
        return tuple(self.rows[place] for place in sorted(ranked[:most]))


def theme_board(session: Session) -> ThemeBoard:
    """The board of the newest release."""
    newest = session.scalar(select(Release).order_by(Release.number.desc()).limit(1))
    if newest is None:
        return ThemeBoard(None)
    names = {team.id: team.name for team in session.scalars(select(Team))}

    def shown(of_kind: ColumnElement[bool], *columns: Any) -> list[Figures]:
        """Figures of the release: the seam as (a, b, rater), then `columns`; sorted by names."""
        seam = ThemeFigure.team_a_id, ThemeFigure.team_b_id, ThemeFigure.rater_id
        rows = session.execute(
            select(*seam, *columns)
            .join(Theme, Theme.id == ThemeFigure.theme_id)
            .where(ThemeFigure.release_id == newest.id, of_kind)
            .order_by(Theme.id, ThemeFigure.rater_id)
        ).all()
        return sorted(rows, key=lambda row: (names[row[0]], names[row[1]]))

    figure = ThemeFigure.persons_band, ThemeFigure.change, ThemeFigure.tone
    return ThemeBoard(
        newest.number,
        tuple(cause_name(code) for code in ROOT_CAUSES),
        _cause_rows(shown(OF_A_CAUSE, Theme.label, Theme.id, ThemeFigure.persons_band), names),
        _ranked(shown(~OF_A_CAUSE, Theme, *figure), names),
        names,
    )


OF_A_CAUSE = Theme.kind == ThemeKind.CAUSE


TONES = {
    Tone.SHARP: _l("sharp in tone"),
    Tone.ANNOYED: _l("annoyed in tone"),
    Tone.FACTUAL: _l("factual in tone"),
    Tone.WARM: _l("warm in tone"),
}


def tone_name(word: Tone | None) -> str | None:
    """What the pages call a tone."""
    return None if word is None else str(TONES[word])


def quotes(session: Session, *which: ColumnElement[bool]) -> list[tuple[Quote, str, int]]:
    """(quote, team that wrote it or "" for the pair as a whole, wave number), newest first."""
    rows = session.execute(
        select(Quote, Team.name, Release.number)
        .outerjoin(Team, Team.id == Quote.rater_id)
        .join(Release, Release.id == Quote.release_id)
        .where(*which)
        .order_by(Release.number.desc(), Team.name, Quote.id)
    )
    return [(quote, team or "", number) for quote, team, number in rows]


def history_of(session: Session, theme_id: int) -> list[tuple[int, str, str]]:
    """(wave number, side, band) of every release that showed the theme."""
    rows = session.execute(
        select(Release.number, Team.name, ThemeFigure.persons_band)
        .join(ThemeFigure, ThemeFigure.release_id == Release.id)
        .outerjoin(Team, Team.id == ThemeFigure.rater_id)
        .where(ThemeFigure.theme_id == theme_id)
        .order_by(Release.number.desc(), Team.name)
    )
    return [(number, team or str(_("both teams together")), band) for number, team, band in rows]


def _cause_rows(figures: Sequence[Figures], names: Mapping[int, str]) -> tuple[CauseRow, ...]:
    rows: dict[tuple[int, int, int | None], dict[str, tuple[str, int]]] = {}
    for a, b, rater, code, theme_id, persons in figures:
        rows.setdefault((a, b, rater), {})[code] = (persons, theme_id)
    causes = {code: cause_name(code) for code in ROOT_CAUSES}
    return tuple(
        CauseRow(
            _seam_label(a, b, rater, names),
            (a, b),
            tuple(CauseCell(causes[c], *bands.get(c, (None, None))) for c in ROOT_CAUSES),
        )
        for (a, b, rater), bands in rows.items()
    )


def _steps(band: str | None) -> int:
    return 0 if band is None else PERSONS_SHOWN.index(band) + 1


def _seam_label(a: int, b: int, rater: int | None, names: Mapping[int, str]) -> str:
    if rater is None:
        return _together(a, b, names)
    target = b if rater == a else a
    return str(_("%(rater)s about %(target)s", rater=names[rater], target=names[target]))


def _together(a: int, b: int, names: Mapping[int, str]) -> str:
    return str(_("%(a)s and %(b)s together", a=names[a], b=names[b]))


def _ranked(figures: Sequence[Figures], names: Mapping[int, str]) -> tuple[RankedTheme, ...]:
    themes: dict[Theme, tuple[str, list[Side]]] = {}
    for a, b, rater, theme, persons, change, tone in figures:
        side = Side(names.get(rater) or _together(a, b, names), persons, change, tone)
        themes.setdefault(theme, (f"{names[a]} – {names[b]}", []))[1].append(side)
    return tuple(
        sorted(
            (RankedTheme(theme, pair, tuple(sides)) for theme, (pair, sides) in themes.items()),
            key=lambda t: (
                t.theme.dismissed,
                not t.theme.pinned,
                -sum(_steps(side.persons) for side in t.sides),
                theme_name(t.theme),
            ),
        )
    )
