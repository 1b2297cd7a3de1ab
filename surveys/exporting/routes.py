"""Files to take along."""

from flask import Blueprint, Response
from flask_babel import get_locale
from flask_babel import gettext as _

from surveys.access.policy import policy
from surveys.access.viewer import viewer
from surveys.curating.themes import theme_board
from surveys.exporting import slides
from surveys.exporting.pdf import chart_style, pdf_of
from surveys.exporting.tables import pair_csv, pair_xlsx
from surveys.exporting.tables import series_csv as series_text
from surveys.exporting.theme_tables import themes_csv, themes_xlsx
from surveys.models.enums import Role
from surveys.reading.hard_data import series_of
from surveys.reading.meeting import meeting_kit
from surveys.reading.pages import readable_pair, readable_teams
from surveys.reading.rendering import meeting_html, pair_html
from surveys.web import db, installation

blueprint = Blueprint("exporting", __name__)
BLUEPRINTS = (blueprint,)
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/pairs/<int:team_a>/<int:team_b>.csv")
@policy(Role.HR, Role.MANAGER)
def csv_file(team_a: int, team_b: int) -> Response:
    """The trend of a pair as CSV."""
    page = readable_pair(db(), viewer(), team_a, team_b)
    # With its mark, so that spreadsheets read the dashes of the bands rightly.
    return _file(pair_csv(page).encode("utf-8-sig"), "text/csv; charset=utf-8", "csv", page.title)


@blueprint.get("/pairs/<int:team_a>/<int:team_b>/series.csv")
@policy(Role.HR, Role.MANAGER)
def series_csv(team_a: int, team_b: int) -> Response:
    """Figures of other systems beside a pair, as CSV; the form in which they are brought in."""
    pair = readable_teams(db(), viewer(), team_a, team_b)
    content = series_text(series_of(db(), pair.a, pair.b)).encode("utf-8-sig")
    return _file(content, "text/csv; charset=utf-8", "csv", f"{pair.title} {_('Series')}")


@blueprint.get("/pairs/<int:team_a>/<int:team_b>.xlsx")
@policy(Role.HR, Role.MANAGER)
def xlsx_file(team_a: int, team_b: int) -> Response:
    """The trend and the root causes of a pair as a workbook."""
    page = readable_pair(db(), viewer(), team_a, team_b)
    return _file(pair_xlsx(page), XLSX, "xlsx", page.title)


@blueprint.get("/pairs/<int:team_a>/<int:team_b>.pdf")
@policy(Role.HR, Role.MANAGER)
def pdf_file(team_a: int, team_b: int) -> Response:
    """The page of a pair as a PDF."""
    page = readable_pair(db(), viewer(), team_a, team_b)
    html = pair_html(page, chart_style(), quotes_in_files())
    return _file(pdf_of(html), "application/pdf", "pdf", page.title)


@blueprint.get("/pairs/<int:team_a>/<int:team_b>/meeting.pdf")
@policy(Role.HR, Role.MANAGER)
def meeting_pdf(team_a: int, team_b: int) -> Response:
    """The meeting kit of a pair as a PDF."""
    page = readable_pair(db(), viewer(), team_a, team_b)
    html = meeting_html(page, chart_style(), quotes_in_files())
    return _file(pdf_of(html), "application/pdf", "pdf", f"{page.title} {_('Meeting kit')}")


@blueprint.get("/pairs/<int:team_a>/<int:team_b>/meeting.pptx")
@policy(Role.HR, Role.MANAGER)
def meeting_slides(team_a: int, team_b: int) -> Response:
    """The meeting kit of a pair as slides."""
    page = readable_pair(db(), viewer(), team_a, team_b)
    content = slides.meeting_slides(meeting_kit(page), str(get_locale()), quotes_in_files())
    return _file(content, PPTX, "pptx", f"{page.title} {_('Meeting kit')}")


@blueprint.get("/hr/themes.csv")
@policy(Role.HR)
def themes_csv_file() -> Response:
    """The themes of the newest wave as CSV."""
    board = theme_board(db())
    content = themes_csv(board).encode("utf-8-sig")
    return _file(content, "text/csv; charset=utf-8", "csv", "themes")


@blueprint.get("/hr/themes.xlsx")
@policy(Role.HR)
def themes_xlsx_file() -> Response:
    """The themes of the newest wave as a workbook, with released quotes if these may leave."""
    content = themes_xlsx(db(), theme_board(db()), quotes_in_files())
    return _file(content, XLSX, "xlsx", "themes")


def quotes_in_files() -> bool:
    """Whether files may carry what people wrote."""
    return installation().settings.comment_export != "none"


def _file(content: bytes, kind: str, ending: str, title: str) -> Response:
    response = Response(content, content_type=kind)
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in title).strip("-").lower()
    response.headers["Content-Disposition"] = f'attachment; filename="{name or "pair"}.{ending}"'
    return response
