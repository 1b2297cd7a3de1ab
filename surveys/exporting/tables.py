"""The pair page as tables, for CSV and XLSX: the same view model, cells typed, never a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import date

import xlsxwriter

from surveys.reading.figures import FigureView
from surveys.reading.hard_data import SeriesView
from surveys.reading.pages import PairPage, SeamLine

Cell = str | int | float | date | None
#: name, heading and rows
Sheet = tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]
SERIES_HEADING = ("name", "unit", "better", "team", "day", "value")
HEADING = ("month", "rater", "about", "friction", "low", "high", "answers", "note")


def pair_rows(page: PairPage) -> list[tuple[Cell, ...]]:
    """One row for each month and side."""
    return [
        (month.opened_on, line.rater, line.target, *figure_cells(figure))
        for i, month in enumerate(page.months)
        for line in page.lines
        for figure in (line.figures[i],)
    ]


def cause_rows(page: PairPage) -> list[tuple[Cell, ...]]:
    """One row for each root cause and side of the newest month."""
    return [
        (cause.name, line.rater, line.target, *figure_cells(figure))
        for cause in page.causes
        for line, figure in zip(page.lines, cause.sides, strict=True)
    ]


def profile_rows(page: PairPage) -> list[tuple[Cell, ...]]:
    """One row for each root cause and side over the last four months."""
    return [
        (cause.name, line.rater, line.target, *figure_cells(figure))
        for cause in page.causes
        for line, figure in zip(page.lines, cause.recent, strict=True)
    ]


def newest_rows(page: PairPage) -> list[tuple[Cell, ...]]:
    """What the newest month says beyond the trend: pair, gap, changes, blind spots, in points."""
    names = (page.a.name, page.b.name)
    rows: list[tuple[Cell, ...]] = [
        ("mean of both sides", *names, *figure_cells(page.level)),
        ("first side minus second", *names, *figure_cells(page.gap)),
    ]
    for line in page.lines:
        who = (line.rater, line.target)
        rows.append(("guess minus the other side's answer", *who, *figure_cells(line.blind_spot)))
        change = line.change
        found = (change.value, change.low, change.high) if change else (None, None, None)
        rows.append(("change since the figure before", *who, *found, None, _seen(line)))
    return rows


def series_rows(several: Iterable[SeriesView]) -> list[tuple[Cell, ...]]:
    """Figures of other systems, one row for each value; the form in which they are brought in."""
    return [
        (series.name, series.unit, series.better, series.team, day, value)
        for series in several
        for day, value in series.points
    ]


def series_csv(several: Iterable[SeriesView]) -> str:
    """Figures of other systems as CSV, apart from those of the survey."""
    return _as_csv(SERIES_HEADING, series_rows(several))


def _seen(line: SeamLine) -> str:
    if line.change is None:
        return "no two values to compare"
    said = "beyond chance among all pairs" if line.change.stands_out else "not beyond chance"
    return f"{said}; {line.smallest_change} points or more could be seen"


def figure_cells(figure: FigureView) -> tuple[Cell, ...]:
    """Value, low, high, band of answers, and a note where there is no plain value."""
    if figure.shown:
        return figure.value, figure.low, figure.high, figure.n_band, ""
    return None, None, None, figure.n_band, figure.why or figure.digits


def safe(cell: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula gets a leading apostrophe."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell


def pair_csv(page: PairPage) -> str:
    """The trend as CSV."""
    return _as_csv(HEADING, pair_rows(page))


def _as_csv(heading: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heading)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def pair_xlsx(page: PairPage) -> bytes:
    """A workbook with the trend, the newest month and the root causes.

    Figures of other systems have a sheet of their own, where there are any.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        bold = book.add_format({"bold": True})
        for name, heading, rows in _sheets(page):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 2, 26)
            sheet.write_row(0, 0, heading, bold)
            for r, row in enumerate(rows, start=1):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(r, c, cell, day)
                    elif cell is not None:
                        sheet.write(r, c, cell)
    return out.getvalue()


def _sheets(page: PairPage) -> list[Sheet]:
    sheets: list[Sheet] = [
        ("Trend", ("month", *HEADING[1:]), pair_rows(page)),
        ("This month", ("figure", "side", "other side", *HEADING[3:]), newest_rows(page)),
        ("Root causes", ("root cause", *HEADING[1:]), cause_rows(page)),
        ("Root causes, four months", ("root cause", *HEADING[1:]), profile_rows(page)),
    ]
    return (
        [*sheets, ("Other systems", SERIES_HEADING, series_rows(page.series))]
        if page.series
        else sheets
    )
