"""HR decides: quotes reach managers only when released, names win, dismissed themes are gone."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.models.themes import Correction, Quote, Theme
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened, sign_in

LATE = "They tell us about changes far too late, the forecast came after the order."


@pytest.fixture
def pair(installed: Installation, client: FlaskClient) -> str:
    """The address of a pair with one theme on both sides; the client is HR."""
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12}, LATE)
    closed(installed, wave)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    return f"/pairs/{teams['Buying']}/{teams['Selling']}"


def first(installed: Installation, table: type[Quote] | type[Theme]):  # type: ignore[no-untyped-def]
    with installed.sessions() as session:
        return session.scalars(select(table).order_by(table.id)).first()


def test_a_quote_is_seen_only_while_it_is_released(
    installed: Installation, client: FlaskClient, pair: str
) -> None:
    quotes = [first(installed, Quote)]
    assert LATE not in client.get(pair).text
    with installed.sessions() as session:
        quotes = session.scalars(select(Quote)).all()
    for quote in quotes:
        client.post(f"/hr/themes/quotes/{quote.id}/released")
    assert LATE in client.get(pair).text
    for quote in quotes:
        client.post(f"/hr/themes/quotes/{quote.id}/withheld")
    assert LATE not in client.get(pair).text


def test_hrs_name_wins_and_is_kept_as_a_correction(
    installed: Installation, client: FlaskClient, pair: str
) -> None:
    with installed.sessions() as session:
        theme = session.scalars(select(Theme).where(Theme.kind == "found")).first()
    theme = theme or first(installed, Theme)
    client.post(f"/hr/themes/{theme.id}", data={"name": "Changes arrive late"})
    assert "Changes arrive late" in client.get(pair).text
    client.post(f"/hr/themes/{theme.id}/dismiss/yes")
    assert "Changes arrive late" not in client.get(pair).text
    with installed.sessions() as session:
        kinds = session.scalars(select(Correction.kind).order_by(Correction.id)).all()
    assert kinds == ["rename", "dismiss"]


def test_the_board_counts_persons_in_bands(client: FlaskClient, pair: str) -> None:
    text = client.get("/hr/themes").text
    assert "Communication gaps" in text
    assert "10–19" in text


def test_what_does_not_exist_is_a_page_with_a_sentence(client: FlaskClient, pair: str) -> None:
    for answer in (
        client.get("/hr/themes/999"),
        client.post("/hr/themes/quotes/999/released"),
    ):
        assert answer.status_code == 404
        assert "does not exist any more" in answer.text
