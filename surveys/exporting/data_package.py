"""Everything that was published, as a data package: CSV files and what their columns mean.

A data package (specs.frictionlessdata.io) is a folder of CSV files with a `datapackage.json`, which
spreadsheets, statistics programs and databases read. No comment is in it but quotes that HR
released; the figures are the released ones, with their reasons where there is none.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Select, func, select, type_coerce
from sqlalchemy.orm import Session

from surveys import clock
from surveys.errors import UserError
from surveys.exporting.column_words import WORDS as MEANING
from surveys.exporting.tables import safe
from surveys.models.agreements import Agreement, Note, Signature, Step
from surveys.models.goals import Goal, GoalConflict
from surveys.models.hard_data import HardPoint, HardSeries
from surveys.models.people import Team
from surveys.models.pulses import Item, Pulse
from surveys.models.releases import Figure, HandoverFigure, Release, ThemeFigure, Trend
from surveys.models.themes import Quote, Theme

#: type of a column -> what the specification calls it
KINDS: dict[type, str] = {
    bool: "boolean", int: "integer", float: "number", date: "date", str: "string",
}  # fmt: skip
WAVE = Release.number.label("wave")
#: table -> the file that holds its rows by id
NAMED = {"team": "teams", "theme": "themes", "agreement": "agreements", "goal": "goals"}
#: HR's words stand for the writer's where there are any
WORDS = func.coalesce(Quote.paraphrase, Quote.text).label("quote")


#: what a file holds, in a sentence, and its rows
Table = tuple[str, Any]


class ExportError(UserError):
    """A package that cannot be written."""


def _all(*columns: Any) -> Select[Any]:
    return select(*columns).order_by(columns[0])


def _of_waves(table: Any, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(Release, Release.id == table.release_id)
        .order_by(*table.__table__.primary_key.columns)
    )


#: what each file holds: a sentence, and its rows in the order of their keys
TABLES: dict[str, Table] = {
    "teams": ("Teams; the other files name them by id", _all(Team.id, Team.name, Team.active)),
    "waves": (
        "Published waves",
        _all(Release.number.label("wave"), Release.opened_on, Release.published_on),
    ),
    "items": (
        "The questions in use, with their wordings",
        select(Item.code, Item.position, Item.rotation, Item.construct, Item.cause, Item.reverse,
               Item.wording, Item.own)
        .where(Item.instrument_id.in_(select(Pulse.instrument_id)))
        .order_by(Item.instrument_id, Item.position),
    ),
    "figures": (
        "All released figures of seams (rater about target) and pairs by wave: levels 0 (no "
        "friction) to 100, and differences, with their 95 % intervals",
        _of_waves(Figure, WAVE, Figure.rater_id, Figure.target_id, Figure.measure,
                  Figure.state, Figure.value, Figure.low, Figure.high,
                  Figure.n_band.label("answers"), Figure.words, Figure.reason),
    ),
    "trends": (
        "Alarms and changes since the wave before, in points; moved: beyond chance among all",
        _of_waves(Trend, WAVE, Trend.rater_id, Trend.target_id, Trend.alarm, Trend.change,
                  Trend.change_low, Trend.change_high, Trend.moved, Trend.fragile,
                  Trend.smallest_change),
    ),
    "themes": (
        "Themes; HR's name, where given, beside the one that was found",
        _all(Theme.id, Theme.team_a_id, Theme.team_b_id, Theme.kind, Theme.label, Theme.cause,
             Theme.name, Theme.given_name, Theme.dismissed, Theme.pinned),
    ),
    "theme_figures": (
        "How many persons raised a theme, in bands; no rater: of both teams together",
        _of_waves(ThemeFigure, WAVE, ThemeFigure.theme_id, ThemeFigure.rater_id,
                  ThemeFigure.persons_band.label("persons"), ThemeFigure.tone,
                  ThemeFigure.change),
    ),
    "handovers": (
        "Points of hand-over named by enough persons, and hours lost there, in bands",
        _of_waves(HandoverFigure, WAVE, HandoverFigure.rater_id, HandoverFigure.target_id,
                  HandoverFigure.point, HandoverFigure.persons_band.label("persons"),
                  HandoverFigure.hours_band.label("hours")),
    ),
    "agreements": (
        "Agreements; effect: the verdict as it was computed, in points",
        _all(Agreement.id, Agreement.team_a_id, Agreement.team_b_id, Agreement.cause,
             Agreement.strategy, Agreement.text, Agreement.theme_id, Agreement.starts_on,
             Agreement.expected, Agreement.expected_by, Agreement.ended_on,
             Agreement.end_reason, type_coerce(Agreement.effect, JSON).label("effect")),
    ),
    "signatures": (
        "For which team an agreement was signed",
        _all(Signature.agreement_id, Signature.team_id, Signature.signed_on),
    ),
    "steps": (
        "Steps of agreements; no team: of both",
        _all(Step.id, Step.agreement_id, Step.text, Step.due_on, Step.team_id, Step.done_on),
    ),
    "notes": (
        "What happened, on the time axis of a pair",
        _all(Note.id, Note.team_a_id, Note.team_b_id, Note.happened_on, Note.text),
    ),
    "goals": (
        "Goals of teams",
        _all(Goal.id, Goal.team_id, Goal.name, Goal.better, Goal.unit, Goal.target,
             Goal.period, Goal.ended_on),
    ),
    "goal_conflicts": (
        "Goals that pull against each other",
        _all(GoalConflict.id, GoalConflict.goal_a_id, GoalConflict.goal_b_id,
             GoalConflict.text, GoalConflict.marked_on, GoalConflict.settled_on,
             GoalConflict.shared),
    ),
    "series": (
        "Figures of other systems, not of the survey; no second team: of one team alone",
        select(HardSeries.team_a_id, HardSeries.team_b_id, HardSeries.name, HardSeries.unit,
               HardSeries.better, HardPoint.day, HardPoint.value)
        .join(HardPoint, HardPoint.series_id == HardSeries.id)
        .order_by(HardSeries.id, HardPoint.day),
    ),
}  # fmt: skip
QUOTES: Table = (
    "Quotes that HR released, names removed; HR's words where it put them instead",
    select(WAVE, Quote.theme_id, Quote.rater_id, WORDS)
    .join(Release, Release.id == Quote.release_id)
    .where(Quote.is_released)
    .order_by(Release.number, Quote.theme_id, Quote.rater_id, WORDS),
)


def write_package(session: Session, path: Path, organisation: str, with_quotes: bool) -> int:
    """Write the zip file; returns how many rows. Raises ExportError if it is there already."""
    draft = path.with_name(f".{path.name}.part")
    chosen = TABLES | ({"quotes": QUOTES} if with_quotes else {})
    if path.exists():
        raise ExportError(f"{path} is there already; choose another name.")
    try:
        rows, resources = 0, []
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
            for name, (says, query) in chosen.items():
                lines = list(_lines(session, query))
                rows += len(lines) - 1
                file.writestr(f"{name}.csv", _csv(lines))
                resources.append(_resource(name, says, query))
            file.writestr(
                "datapackage.json", json.dumps(_package(organisation, resources), indent=1)
            )
        draft.chmod(0o600)
        draft.replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return rows


def _lines(session: Session, query: Select[Any]) -> Iterator[list[Any]]:
    yield [column.key for column in query.selected_columns]
    for row in session.execute(query):
        yield [_cell(value) for value in row]


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe(value)


def _csv(lines: list[list[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def _resource(name: str, says: str, query: Select[Any]) -> dict[str, Any]:
    return {
        "name": name.replace("_", "-"),
        "path": f"{name}.csv",
        "description": says,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": c.key, "type": _kind(c.type), "description": MEANING[str(c.key)]}
                for c in query.selected_columns
            ],
            "foreignKeys": [
                key
                for c in query.selected_columns
                for key in _leads_to(c)
                if key["reference"]["resource"] != name
            ],
        },
    }


def _leads_to(column: Any) -> list[dict[str, Any]]:
    """Which row of which other file a value names, if it does."""
    if column.key == WAVE.key:
        found = [("waves", column.key)]
    else:
        tables = [key.column.table.name for key in column.foreign_keys]
        found = [(NAMED[table], "id") for table in tables if table in NAMED]
    return [
        {"fields": column.key, "reference": {"resource": file, "fields": field}}
        for file, field in found
    ]


def _kind(kind: Any) -> str:
    return "object" if isinstance(kind, JSON) else KINDS.get(kind.python_type, "string")


def _package(organisation: str, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": "tribometer-results",
        "title": f"Published results: {organisation}",
        "profile": "tabular-data-package",
        "created": clock.now().isoformat(timespec="seconds"),
        "resources": resources,
    }
