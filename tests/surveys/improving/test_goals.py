"""The ledger of goals: entered by each side, seen by both, conflicts settled by people."""

import pytest
from sqlalchemy import select

from surveys.improving import goals
from surveys.models.audit import AuditEntry
from surveys.models.goals import Goal, GoalConflict
from surveys.models.people import Team
from surveys.reading.goals import goal_ledger
from tests.factories import HR
from tests.surveys.improving.conftest import House

GOAL = {"name": "Speed", "better": "higher", "target": "90", "unit": "%", "period": "month"}


def add(house: House, who: str, team: str, **more: str) -> int:
    data = {**GOAL, "team": str(house.teams[team]), **more}
    return house.browsers[who].post(f"{house.page}/goals", data=data).status_code


def numbers(house: House) -> list[int]:
    with house.installed.sessions() as session:
        return list(session.scalars(select(Goal.id).order_by(Goal.id)))


def test_a_manager_enters_the_own_goals_and_hr_any(house: House) -> None:
    assert add(house, "buyer", "Buying", name="Cost", better="lower", target="97.5") == 302
    assert add(house, "buyer", "Selling") == 200, "not a choice of theirs: the form comes back"
    assert add(house, "hr", "Selling") == 302
    for who in ("buyer", "seller", "hr"):
        page = house.browsers[who].get(f"{house.page}/goals").text
        assert "≤ 97.5 %" in page
        assert "≥ 90 %" in page
    assert house.browsers["maker"].get(f"{house.page}/goals").status_code == 404


def test_a_conflict_is_marked_shown_beside_the_cause_and_settled(house: House) -> None:
    add(house, "buyer", "Buying", name="Cost")
    add(house, "seller", "Selling", name="Speed")
    one, two = numbers(house)
    ends = {"goal_a": str(one), "goal_b": str(two), "text": "Cheap is slow."}
    path = f"{house.page}/goals/conflict"
    assert house.browsers["seller"].post(path, data=ends).status_code == 302
    again = house.browsers["buyer"].post(path, data=ends)
    assert again.status_code == 400
    assert "marked already" in again.text
    with house.installed.sessions() as session:
        number = session.scalars(select(GoalConflict.id)).one()
    settle = f"{house.page}/goals/conflicts/{number}/settle"
    assert house.browsers["maker"].post(settle, data={"shared": "x"}).status_code == 404
    house.browsers["buyer"].post(settle, data={"shared": " "})
    assert "open" in house.browsers["buyer"].get(f"{house.page}/goals").text
    house.browsers["buyer"].post(settle, data={"shared": "Margin after cost"})
    page = house.browsers["seller"].get(f"{house.page}/goals").text
    assert "Margin after cost" in page
    assert "settled" in page
    with house.installed.sessions() as session:
        log = set(session.scalars(select(AuditEntry.action)))
    assert {"added a goal", "marked a conflict of goals", "settled a conflict of goals"} <= log


def test_a_goal_is_ended_by_its_own_side_and_its_conflicts_stay(house: House) -> None:
    add(house, "buyer", "Buying", name="Cost")
    add(house, "seller", "Selling")
    one, two = numbers(house)
    with house.write_session() as session:
        pair = session.get_one(Goal, one), session.get_one(Goal, two)
        goals.mark_conflict(session, HR, pair[1], pair[0], "Cheap is slow.")
    assert house.browsers["seller"].post(f"{house.page}/goals/{one}/end").status_code == 404
    assert house.browsers["buyer"].post(f"{house.page}/goals/{one}/end").status_code == 302
    with house.installed.sessions() as session:
        a, b = (session.get_one(Team, ident) for ident in sorted(house.pair))
        ledger = goal_ledger(session, a, b)
    assert [len(side) for side in ledger.sides] == [0, 1]
    assert [c.goals[0].name for c in ledger.conflicts] == ["Cost"]


@pytest.mark.parametrize("target", ["nan", "inf", "1e13", "many"])
def test_a_target_is_a_finite_number(house: House, target: str) -> None:
    assert add(house, "buyer", "Buying", target=target) == 200
    assert numbers(house) == []


def test_a_team_has_a_dozen_goals_at_most(house: House) -> None:
    with house.write_session() as session:
        for _n in range(goals.MAX_GOALS):
            goals.add_goal(session, HR, house.teams["Buying"], "x", "higher", "%", 1.0, "year")
        with pytest.raises(goals.GoalError, match="up to 12 goals"):
            goals.add_goal(session, HR, house.teams["Buying"], "x", "higher", "%", 1.0, "year")
