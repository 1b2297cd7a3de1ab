"""Simulated companies: repeatable, truthful, and changed by nothing but their events."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.lab.simulate import Company, Event, Response, WorldError
from analysis.measurement.instrument import CORE
from analysis.measurement.scoring import friction_index

SEAM = ("Procurement", "Sales")
REVERSE = tuple(item.reverse for item in CORE)


def index(responses: list[Response]) -> float:
    rows = [
        [answer.answers[item.code] for item in CORE]
        for answer in responses
        if (answer.team, answer.target) == SEAM and not answer.no_dealings
    ]
    return friction_index(np.array(rows, dtype=float), REVERSE).value


def test_the_same_seed_gives_the_same_company() -> None:
    assert Company(3).month(5) == Company(3).month(5)
    assert Company(3).month(5) != Company(4).month(5)


def test_an_event_moves_its_pair_and_nothing_else() -> None:
    quiet = Company(3, random_shocks=False)
    shaken = Company(3, random_shocks=False, events=[Event("shock", SEAM, 4, 0.8, "resources")])
    assert quiet.month(3) == shaken.month(3)
    assert shaken.truth(*SEAM, 4) - quiet.truth(*SEAM, 4) == pytest.approx(15, abs=4)
    assert shaken.truth("Sales", "Finance", 6) == quiet.truth("Sales", "Finance", 6)


def test_an_action_comes_in_over_its_ramp() -> None:
    action = Event("action", SEAM, 4, 0.6, ramp=3)
    assert [action.at(t) for t in (3, 4, 5, 6, 9)] == pytest.approx([0, -0.2, -0.4, -0.6, -0.6])


def test_answers_gather_round_the_truth() -> None:
    sizes = {"Procurement": 400, "Sales": 5}
    big = Company(1, sizes, [SEAM], months=2, random_shocks=False)
    assert index(big.month(1)) == pytest.approx(big.truth(*SEAM, 1), abs=4)


def test_people_come_and_go_and_can_be_seen_to() -> None:
    company = Company(2, months=24, turnover=0.1)
    joined = [company.joiners("Sales", t) for t in range(24)]
    left = [company.leavers("Sales", t) for t in range(24)]
    assert joined[0] == ()
    assert sum(map(len, joined)) == sum(map(len, left)) > 0
    assert {person for month in joined for person in month}.isdisjoint(company.roster("Sales", 0))


def test_nobody_is_asked_about_more_than_three_partners() -> None:
    teams = dict.fromkeys("ABCDEF", 10)
    company = Company(1, teams, [("A", other) for other in "BCDEF"], months=1)
    asked: dict[int, int] = {}
    for answer in company.month(0):
        asked[answer.person] = asked.get(answer.person, 0) + 1
    assert set(asked.values()) == {3}


def test_impossible_worlds_are_refused() -> None:
    with pytest.raises(WorldError):
        Company(1, {"A": 5}, [("A", "B")])
    with pytest.raises(WorldError):
        Company(1, events=[Event("shock", SEAM, 0, 1.0, "weather")])
    with pytest.raises(WorldError):
        Company(1).month(12)


def test_a_team_of_nobody_says_nothing() -> None:
    company = Company(1, {"A": 0, "B": 4}, [("A", "B"), ("B", "A")])
    assert np.isnan(company.truth("A", "B", 0))
    assert {answer.team for answer in company.month(0)} <= {"B"}
    with pytest.raises(WorldError):
        company.truth("A", "C", 0)


def test_the_unhappy_stay_silent_if_asked_to() -> None:
    sizes = {"Procurement": 800, "Sales": 5}
    shy = Company(1, sizes, [SEAM], months=1, random_shocks=False, kappa=0.4)
    open_ = Company(1, sizes, [SEAM], months=1, random_shocks=False)
    assert index(shy.month(0)) < index(open_.month(0))
