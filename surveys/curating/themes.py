"""HR's view of themes over all pairs, and what HR may decide about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from surveys.errors import UserError
from surveys.models.people import Team
from surveys.models.releases import Release, ThemeFigure
from surveys.models.themes import Correction, Quote, Theme
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
class RankedTheme:
    """A theme that was found, with its sides."""

    theme: Theme
    pair: str
    cause_name: str
    sides: tuple[tuple[str, str, str | None], ...]


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
        .order_by(a.name, b.name)
    ).all()
    return ThemeBoard(
        newest.number,
        tuple(cause_name(code) for code in ORDER),
        _cause_rows([row for row in figures if row[1].kind == "cause"]),
        _ranked([row for row in figures if row[1].kind != "cause"]),
    )


def rename(session: Session, theme_id: int, name: str, account_id: int) -> None:
    """Give a theme HR's own name; an empty one takes the found name back."""
    theme = _get(session, theme_id)
    _log(session, theme, account_id, "rename", before=theme.given_name, after=name)
    theme.given_name = name.strip()[:200] or None


def dismiss(session: Session, theme_id: int, dismissed: bool, account_id: int) -> None:
    """Take a theme off the readers' pages, or put it back."""
    theme = _get(session, theme_id)
    _log(session, theme, account_id, "dismiss", before=theme.dismissed, after=dismissed)
    theme.dismissed = dismissed


def decide_quote(session: Session, quote_id: int, state: str, account_id: int) -> Quote:
    """Release or withhold a quote; raises CuratingError."""
    quote = session.get(Quote, quote_id)
    if quote is None or state not in ("released", "withheld"):
        raise CuratingError(_("This quote does not exist any more."))
    theme = _get(session, quote.theme_id)
    _log(session, theme, account_id, f"quote {state}", quote=quote.id)
    # The same comment may stand for its root cause and for a theme inside it: one decision for all.
    twins = select(Quote).where(Quote.release_id == quote.release_id, Quote.text == quote.text)
    for twin in session.scalars(twins):
        twin.state = state
    return quote


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


def _get(session: Session, theme_id: int) -> Theme:
    theme = session.get(Theme, theme_id)
    if theme is None:
        raise CuratingError(_("This theme does not exist any more."))
    return theme


def _log(session: Session, theme: Theme, account_id: int, kind: str, **detail: object) -> None:
    session.add(Correction(theme_id=theme.id, account_id=account_id, kind=kind, detail=detail))


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
        sides = (*(line.sides if line else ()), (side, figure.persons_band, figure.change))
        found[theme.id] = RankedTheme(theme, f"{a} – {b}", cause_name(theme.cause), sides)
    return tuple(
        sorted(
            found.values(),
            key=lambda t: (
                t.theme.dismissed,
                -sum(BANDS.index(s[1]) + 1 for s in t.sides),
                theme_name(t.theme),
            ),
        )
    )
