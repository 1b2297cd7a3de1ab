"""A directory file as it comes, CSV or XLSX, whatever its columns are called: to our own CSV."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from surveys.directory.importing import NEEDED, OPTIONAL, FileProblem, decode

#: what other systems call our columns
SYNONYMS = {
    "name": (
        "full name", "employee", "display name", "mitarbeiter", "mitarbeiterin", "nom",
        "nom complet", "nombre", "nombre completo", "nome", "nome completo", "naam", "nazwisko",
        "imię i nazwisko", "namn", "ad soyad", "isim", "الاسم", "氏名", "名前",
    ),
    "email": (
        "e-mail", "mail", "email address", "e-mail address", "work email", "e-mail-adresse",
        "mailadresse", "courriel", "adresse e-mail", "correo", "correo electrónico", "posta",
        "e-mailadres", "adres e-mail", "e-post", "e-posta", "البريد الإلكتروني", "メール",
        "メールアドレス",
    ),
    "team": (
        "department", "group", "org unit", "abteilung", "gruppe", "équipe", "equipe", "service",
        "equipo", "departamento", "squadra", "reparto", "ufficio", "afdeling", "zespół", "dział",
        "avdelning", "grupp", "ekip", "takım", "departman", "الفريق", "部署", "チーム",
    ),
    "language": ("lang", "locale", "sprache", "langue", "idioma", "lingua", "taal", "język"),
    "manager": ("is manager", "lead", "leitung", "führungskraft", "responsable", "chef"),
}  # fmt: skip
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
"""Bytes that a workbook may unpack to; a harmless one of 200,000 people has a tenth."""
MAX_PARTS = 500
MAX_ROWS, MAX_COLUMNS = 200_000, 60


@dataclass(frozen=True, slots=True)
class Table:
    """Heading and rows as text; `rows[0]` is line 2 of the file."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table_of(raw: bytes) -> Table:
    """The table of a CSV or XLSX file, recognised by its content; raises FileProblem."""
    if raw.startswith(b"PK\x03\x04"):
        return _from_workbook(raw)
    text = decode(raw)
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise FileProblem(_("This cannot be read as CSV: %(error)s.", error=error)) from error
    return Table(tuple(lines[0]), tuple(map(tuple, lines[1:])))


def guess(heading: Sequence[str]) -> dict[str, int]:
    """Which of our columns is which of theirs, as far as names tell."""
    plain = [" ".join(name.replace("_", " ").split()).casefold() for name in heading]
    found: dict[str, int] = {}
    for column in (*NEEDED, *OPTIONAL):
        names = (column, *SYNONYMS[column])
        place = next((plain.index(name) for name in names if name in plain), None)
        if place is not None and place not in found.values():
            found[column] = place
    return found


def lacking(columns: Mapping[str, int]) -> list[str]:
    """Needed columns that are not found."""
    return [column for column in NEEDED if column not in columns]


def our_csv(table: Table, columns: Mapping[str, int]) -> str:
    """The table under our own heading, line for line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in table.rows:
        # A cell that holds a line end would shift the lines that problems are reported by.
        writer.writerow(
            [
                " ".join(row[place].splitlines()) if place < len(row) else ""
                for place in columns.values()
            ]
        )
    return out.getvalue()


def plain_csv(table: Table) -> str:
    """The table as it came, as CSV: for carrying it through a page."""
    places = {str(i): i for i in range(len(table.heading))}
    return our_csv(Table((), (table.heading, *table.rows)), places).split("\n", 1)[1]


def _from_workbook(raw: bytes) -> Table:
    """The first sheet; a workbook that would unpack to too much is refused unread."""
    # Read by few pages, but a fifth of a second and 24 MB of every start.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise FileProblem(
                    _("This workbook is too large when unpacked. Save its first sheet as CSV.")
                )
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [
            tuple("" if cell is None else str(cell).strip() for cell in line)
            for line in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        ]
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileProblem(
            _("This cannot be read as a workbook. Save it again as XLSX, or as CSV.")
        ) from error
    if not any(any(line) for line in lines):
        raise FileProblem(_("The first sheet of this workbook is empty."))
    width = max((i + 1 for i, cell in enumerate(lines[0]) if cell), default=0)
    return Table(lines[0][:width], tuple(line[:width] for line in lines[1:]))
