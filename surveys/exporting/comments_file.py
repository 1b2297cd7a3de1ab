"""Read a file of comments with errors that say what to do."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from surveys.errors import UserError

_SEPARATORS = ",;\t|"


class CommentsFileError(UserError):
    """A file of comments that cannot be read."""


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment: its line in the file (1 = header), its text, its team if there is a column."""

    line: int
    text: str
    team: str | None


def read_comments(path: Path, text_column: str, team_column: str | None) -> list[CommentRow]:
    """Comments of a CSV file in order; rows with an empty comment are left out.

    Separator: comma, semicolon, tab or bar, whichever the header has. Raises CommentsFileError
    for a missing, empty, wrongly encoded or broken file, or a column that is not there.
    """
    text = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        header = [h.strip() for h in next(reader)]
        at = _column(header, text_column, path)
        team_at = None if team_column is None else _column(header, team_column, path)
        rows = []
        for cells in reader:
            comment = cells[at].strip() if at < len(cells) else ""
            team = cells[team_at].strip() if team_at is not None and team_at < len(cells) else None
            if comment:
                rows.append(CommentRow(reader.line_num, comment, team or None))
    except csv.Error as error:
        raise CommentsFileError(f"{path} is broken at line {reader.line_num}: {error}.") from None
    if not rows:
        raise CommentsFileError(f"{path} has no comment in the column “{text_column}”.")
    return rows


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise CommentsFileError(f"There is no file {path}.") from None
    except OSError as error:
        raise CommentsFileError(f"{path} cannot be read: {error.strerror}.") from None
    if not raw.strip():
        raise CommentsFileError(f"{path} is empty.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CommentsFileError(
            f"{path} is not UTF-8 text (line {line}); save it as “CSV UTF-8” and try again."
        ) from None


def _separator(text: str) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    return max(_SEPARATORS, key=first.count) if any(s in first for s in _SEPARATORS) else ","


def _column(header: list[str], wanted: str, path: Path) -> int:
    if wanted in header:
        return header.index(wanted)
    folded = [h.casefold() for h in header]
    if folded.count(wanted.strip().casefold()) == 1:
        return folded.index(wanted.strip().casefold())
    there = ", ".join(f"“{h}”" for h in header if h)
    raise CommentsFileError(f"{path} has no column “{wanted}”; its columns are {there}.")
