"""HR's view of themes over all pairs."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
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


@dataclass(frozen=True, slots=True)
class Side:
    """How many persons of a side (or of both together) raise a theme, and how."""

    team: str
    persons: str
    change: str | None
    tone: str | None


@dataclass(frozen=True, slots=True)
class RankedTheme:
    """A theme that was found, with its sides."""

    theme: Theme
    pair: str
    cause_name: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class ThemeBoard:
    """HR's first page: root cause × seam, then the themes, most persons first."""

    number: int | None
    causes: tuple[str, ...]
    rows: tuple[CauseRow, ...]
    themes: tuple[RankedTheme, ...]


def theme_board(session: Session) -> ThemeBoard:
    """The board of the newest release."""
    newest = session.scalar(select(Release).order_by(Release.number.desc()).limit(1))
    if newest is None:
        return ThemeBoard(None, (), (), ())
    a, b = aliased(Team), aliased(Team)
    figures = session.execute(
        select(ThemeFigure, Theme, a.name, b.name)
        .join(Theme, Theme.id == ThemeFigure.theme_id)
        .join(a, a.id == ThemeFigure.team_a_id)
        .join(b, b.id == ThemeFigure.team_b_id)
        .where(ThemeFigure.release_id == newest.id)
        .order_by(a.name, b.name, Theme.id, ThemeFigure.rater_id)
    ).all()
    return ThemeBoard(
        newest.number,
        tuple(cause_name(code) for code in ORDER),
        _cause_rows([row for row in figures if row[1].kind == "cause"]),
        _ranked([row for row in figures if row[1].kind != "cause"]),
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


def _cause_rows(figures: Sequence[tuple[ThemeFigure, Theme, str, str]]) -> tuple[CauseRow, ...]:
    rows: dict[tuple[int, int, int | None], dict[str, tuple[str, int]]] = {}
    labels: dict[tuple[int, int, int | None], str] = {}
    for figure, theme, a, b in figures:
        key = (figure.team_a_id, figure.team_b_id, figure.rater_id)
        rows.setdefault(key, {})[theme.label] = (figure.persons_band, theme.id)
        labels[key] = _seam_label(figure, a, b)
    return tuple(
        CauseRow(
            labels[key],
            (key[0], key[1]),
            tuple(CauseCell(cause_name(c), *bands.get(c, (None, None))) for c in ORDER),
        )
        for key, bands in rows.items()
    )


def _seam_label(figure: ThemeFigure, a: str, b: str) -> str:
    if figure.rater_id is None:
        return str(_("%(a)s and %(b)s together", a=a, b=b))
    rater, target = (a, b) if figure.rater_id == figure.team_a_id else (b, a)
    return str(_("%(rater)s about %(target)s", rater=rater, target=target))


def _ranked(figures: Sequence[tuple[ThemeFigure, Theme, str, str]]) -> tuple[RankedTheme, ...]:
    found: dict[int, RankedTheme] = {}
    for figure, theme, a, b in figures:
        both = str(_("%(a)s and %(b)s together", a=a, b=b))
        side = both if figure.rater_id is None else a if figure.rater_id == figure.team_a_id else b
        line = found.get(theme.id)
        voice = Side(side, figure.persons_band, figure.change, tone_name(figure.tone))
        sides = (*(line.sides if line else ()), voice)
        found[theme.id] = RankedTheme(theme, f"{a} – {b}", cause_name(theme.cause), sides)
    return tuple(
        sorted(
            found.values(),
            key=lambda t: (
                t.theme.dismissed,
                not t.theme.pinned,
                -sum(BANDS.index(side.persons) + 1 for side in t.sides),
                theme_name(t.theme),
            ),
        )
    )
