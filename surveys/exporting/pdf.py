"""The pair page as a PDF, made from the same template; needs the extra `pdf`."""

from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from surveys.database import ROOT
from surveys.errors import UserError
from surveys.reading.colours import coloured

#: base of the page's links; no such host exists, and it is never asked
HERE = "http://tribometer.invalid/"
CHART_STYLE = ROOT / "static" / "css" / "chart-print.css"


class NoPdfError(UserError):
    """The renderer of PDF files is not installed."""

    status = 501


def chart_style() -> str:
    """The style sheet that charts carry in a PDF."""
    return coloured(CHART_STYLE.read_text(encoding="utf-8"))


def pdf_of(html: str) -> bytes:
    """The page as a PDF. Only the product's own style sheets are read, nothing is fetched.

    Raises NoPdfError where WeasyPrint or its system library Pango is missing.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (ImportError, OSError) as error:
        raise NoPdfError(
            _(
                "PDF files need Tribometer's extra “pdf” and the system library Pango. "
                "Ask whoever runs this server; printing the page gives the same."
            )
        ) from error

    class OwnFilesOnly(URLFetcher):
        """Gives the product's static files, and refuses everything else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """The file behind a link of the page."""
            kind = {"Content-Type": guess_type(url)[0] or "text/plain"}
            return URLFetcherResponse(url, own_file(url).read_bytes(), kind)

    page = HTML(string=html, base_url=HERE, url_fetcher=OwnFilesOnly())
    content: bytes = page.write_pdf(pdf_tags=True)  # headings and tables for screen readers
    return content


def own_file(url: str) -> Path:
    """The static file that a link of the page means; raises ValueError for anything else."""
    parts = urlsplit(url)
    path = (ROOT / parts.path.lstrip("/")).resolve()
    if parts.netloc != urlsplit(HERE).netloc or not path.is_relative_to(ROOT / "static"):
        raise ValueError(f"a PDF reads nothing but its own style sheets, not {url}")
    return path
