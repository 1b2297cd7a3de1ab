"""What `tribometer themes` reads and writes beside the page: results and assignments."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from analysis.themes import Codebook, Embedder, EmbedderNotInstalledError, StateError, ThemeModel
from analysis.themes.embedders import make_embedder
from analysis.themes.sensitive import sensitive_kinds
from surveys.exporting.comments_file import CommentRow, CommentsFileError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def assignments_beside(out: Path) -> Path:
    """Where the CSV of assignments of a report stands."""
    return out.with_name(f"{out.stem}-assignments.csv")


def result_beside(out: Path) -> Path:
    """Where the result that a later report can be compared with stands."""
    return out.with_name(f"{out.stem}-result.json")


def chosen_embedder(name: str, cache: Path | None = None) -> Embedder:
    """The embedder of a name; raises CommentsFileError when its extra is not installed."""
    try:
        return make_embedder(name, cache)
    except EmbedderNotInstalledError as error:
        raise CommentsFileError(str(error)) from None


def read_result(path: Path, frame: Codebook, embedder: Embedder | None) -> ThemeModel:
    """The model of an earlier report; raises CommentsFileError for a file that is none."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        return ThemeModel.from_state(state, frame, embedder)
    except OSError as error:
        raise CommentsFileError(f"{path} cannot be read: {error.strerror}.") from None
    except StateError as error:
        raise CommentsFileError(f"{path}: {error}") from None
    except (ValueError, AttributeError):
        raise CommentsFileError(f"{path} is no result of an earlier report.") from None


def write_result(path: Path, model: ThemeModel) -> None:
    """Write what a later report needs to know the themes again: no comment stands in it."""
    write(path, json.dumps(model.state(), ensure_ascii=False, sort_keys=True) + "\n")


def write(path: Path, text: str) -> None:
    """Write a text file and its folder; raises CommentsFileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommentsFileError(f"{path} cannot be written: {error.strerror}.") from None


def write_assignments(
    path: Path, model: ThemeModel, rows: Sequence[CommentRow], with_team: bool
) -> None:
    """Write each comment with cause, theme, tone, reason, and whether to read it first."""
    header = ["line", *(["team"] if with_team else []), "comment", "cause", "theme", "theme name"]
    header += ["tone", "why", "read first"]
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for i, row in enumerate(rows):
                why = model.explain(i)
                tone = model.tones_[i]
                cells = [str(row.line), *([row.team or ""] if with_team else []), row.text]
                cells += [model.causes_[i] or "", "" if why.theme is None else str(why.theme)]
                cells += [why.name, "" if tone is None else f"{tone:.2f}", why.sentence()]
                cells.append(", ".join(k.value for k in sensitive_kinds(row.text)))
                writer.writerow([_safe(c) for c in cells])
    except OSError as error:
        raise CommentsFileError(f"{path} cannot be written: {error.strerror}.") from None


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (numbers below zero stay numbers)."""
    if cell.startswith(_FORMULA) and not cell[1:].replace(".", "", 1).isdigit():
        return "'" + cell
    return cell
