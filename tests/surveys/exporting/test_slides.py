"""The meeting kit: praise first, the pages' figures in native charts, quotes if allowed."""

import io
import sys
from dataclasses import replace
from itertools import chain

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pptx import Presentation
from sqlalchemy import select, update

from surveys.database import write_session
from surveys.models.releases import Figure, Release
from surveys.models.themes import Quote
from surveys.web import Installation
from tests.factories import account, answer, closed, company, opened, part, sign_in

LATE = "They tell us about changes far too late, the forecast came after the order."
THANKS = "Great help with the tender, thank you, always friendly and quick."


@pytest.fixture
def pair(installed: Installation, client: FlaskClient) -> str:
    """A pair whose first side has figures in both months and whose second only in the first."""
    teams = company(installed, Buying=14, Selling=14)
    for month in (1, 2):
        wave = opened(installed)
        for team, other, size in (("Buying", "Selling", 12), ("Selling", "Buying", 12)):
            for i in range(1, (size if month == 1 or team == "Buying" else 3) + 1):
                said = {"O1": LATE if i % 2 else "", "O2": THANKS}
                given = part(teams[other], 1 + i % 4, {k: v for k, v in said.items() if v})
                answer(installed, wave, f"{team.lower()}{i}@example.org", teams[team], given)
        closed(installed, wave)
    with write_session(installed.sessions) as session:
        session.execute(update(Quote).values(state="released"))
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    return f"/pairs/{teams['Buying']}/{teams['Selling']}"


def slides_of(client: FlaskClient, pair: str):  # type: ignore[no-untyped-def]
    return Presentation(io.BytesIO(client.get(f"{pair}/meeting.pptx").data)).slides


def texts_of(slide) -> str:  # type: ignore[no-untyped-def]
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def test_praise_comes_first_and_every_title_can_be_edited(client: FlaskClient, pair: str) -> None:
    page = client.get(f"{pair}/meeting").text
    order = [page.index(said) for said in ("1. What goes well", "2. The trend", "6. A proposal")]
    assert order == sorted(order)
    titles = [slide.shapes.title.text for slide in slides_of(client, pair)]
    assert titles[:3] == ["Buying – Selling", "What goes well", "The trend: what moved, and what is"
                          " only chance"]  # fmt: skip
    assert all(titles)


def test_charts_hold_the_published_figures_and_gaps_where_there_are_none(
    installed: Installation, client: FlaskClient, pair: str
) -> None:
    with installed.sessions() as session:
        rows = session.execute(
            select(Figure, Release.number)
            .join(Release)
            .where(Figure.measure == "index")
            .order_by(Figure.rater_id, Release.number)
        ).all()
    published = [f.value if f.state == "shown" else None for f, _number in rows]
    assert published[3] is None
    trend = next(s for s in slides_of(client, pair) if "The trend" in s.shapes.title.text)
    chart = next(shape.chart for shape in trend.shapes if shape.has_chart)
    drawn = list(chain.from_iterable(series.values for series in chart.plots[0].series))
    assert drawn == published
    api = client.get(f"/api/v1{pair}").get_json()
    said = [figure["value"] for seam in api["seams"] for figure in seam["figures"]]
    assert said == published


def test_what_people_wrote_leaves_only_if_the_organisation_allows_it(
    app: Flask, installed: Installation, client: FlaskClient, pair: str
) -> None:
    allowed = "\n".join(map(texts_of, slides_of(client, pair)))
    app.extensions["tribometer"] = replace(
        installed, settings=replace(installed.settings, comment_export="none")
    )
    kept = "\n".join(map(texts_of, slides_of(client, pair)))
    quoted = client.get(f"{pair}/meeting").text
    assert (THANKS in allowed, THANKS in kept) == (THANKS in quoted, False)
    assert client.get(f"{pair}/meeting.pdf").data.startswith(b"%PDF")
    assert client.get(f"{pair}.pdf").data.startswith(b"%PDF")


def test_without_the_extra_the_answer_is_a_sentence(
    client: FlaskClient, pair: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    answer_ = client.get(f"{pair}/meeting.pptx")
    assert answer_.status_code == 501
    assert "extra “pptx”" in answer_.text
