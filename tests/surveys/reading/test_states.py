"""What pages and files say of a first month, of one side only and of nothing, word by word.

After a meant change: `pytest tests/surveys/reading/test_states.py --snapshot-update`, and read the
difference.
"""

import io
import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pptx import Presentation
from syrupy.assertion import SnapshotAssertion

from surveys.web import Installation
from tests.factories import account, company, first_month, sign_in

PAGES = ("/pairs", "/hr/themes", "/pairs/{Buying}/{Selling}", "/pairs/{Buying}/{Legal}",
         "/pairs/{Shipping}/{Legal}", "/pairs/{Buying}/{Selling}/meeting",
         "/pairs/{Shipping}/{Legal}/meeting")  # fmt: skip
FILES = ("/pairs/{Buying}/{Legal}.csv", "/pairs/{Buying}/{Legal}.xlsx",
         "/pairs/{Buying}/{Legal}/meeting.pptx", "/hr/themes.csv",
         "/api/v1/pairs/{Buying}/{Legal}")  # fmt: skip


class Said(HTMLParser):
    """The words of a page's main part, a line for each block."""

    BLOCKS = frozenset(
        ("h1", "h2", "h3", "p", "li", "td", "th", "tr", "caption", "summary", "dt", "dd", "div")
    )

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.text = 0, ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside += tag == "main"
        self.text += "\n" if tag in self.BLOCKS else ""

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag == "main"

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\n", " ") if self.inside else ""


def words_of(page: str) -> str:
    """What a page says, without its markup."""
    said = Said()
    said.feed(page)
    lines = (" ".join(line.split()) for line in said.text.splitlines())
    return "\n".join(line for line in lines if line)


def content_of(path: str, data: bytes) -> object:
    """What a file says."""
    if path.endswith(".xlsx"):
        book = load_workbook(io.BytesIO(data))
        return {sheet.title: [list(row) for row in sheet.values] for sheet in book}
    if path.endswith(".pptx"):
        slides = Presentation(io.BytesIO(data)).slides
        return [[s.text_frame.text for s in one.shapes if s.has_text_frame] for one in slides]
    return data.decode().splitlines()


@pytest.fixture
def reader(installed: Installation, client: FlaskClient) -> tuple[FlaskClient, dict[str, int]]:
    teams = first_month(installed)
    sign_in(client, "hr@example.org")
    return client, teams


def test_pages_of_a_first_month(
    reader: tuple[FlaskClient, dict[str, int]], snapshot: SnapshotAssertion
) -> None:
    client, teams = reader
    for path in PAGES:
        page = client.get(path.format(**teams))
        assert page.status_code == 200
        assert words_of(page.text) == snapshot(name=path)


def test_files_of_a_first_month(
    reader: tuple[FlaskClient, dict[str, int]], snapshot: SnapshotAssertion
) -> None:
    client, teams = reader
    for path in FILES:
        assert content_of(path, client.get(path.format(**teams)).data) == snapshot(name=path)


def test_pages_before_any_month(
    installed: Installation, client: FlaskClient, snapshot: SnapshotAssertion
) -> None:
    teams = company(installed, Buying=12, Selling=12)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    for path in ("/pairs", "/hr/themes", "/pairs/{Buying}/{Selling}",
                 "/pairs/{Buying}/{Selling}/meeting"):  # fmt: skip
        assert words_of(client.get(path.format(**teams)).text) == snapshot(name=path)


def test_nothing_to_show_draws_no_empty_chart(reader: tuple[FlaskClient, dict[str, int]]) -> None:
    client, teams = reader
    nothing = client.get("/pairs/{Shipping}/{Legal}".format(**teams)).text
    assert not re.search(r'<svg class="(chart|bar)', nothing)
    assert "Nothing is lost or broken" in nothing
    assert nothing.count("not enough answers") >= 2
    one_side = client.get("/pairs/{Buying}/{Legal}".format(**teams)).text
    assert re.search(r'<svg class="chart', one_side)
    assert "cannot be said: one side has no value" in one_side
