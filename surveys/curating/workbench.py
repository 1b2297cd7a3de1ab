"""A theme as HR works on it: every readable comment, what waits for the engine, notes, the log."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.measures import ROOT_CAUSES
from surveys.curating import deciding, undoing
from surveys.models.agreements import Agreement
from surveys.models.enums import CorrectionKind, CorrectionState, ThemeKind
from surveys.models.people import Account, Team
from surveys.models.releases import Release
from surveys.models.themes import Correction, Theme, ThemeNote
from surveys.publishing import comments
from surveys.publishing.comments import ReadComment
from surveys.reading.causes import cause_name, theme_name

NEWEST_DECISIONS = 50


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment can be moved."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the log."""

    correction_id: int
    theme_id: int
    theme: str
    says: str
    who: str
    since: str
    undoable: bool


@dataclass(frozen=True, slots=True)
class Workbench:
    """All comments of a theme in its newest wave, by side, and what HR did with it."""

    number: int | None
    sides: tuple[tuple[str, tuple[ReadComment, ...]], ...]
    moved: frozenset[str]
    places: tuple[Place, ...]
    mergeable: tuple[Place, ...]
    notes: tuple[tuple[ThemeNote, str], ...]
    decisions: tuple[Decision, ...]
    agreements: tuple[Agreement, ...]


def workbench(session: Session, theme: Theme, number: int | None) -> Workbench:
    """Everything HR needs to work on a theme whose newest wave is `number`."""
    found = comments.comments_of_theme(session, theme.id, number) if number is not None else []
    teams = [session.get_one(Team, ident) for ident in (theme.team_a_id, theme.team_b_id)]
    sides = tuple((t.name, tuple(c for c in found if c.rater_id == t.id)) for t in teams)
    others = sorted(
        (Place(str(t.id), theme_name(t)) for t in deciding.relatives(session, theme)),
        key=lambda place: place.name,
    )
    causes = [Place(code, cause_name(code)) for code in ROOT_CAUSES if code != theme.label]
    places = {ThemeKind.CAUSE: causes, ThemeKind.FOUND: others}.get(theme.kind, [])
    notes = session.execute(
        select(ThemeNote, Account.name)
        .outerjoin(Account, Account.id == ThemeNote.account_id)
        .where(ThemeNote.theme_id == theme.id)
        .order_by(ThemeNote.id.desc())
    )
    running = select(Agreement).where(
        Agreement.team_a_id == theme.team_a_id,
        Agreement.team_b_id == theme.team_b_id,
        Agreement.cause == theme.cause,
    )
    return Workbench(
        number=number,
        sides=tuple((name, found) for name, found in sides if found),
        moved=frozenset(comments.moved_into(session, theme.id)),
        places=tuple(places),
        mergeable=tuple(others) if theme.is_found else (),
        notes=tuple((note, name or _("somebody")) for note, name in notes),
        decisions=decisions(session, {theme.id}),
        agreements=tuple(session.scalars(running.order_by(Agreement.id))),
    )


def decisions(session: Session, themes: Collection[int] | None = None) -> tuple[Decision, ...]:
    """The newest decisions, of some themes or of all."""
    query = (
        select(Correction, Theme, Account.name)
        .join(Theme, Theme.id == Correction.theme_id)
        .outerjoin(Account, Account.id == Correction.account_id)
        .order_by(Correction.id.desc())
        .limit(NEWEST_DECISIONS)
    )
    if themes is not None:
        query = query.where(Correction.theme_id.in_(themes))
    found = session.execute(query).all()
    undoable = undoing.undoable(session, [row for row, _theme, _name in found])
    joined = {row.detail["other"] for row, _theme, _name in found if row.kind == "merge"}
    others = {
        theme.id: theme for theme in session.scalars(select(Theme).where(Theme.id.in_(joined)))
    }
    return tuple(
        Decision(
            correction_id=row.id,
            theme_id=theme.id,
            theme=theme_name(theme),
            says=_says(row, others),
            who=name or _("somebody"),
            since=_since(row),
            undoable=row.id in undoable,
        )
        for row, theme, name in found
    )


def newest_wave(session: Session) -> int | None:
    """Number of the newest release."""
    return session.scalar(select(Release.number).order_by(Release.number.desc()).limit(1))


def sensitive_name(kind: str) -> str:
    """Why a comment should be read first, in words."""
    return {
        "threat": str(_("perhaps a threat")),
        "harassment": str(_("perhaps harassment")),
        "discrimination": str(_("perhaps discrimination")),
        "self_harm": str(_("perhaps somebody in distress")),
        "legal": str(_("perhaps a matter of law")),
    }.get(kind, kind)


def _says(row: Correction, others: Mapping[int, Theme]) -> str:
    if row.kind == CorrectionKind.RENAME:
        after = row.detail["after"]
        return str(_("named “%(name)s”", name=after) if after else _("found name taken back"))
    if row.kind == CorrectionKind.MERGE:
        other = others.get(row.detail["other"])
        return str(_("“%(name)s” joined to it", name=theme_name(other) if other else "?"))
    if row.kind in (CorrectionKind.DISMISS, CorrectionKind.PIN):
        said = {
            (CorrectionKind.DISMISS, True): _("dismissed"),
            (CorrectionKind.DISMISS, False): _("shown to readers again"),
            (CorrectionKind.PIN, True): _("pinned"),
            (CorrectionKind.PIN, False): _("no longer pinned"),
        }
        return str(said[row.kind, bool(row.detail["after"])])
    return {
        CorrectionKind.SPLIT: str(_("to be parted")),
        CorrectionKind.MOVE: str(_("a comment moved here")),
        CorrectionKind.QUOTE_RELEASED: str(_("a quote released")),
        CorrectionKind.QUOTE_WITHHELD: str(_("a quote withheld")),
        CorrectionKind.PARAPHRASE: str(_("a quote said in other words")),
    }[row.kind]


def _since(row: Correction) -> str:
    if row.state == CorrectionState.UNDONE:
        return str(_("taken back"))
    if row.is_pending:
        return str(_("from the next wave on"))
    if row.state == CorrectionState.FAILED:
        return str(
            _("not possible: no two parts were found in it")
            if row.kind == CorrectionKind.SPLIT
            else _("not possible: the theme or the comment is gone by now")
        )
    if row.wave_number is None:
        return ""
    return str(_("since wave %(n)s", n=row.wave_number))
