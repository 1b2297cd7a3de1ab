"""Files and API documents say what the page says, and never hold a formula."""

import csv
import io
import re
import sys
import zlib

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from surveys.exporting.pdf import own_file
from surveys.exporting.tables import safe
from surveys.models.releases import Figure
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened, sign_in


@pytest.fixture
def pair(installed: Installation, client: FlaskClient) -> str:
    """The address of a pair with one published wave; the client is HR."""
    teams = company(installed, **{"=Buying": 12, "Selling": 12})
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"=Buying": 12, "Selling": 4})
    closed(installed, wave)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    return f"/pairs/{teams['=Buying']}/{teams['Selling']}"


def figures(installed: Installation) -> list[Figure]:
    with installed.sessions() as session:
        return list(session.query(Figure).filter_by(measure="index"))


def test_csv_holds_the_published_figures_and_the_reasons(
    installed: Installation, client: FlaskClient, pair: str
) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{pair}.csv").text)))
    shown = next(f for f in figures(installed) if f.state == "shown")
    assert [row["friction"] for row in rows] == [str(shown.value), ""]
    assert rows[1]["note"] == "not enough answers"
    assert rows[0]["rater"] == "'=Buying"


def test_xlsx_has_typed_cells_and_no_formula(client: FlaskClient, pair: str) -> None:
    book = load_workbook(io.BytesIO(client.get(f"{pair}.xlsx").data))
    names = ["Trend", "This month", "Root causes", "Root causes, four months"]
    assert book.sheetnames == names
    cells = [cell for name in names for row in book[name].iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert cells[0].is_date


def test_the_api_gives_what_the_page_shows(
    installed: Installation, client: FlaskClient, pair: str
) -> None:
    found = client.get(f"/api/v1{pair}").get_json()
    shown = next(f for f in figures(installed) if f.state == "shown")
    assert found["seams"][0]["figures"][0]["value"] == shown.value
    assert found["seams"][1]["figures"][0]["reason"] == "not enough answers"
    assert f"very likely between {shown.low} and {shown.high}" in client.get(pair).text


def test_the_api_answers_errors_as_problem_documents(client: FlaskClient, pair: str) -> None:
    missing = client.get("/api/v1/pairs/98/99")
    assert (missing.status_code, missing.content_type) == (404, "application/problem+json")
    client.post("/sign-out")
    assert client.get(f"/api/v1{pair}").status_code == 401


def test_the_pdf_is_made_from_the_page_with_the_styles_of_the_charts(
    client: FlaskClient, pair: str
) -> None:
    made = client.get(f"{pair}.pdf")
    if made.status_code == 501:
        pytest.skip("PDF files (install the library: apt-get install libpangoft2-1.0-0)")
    assert made.data.startswith(b"%PDF-")
    assert len(made.data) > 10_000
    streams = re.findall(rb"stream\r?\n(x.*?)\r?\nendstream", made.data, re.DOTALL)
    parts = [zlib.decompressobj().decompress(stream) for stream in streams]
    assert any(b"/StructTreeRoot" in part for part in parts)  # tagged, for screen readers


def test_without_the_renderer_the_page_says_what_to_do(
    client: FlaskClient, pair: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    answer = client.get(f"{pair}.pdf")
    assert answer.status_code == 501
    assert "extra “pdf”" in answer.text


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/x.css",
        "file:///etc/passwd",
        "http://tribometer.invalid/static/../pyproject.toml",
        "http://tribometer.invalid/app.py",
    ],
)
def test_a_pdf_reads_nothing_but_its_own_styles(url: str) -> None:
    with pytest.raises(ValueError, match="nothing but"):
        own_file(url)
    assert own_file("http://tribometer.invalid/static/css/base.css").exists()


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    assert not str(safe(text)).startswith(("=", "+", "-", "@", "\t", "\r"))
