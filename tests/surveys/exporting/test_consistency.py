"""Every figure is the same wherever it stands: page, API, CSV, workbook, slides, mail."""

import csv
import io
import re
from datetime import timedelta
from email import policy
from email.parser import BytesParser
from itertools import chain
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pptx import Presentation
from sqlalchemy import select

from surveys import clock
from surveys.models.releases import Figure, Release
from surveys.sending.outbox import deliver_due
from surveys.web import Installation
from tests.factories import account, answer, closed, company, opened, part, sign_in

Triple = tuple[int, int, int]


@pytest.fixture
def pair(installed: Installation, client: FlaskClient) -> str:
    """A pair over three months, one side with too few answers in the second; the client is HR."""
    teams = company(installed, Buying=14, Selling=14)
    account(installed, "hr@example.org", "hr")
    for month in (1, 2, 3):
        wave = opened(installed)
        for team, other in (("Buying", "Selling"), ("Selling", "Buying")):
            size = 3 if month == 2 and team == "Selling" else 10 + month
            for i in range(1, size + 1):
                given = part(teams[other], 1 + (i + month) % 4)
                answer(installed, wave, f"{team.lower()}{i}@example.org", teams[team], given)
        closed(installed, wave)
        with clock.at(wave.closes_at + timedelta(minutes=5)):
            deliver_due(installed.sessions, installed.settings)
    sign_in(client, "hr@example.org")
    return f"/pairs/{teams['Buying']}/{teams['Selling']}"


def published(installed: Installation) -> list[Triple | None]:
    """Value and interval of every month and side, in the order of the page's table."""
    with installed.sessions() as session:
        rows = session.scalars(
            select(Figure)
            .join(Release)
            .where(Figure.measure == "index")
            .order_by(Release.number, Figure.rater_id)
        ).all()
    return [(f.value, f.low, f.high) if f.state == "shown" else None for f in rows]  # type: ignore[misc]


def test_one_figure_is_one_figure_everywhere(
    installed: Installation, client: FlaskClient, pair: str
) -> None:
    truth = published(installed)
    assert len(truth) == 6
    assert truth.count(None) == 1
    assert on_the_page(client, pair) == truth
    assert in_the_api(client, pair) == truth
    assert in_the_csv(client, pair) == truth
    assert in_the_workbook(client, pair) == truth
    assert in_the_slides(client, pair) == [t and t[0] for t in truth]
    newest = [t for t in truth[-2:] if t]
    assert in_the_mail(installed) == newest
    assert in_sentences(client.get(f"{pair}/meeting").text) == newest


def on_the_page(client: FlaskClient, pair: str) -> list[Triple | None]:
    table = client.get(pair).text.split("The same as a table")[1].split("</table>")[0]
    cells = re.findall(r"<td>(.*?)</td>", table, re.S)
    found = []
    for cell in cells:
        plain = re.sub(r"<[^>]+>|[\u2066-\u2069]", "", cell)
        shown = re.search(r"(\d+)\s+\((\d+) to (\d+)", plain)
        found.append(tuple(map(int, shown.groups())) if shown else None)
    return found  # type: ignore[return-value]


def in_the_api(client: FlaskClient, pair: str) -> list[Triple | None]:
    seams = client.get(f"/api/v1{pair}").get_json()["seams"]
    months = zip(*(seam["figures"] for seam in seams), strict=True)
    return [
        (f["value"], f["low"], f["high"]) if f["state"] == "shown" else None
        for f in chain.from_iterable(months)
    ]


def in_the_csv(client: FlaskClient, pair: str) -> list[Triple | None]:
    text = client.get(f"{pair}.csv").data.decode("utf-8-sig")
    return [
        (int(row["friction"]), int(row["low"]), int(row["high"])) if row["friction"] else None
        for row in csv.DictReader(io.StringIO(text))
    ]


def in_the_workbook(client: FlaskClient, pair: str) -> list[Triple | None]:
    sheet = load_workbook(io.BytesIO(client.get(f"{pair}.xlsx").data))["Trend"]
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return [(row[3], row[4], row[5]) if row[3] is not None else None for row in rows]  # type: ignore[misc]


def in_the_slides(client: FlaskClient, pair: str) -> list[int | None]:
    slides = Presentation(io.BytesIO(client.get(f"{pair}/meeting.pptx").data)).slides
    charts = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
    series = [list(one.values) for one in charts[0].plots[0].series]
    return [value and int(value) for value in chain.from_iterable(zip(*series, strict=True))]


def in_the_mail(installed: Installation) -> list[Triple]:
    folder = Path(installed.settings.outbox.removeprefix("file:"))
    parse = BytesParser(policy=policy.default).parsebytes
    mails = [parse(path.read_bytes()) for path in folder.glob("*hr@example.org*.eml")]
    newest = next(mail for mail in mails if "wave 3" in str(mail["Subject"]))
    body = newest.get_body(("plain",))
    assert body is not None
    return in_sentences(body.get_content())


def in_sentences(text: str) -> list[Triple]:
    said = " ".join(text.split())
    pattern = r"(\d+) on the scale from 0 to 100, very likely between (\d+) and (\d+)"
    return [(int(a), int(b), int(c)) for a, b, c in re.findall(pattern, said)]
