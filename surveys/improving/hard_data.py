"""Series of other systems from a file: checked whole, shown before they are kept, all or nothing.

One line for each value: name, unit, better (higher or lower), day, value, and, where a series
belongs to one team only, its name under `team`. A day that is there already gets the new value.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import audit
from surveys.database import upsert
from surveys.directory.importing import Problem
from surveys.directory.tabulating import Table
from surveys.errors import UserError
from surveys.improving.goals import MAX_TARGET
from surveys.models.enums import Better
from surveys.models.hard_data import HardPoint, HardSeries
from surveys.models.people import Team

COLUMNS = ("name", "unit", "better", "day", "value")
TEAM = "team"
MAX_LENGTHS = {"name": 80, "unit": 30}
MAX_SERIES = 6
MAX_POINTS = 600
EARLIEST = date(2000, 1, 1)
#: digits behind a comma that may as well separate thousands
THOUSANDS = 3


class SeriesError(UserError):
    """A file of series that cannot be used at all."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose series it is: of both teams, or of one."""

    team_a_id: int
    team_b_id: int | None


@dataclass(slots=True)
class SeriesPlan:
    """One series of the file: its values by day, and what is there of it already."""

    name: str
    unit: str
    better: Better
    team: str
    owner: Owner
    line: int
    values: dict[date, float] = field(default_factory=dict)
    known: HardSeries | None = None
    replaced: int = 0


@dataclass(slots=True)
class Plan:
    """What a file would do; nothing is kept while there are problems."""

    series: list[SeriesPlan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def plan_series(
    session: Session, pair: tuple[Team, Team], table: Table, may_team: frozenset[int]
) -> Plan:
    """What the table would change. `may_team`: the teams for which alone the reader may speak.

    Raises SeriesError for a table without the columns or without a value.
    """
    places = _places(table.heading)
    plan = Plan()
    found: dict[tuple[Owner, str], SeriesPlan] = {}
    for number, cells in enumerate(table.rows, start=2):
        row = {c: cells[i].strip() if i < len(cells) else "" for c, i in places.items()}
        row |= {column: _one_spaced(row[column]) for column in MAX_LENGTHS}
        if any(row.values()):
            _read_row(plan, found, number, row, pair, may_team)
    if not found and not plan.problems:
        raise SeriesError(_("The file has a heading line but no value."))
    plan.series = list(found.values())
    _compare(session, plan, pair)
    plan.problems.sort(key=lambda problem: problem.line)
    return plan


def keep_series(session: Session, actor: str, plan: Plan) -> None:
    """Do what the plan says, in the caller's transaction; raises SeriesError."""
    if plan.problems:
        raise SeriesError(_("The file has problems; nothing was kept."))
    for one in plan.series:
        series = one.known or HardSeries(
            team_a_id=one.owner.team_a_id, team_b_id=one.owner.team_b_id, name=one.name
        )
        series.unit, series.better = one.unit, one.better
        session.add(series)
        session.flush()
        for day, value in one.values.items():
            upsert(
                session.connection(),
                HardPoint,
                {"series_id": series.id, "day": day},
                {"value": value},
            )
    names, values = [one.name for one in plan.series], sum(len(one.values) for one in plan.series)
    audit.record(session, actor, "brought in figures", series=names, values=values)


def remove_series(session: Session, actor: str, series: HardSeries) -> None:
    """Remove a series with all its values."""
    session.delete(series)
    audit.record(session, actor, "removed figures", series=series.name)


def _places(heading: tuple[str, ...]) -> Mapping[str, int]:
    names = [name.strip().casefold() for name in heading]
    lacking = [column for column in COLUMNS if column not in names]
    if lacking:
        raise SeriesError(
            _(
                "The heading line lacks the column “%(column)s”. It needs name, unit, better, day "
                "and value; it has: %(columns)s.",
                column=lacking[0],
                columns=", ".join(names),
            )
        )
    return {column: names.index(column) for column in (*COLUMNS, TEAM) if column in names}


def _read_row(
    plan: Plan,
    found: dict[tuple[Owner, str], SeriesPlan],
    line: int,
    row: Mapping[str, str],
    pair: tuple[Team, Team],
    may_team: frozenset[int],
) -> None:
    faults = [*_faults(row)]
    owner = _owner(row.get(TEAM, ""), pair)
    if owner is None:
        names = f"{pair[0].name}, {pair[1].name}"
        faults.append(
            (TEAM, _("Leave it empty, or name one of the teams: %(names)s.", names=names))
        )
    elif owner.team_b_id is None and owner.team_a_id not in may_team:
        faults.append((TEAM, _("Only its own manager or HR brings in figures of one team.")))
    day, value = day_of(row["day"]), number_of(row["value"])
    if not faults and owner and day and value is not None:
        made = SeriesPlan(row["name"], row["unit"], Better(row["better"].casefold()),
                          row.get(TEAM, ""), owner, line)  # fmt: skip
        series = found.setdefault((owner, made.name.casefold()), made)
        faults += _clash(series, made, day)
        series.values[day] = value
    plan.problems += [Problem(line, column, says) for column, says in faults]


def _faults(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with one line, by column."""
    faults = [
        (column, _("Needs a text of up to %(most)s letters.", most=most))
        for column, most in MAX_LENGTHS.items()
        if not 0 < len(row[column]) <= most or not row[column].isprintable()
    ]
    if row["better"].casefold() not in set(Better):
        faults.append(("better", _("Say “higher” or “lower”: which way is better?")))
    day = day_of(row["day"])
    if day is None:
        faults.append(("day", _("“%(day)s” is no day; write it as 2026-03-31.", day=row["day"])))
    elif not EARLIEST <= day <= clock.now().date():
        faults.append(("day", _("A day from 2000 until today, please.")))
    if number_of(row["value"]) is None:
        says = _("“%(value)s” is no number; write it as 1234.5.", value=row["value"])
        faults.append(("value", says))
    return faults


def _clash(series: SeriesPlan, line: SeriesPlan, day: date) -> list[tuple[str, str]]:
    """Whether a further line says something else of its series than the first one."""
    faults = []
    for column in ("unit", "better"):
        if getattr(series, column) != getattr(line, column):
            says = _("Line %(line)s says something else of this series.", line=series.line)
            faults.append((column, says))
    if day in series.values:
        faults.append(("day", _("This series has a value for that day already in this file.")))
    return faults


def _compare(session: Session, plan: Plan, pair: tuple[Team, Team]) -> None:
    """What is kept already of each series, and whether there would be too much."""
    for one in plan.series:
        one.known = _known(session, one)
        plan.problems += _relabelled(one)
        days = set(_days(session, one.known))
        one.replaced = len(days & set(one.values))
        if len(days | set(one.values)) > MAX_POINTS:
            says = _("A series has up to %(most)s values.", most=MAX_POINTS)
            plan.problems.append(Problem(one.line, "name", says))
    new = Counter(one.owner for one in plan.series if one.known is None)
    for owner, added in new.items():
        kept = select(func.count()).where(_is_of(owner))
        if (session.scalar(kept) or 0) + added > MAX_SERIES:
            line = next(one.line for one in plan.series if one.owner == owner)
            says = _("There are up to %(most)s series; remove one first.", most=MAX_SERIES)
            plan.problems.append(Problem(line, "name", says))


def _relabelled(one: SeriesPlan) -> list[Problem]:
    """What a file says otherwise of a series that is kept: its other values would be relabelled."""
    if one.known is None:
        return []
    found = {"unit": _one_spaced(one.known.unit), "better": one.known.better}
    return [
        Problem(
            one.line,
            column,
            _(
                "This series is kept as “%(kept)s”. Give the new one another name, or remove the "
                "old one first.",
                kept=kept,
            ),
        )
        for column, kept in found.items()
        if getattr(one, column) != kept
    ]


def _is_of(owner: Owner) -> ColumnElement[bool]:
    second = HardSeries.team_b_id
    return (HardSeries.team_a_id == owner.team_a_id) & (
        second.is_(None) if owner.team_b_id is None else second == owner.team_b_id
    )


def _known(session: Session, one: SeriesPlan) -> HardSeries | None:
    rows = session.scalars(select(HardSeries).where(_is_of(one.owner)))
    wanted = one.name.casefold()
    return next((row for row in rows if _one_spaced(row.name).casefold() == wanted), None)


def _days(session: Session, series: HardSeries | None) -> list[date]:
    if series is None:
        return []
    return list(session.scalars(select(HardPoint.day).where(HardPoint.series_id == series.id)))


def _owner(team: str, pair: tuple[Team, Team]) -> Owner | None:
    a, b = pair
    if not team:
        return Owner(a.id, b.id)
    found = next((t for t in pair if t.name.casefold() == team.casefold()), None)
    return Owner(found.id, None) if found else None


def _one_spaced(text: str) -> str:
    """The words of a text, one space between: more of them cannot be seen."""
    return " ".join(text.split())


def day_of(text: str) -> date | None:
    """The day of an ISO text, also as a workbook gives it with an hour of nothing."""
    try:
        return date.fromisoformat(text.removesuffix(" 00:00:00"))
    except ValueError:
        return None


def number_of(text: str) -> float | None:
    """A finite number with a point or a comma; None where a comma could mean thousands."""
    plain = text.replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    whole, comma, rest = plain.partition(",")
    if comma and (("." in plain) or len(rest) == THOUSANDS):
        return None
    try:
        value = float(f"{whole}.{rest}" if comma else plain)
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) <= MAX_TARGET and "_" not in plain else None
