"""HR's view of themes over all pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from surveys.errors import UserError
from surveys.models.people import Team
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Quote, Theme
from surveys.reading.causes import ORDER, cause_name, theme_name

BANDS = ("5–9", "10–19", "20+")


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
    change: str | None
    word: str | None

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


@dataclass(frozen=True, slots=True)
class ThemeBoard:
    """HR's first page: root cause × seam, then the themes, most persons first."""

    number: int | None
    causes: tuple[str, ...]
    rows: tuple[CauseRow, ...]
    themes: tuple[RankedTheme, ...]

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
        return ThemeBoard(None, (), (), ())
    return ThemeBoard(
        newest.number,
        tuple(cause_name(code) for code in ORDER),
        _cause_rows(session.execute(_shown(newest.id, Theme.label).where(OF_A_CAUSE)).all()),
        _ranked(session.execute(_shown(newest.id, Theme).where(~OF_A_CAUSE)).all()),
    )


OF_A_CAUSE = Theme.kind == "cause"


def _shown(release_id: int, of_theme: Any) -> Select[Any]:
    """The figures of a release as rows, with the names of both teams as `a` and `b`."""
    a, b = aliased(Team), aliased(Team)
    return (
        select(
            ThemeFigure.theme_id,
            ThemeFigure.team_a_id,
            ThemeFigure.team_b_id,
            ThemeFigure.rater_id,
            ThemeFigure.persons_band,
            ThemeFigure.tone,
            ThemeFigure.change,
            a.name.label("a"),
            b.name.label("b"),
            of_theme,
        )
        .join(Theme, Theme.id == ThemeFigure.theme_id)
        .join(a, a.id == ThemeFigure.team_a_id)
        .join(b, b.id == ThemeFigure.team_b_id)
        .where(ThemeFigure.release_id == release_id)
        .order_by(a.name, b.name, Theme.id, ThemeFigure.rater_id)
    )


TONES = {
    "sharp": _l("sharp in tone"),
    "annoyed": _l("annoyed in tone"),
    "factual": _l("factual in tone"),
    "warm": _l("warm in tone"),
}


def tone_name(word: str | None) -> str | None:
    """What the pages call a tone."""
    return str(TONES[word]) if word in TONES else None


def quotes_of(session: Session, theme_id: int) -> list[tuple[Quote, str, int]]:
    """(quote, team that wrote it or "" for the pair as a whole, wave number), newest first."""
    rows = session.execute(
        select(Quote, Team.name, Release.number)
        .outerjoin(Team, Team.id == Quote.rater_id)
        .join(Release, Release.id == Quote.release_id)
        .where(Quote.theme_id == theme_id)
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


def _cause_rows(figures: Sequence[Row[Any]]) -> tuple[CauseRow, ...]:
    rows: dict[tuple[int, int, int | None], dict[str, tuple[str, int]]] = {}
    labels: dict[tuple[int, int, int | None], str] = {}
    for figure in figures:
        key = (figure.team_a_id, figure.team_b_id, figure.rater_id)
        rows.setdefault(key, {})[figure.label] = (figure.persons_band, figure.theme_id)
        if key not in labels:
            labels[key] = _seam_label(figure)
    names = {code: cause_name(code) for code in ORDER}
    return tuple(
        CauseRow(
            labels[key],
            (key[0], key[1]),
            tuple(CauseCell(names[c], *bands.get(c, (None, None))) for c in ORDER),
        )
        for key, bands in rows.items()
    )


def _steps(band: str | None) -> int:
    return 0 if band is None else BANDS.index(band) + 1


def _seam_label(figure: Row[Any]) -> str:
    a, b = figure.a, figure.b
    if figure.rater_id is None:
        return str(_("%(a)s and %(b)s together", a=a, b=b))
    rater, target = (a, b) if figure.rater_id == figure.team_a_id else (b, a)
    return str(_("%(rater)s about %(target)s", rater=rater, target=target))


def _side_name(figure: Row[Any]) -> str:
    if figure.rater_id is None:
        return str(_("%(a)s and %(b)s together", a=figure.a, b=figure.b))
    return str(figure.a if figure.rater_id == figure.team_a_id else figure.b)


def _ranked(figures: Sequence[Row[Any]]) -> tuple[RankedTheme, ...]:
    themes: dict[int, tuple[Theme, str]] = {}
    sides: dict[int, list[Side]] = {}
    for figure in figures:
        themes[figure.theme_id] = figure.Theme, f"{figure.a} – {figure.b}"
        side = Side(_side_name(figure), figure.persons_band, figure.change, figure.tone)
        sides.setdefault(figure.theme_id, []).append(side)
    return tuple(
        sorted(
            (RankedTheme(theme, pair, tuple(sides[n])) for n, (theme, pair) in themes.items()),
            key=lambda t: (
                t.theme.dismissed,
                not t.theme.pinned,
                -sum(_steps(side.persons) for side in t.sides),
                theme_name(t.theme),
            ),
        )
    )
