"""Figures made of published figures: profiles over months, the ranking."""

from flask.testing import FlaskClient
from sqlalchemy import select

from analysis.disclosure.figures import CellKey, Shown
from analysis.disclosure.rule import Withheld
from surveys.models.releases import Figure, Release
from surveys.publishing.derived import ranked
from surveys.web import Installation
from tests.factories import (
    account,
    answer,
    closed,
    company,
    everybody_answers,
    opened,
    part,
    sign_in,
)

BOTH = {"Buying": 12, "Selling": 12}


def stored(installed: Installation, measure: str, number: int) -> list[Figure]:
    with installed.sessions() as session:
        return list(
            session.scalars(
                select(Figure)
                .join(Release)
                .where(Figure.measure == measure, Release.number == number)
                .order_by(Figure.rater_id)
            )
        )


def test_a_profile_joins_the_published_months(installed: Installation) -> None:
    teams = company(installed)
    first = opened(installed)
    everybody_answers(installed, first, teams, BOTH)
    closed(installed, first)
    second = opened(installed)
    for team, other in (("Buying", "Selling"), ("Selling", "Buying")):
        for i in range(1, 13):
            score = part(teams[other], 5 if i < 9 else 2)
            answer(installed, second, f"{team.lower()}{i}@example.org", teams[team], score)
    closed(installed, second)
    months = [stored(installed, "objectives", n)[0].value for n in (1, 2)]
    profile = stored(installed, "objectives profile", 2)[0]
    assert profile.state == "shown"
    assert profile.value is not None
    assert abs(profile.value - sum(m for m in months if m is not None) / 2) <= 0.5
    assert stored(installed, "objectives profile", 1)[0].value == months[0]


def test_a_rotating_item_is_the_profile_of_its_cause(installed: Installation) -> None:
    """R5 is asked in the third month only, and is the only question on its cause."""
    teams = company(installed)
    for _ in range(3):
        wave = opened(installed)
        for team, other in (("Buying", "Selling"), ("Selling", "Buying")):
            for i in range(1, 13):
                said = part(teams[other], 1 + i % 4)
                said.scores["R5"] = 1 + i % 4
                answer(installed, wave, f"{team.lower()}{i}@example.org", teams[team], said)
        closed(installed, wave)
    assert stored(installed, "knowledge profile", 2) == []
    item, profile = (stored(installed, name, 3)[0] for name in ("R5", "knowledge profile"))
    assert (item.state, profile.state) == ("shown", "shown")
    assert profile.value == item.value


def test_the_map_ranks_by_figures_drawn_to_the_mean(
    installed: Installation, client: FlaskClient
) -> None:
    teams = company(installed, Buying=12, Selling=12, Legal=12)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {**BOTH, "Legal": 12})
    closed(installed, wave)
    assert len(stored(installed, "ranked", 1)) == 3
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    assert "Ranked by" in client.get("/pairs").text


def test_a_wide_figure_is_drawn_further_than_a_narrow_one() -> None:
    wide, narrow = Shown(60, 30, 90, "5–7"), Shown(60, 55, 65, "40+")
    others = [Shown(value, value - 5, value + 5, "40+") for value in (20, 30, 40)]
    levels = {CellKey(str(i), "9", 1): f for i, f in enumerate([wide, narrow, *others])}
    found = list(ranked(levels).values())
    assert 35 < found[0].value < found[1].value <= 60
    assert ranked({CellKey("1", "2", 1): wide, CellKey("3", "4", 1): Withheld.TOO_FEW}) == {}
