"""HR's themes as files: what the board says, released quotes only, none where the setting is so."""

import csv
import io
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from surveys.database import write_session
from surveys.models.releases import ThemeFigure
from surveys.models.themes import Quote, Theme
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened, sign_in

LATE = "They tell us about changes far too late, the forecast came after the order."


@pytest.fixture
def released(installed: Installation, client: FlaskClient) -> Quote:
    """One of the quotes of a published wave, released in HR's words; the client is HR."""
    teams = company(installed, **{"=Buying": 12, "Selling": 12})
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"=Buying": 12, "Selling": 12}, LATE)
    closed(installed, wave)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    with write_session(installed.sessions) as session:
        found = session.scalars(
            select(Quote).join(Theme, Theme.id == Quote.theme_id).where(Theme.kind != "cause")
        ).all()
        found[0].state, found[0].paraphrase = "released", "=News comes late."
        return found[0]


def test_the_files_say_what_the_board_says(
    installed: Installation, client: FlaskClient, released: Quote
) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/hr/themes.csv").text.lstrip("\ufeff"))))
    with installed.sessions() as session:
        stored = session.execute(
            select(ThemeFigure.persons_band)
            .join(Theme, Theme.id == ThemeFigure.theme_id)
            .where(Theme.kind != "cause")
        ).scalars()
        assert sorted(row["persons"] for row in rows) == sorted(stored)
    assert all(not row["side"].startswith("=") for row in rows)
    book = load_workbook(io.BytesIO(client.get("/hr/themes.xlsx").data))
    quotes = list(book["Quotes"].iter_rows(min_row=2, values_only=True))
    assert [row[4] for row in quotes] == ["=News comes late."]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert LATE not in [cell.value for cell in cells]


def test_no_word_leaves_where_the_organisation_forbids_it(
    app: Flask, installed: Installation, client: FlaskClient, released: Quote
) -> None:
    app.extensions["tribometer"] = replace(
        installed, settings=replace(installed.settings, comment_export="none")
    )
    assert load_workbook(io.BytesIO(client.get("/hr/themes.xlsx").data)).sheetnames == ["Themes"]
