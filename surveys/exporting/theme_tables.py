"""HR's themes of the newest wave as tables: bands, tones and, if allowed, released quotes."""

import csv
import io

import xlsxwriter
from sqlalchemy.orm import Session

from surveys.curating.themes import ThemeBoard, quotes
from surveys.exporting.tables import Cell, safe
from surveys.models.releases import Release
from surveys.models.themes import Quote
from surveys.reading.causes import theme_name

THEMES = ("pair", "theme", "root cause", "side", "persons", "change", "tone", "dismissed")
QUOTES = ("pair", "theme", "side", "wave", "quote", "in HR's words")


def theme_rows(board: ThemeBoard) -> list[tuple[Cell, ...]]:
    """One row for each theme and side of the newest wave, in the order of the board."""
    return [
        (
            line.pair,
            theme_name(line.theme),
            line.cause_name,
            side.team,
            side.persons,
            side.change,
            side.tone,
            "yes" if line.theme.dismissed else "no",
        )
        for line in board.themes
        for side in line.sides
    ]


def quote_rows(session: Session, board: ThemeBoard) -> list[tuple[Cell, ...]]:
    """One row for each released quote of the board's themes; HR's words where there are any."""
    of_theme: dict[int, list[tuple[Quote, str, int]]] = {}
    released = Quote.state == "released"
    for found in quotes(session, released, Release.number == board.number):
        of_theme.setdefault(found[0].theme_id, []).append(found)
    return [
        (
            line.pair,
            theme_name(line.theme),
            writer,
            number,
            quote.paraphrase or quote.text,
            "yes" if quote.paraphrase else "no",
        )
        for line in board.themes
        for quote, writer, number in of_theme.get(line.theme.id, ())
    ]


def themes_csv(board: ThemeBoard) -> str:
    """The themes as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(THEMES)
    writer.writerows([safe(cell) for cell in row] for row in theme_rows(board))
    return out.getvalue()


def themes_xlsx(session: Session, board: ThemeBoard, with_quotes: bool) -> bytes:
    """A workbook with the themes and, if allowed, the released quotes."""
    sheets: list[tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]] = [
        ("Themes", THEMES, theme_rows(board))
    ]
    if with_quotes:
        sheets.append(("Quotes", QUOTES, quote_rows(session, board)))
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        for name, heading, rows in sheets:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 2, 28)
            sheet.write_row(0, 0, heading, bold)
            for r, row in enumerate(rows, start=1):
                for c, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(r, c, cell)
    return out.getvalue()
