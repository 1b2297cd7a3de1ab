"""Points of the hand-over: shown from five persons on, hours in bands that tell of nobody alone."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from analysis.disclosure.rule import Rule
from surveys.handovers import HOURS, POINT
from surveys.models.releases import HandoverFigure
from surveys.web import Installation
from tests.factories import account, answer, closed, company, opened, part, sign_in


@pytest.mark.parametrize(
    ("hours", "band"),
    [
        ([2, 2, 2, 2, 1], "0–9"),
        ([3, 3, 3, 3, 3], "10–24"),
        ([60, 60, 60, 60], "200+"),
        ([0, 0, 0, 0, 0], None),
        ([40, 1, 1, 1, 1], None),
        ([20, 10, 10, 0, 0], "25–49"),
    ],
)
def test_hours_are_a_band_and_never_mostly_one_persons(hours: list[int], band: str | None) -> None:
    assert Rule.hours(hours) == band


def shown(installed: Installation) -> dict[tuple[int, str], tuple[str, str | None]]:
    with installed.sessions() as session:
        return {
            (row.rater_id, row.point): (row.persons_band, row.hours_band)
            for row in session.scalars(select(HandoverFigure))
        }


def test_a_point_needs_five_persons_and_a_team_with_themes(
    either: Installation,
) -> None:
    teams = company(either, Buying=12, Selling=12, Legal=9)
    wave = opened(either)
    for team, other in (("Buying", "Selling"), ("Selling", "Buying"), ("Legal", "Buying")):
        for i in range(1, 13 if team != "Legal" else 10):
            said = part(teams[other], 1 + i % 4)
            said.scores[POINT] = 6 if i <= 6 else 2 if i <= 10 else 1
            said.scores[HOURS] = 3
            answer(either, wave, f"{team.lower()}{i}@example.org", teams[team], said)
    closed(either, wave)
    assert shown(either) == {
        (teams["Buying"], "delivery"): ("5–9", "10–24"),
        (teams["Selling"], "delivery"): ("5–9", "10–24"),
    }


def test_the_page_ranks_the_points(installed: Installation, client: FlaskClient) -> None:
    teams = company(installed)
    wave = opened(installed)
    for team, other in (("Buying", "Selling"), ("Selling", "Buying")):
        for i in range(1, 13):
            said = part(teams[other], 1 + i % 4)
            said.scores[POINT], said.scores[HOURS] = (6, 9) if i <= 6 else (5, 1)
            answer(installed, wave, f"{team.lower()}{i}@example.org", teams[team], said)
    closed(installed, wave)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    text = client.get(f"/pairs/{teams['Buying']}/{teams['Selling']}").text
    assert text.index("The delivery") < text.index("A change of price or terms")
    assert "50–99" in text
