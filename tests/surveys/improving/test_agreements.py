"""An agreement from its proposal to its end, as both managers live through it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from analysis.measures import Design
from surveys import clock
from surveys.improving import agreements
from surveys.models.agreements import Agreement, EffectVerdict
from surveys.models.audit import AuditEntry
from surveys.models.themes import Theme
from tests.factories import HR, closed, opened
from tests.surveys.improving.conftest import NOON, TODAY, House

STEP = agreements.PlannedStep("Fix the day", TODAY + timedelta(days=7))


def proposal(house: House, **more: str) -> dict[str, str]:
    return {
        "cause": "communication",
        "strategy": "joint_meetings",
        "text": "Every Monday, half an hour.",
        "starts_on": "2026-03-09",
        **{f"steps-{n}-team": "" for n in range(5)},
        **more,
    }


def test_from_the_proposal_to_the_end(house: House) -> None:
    said = proposal(
        house,
        expected="10",
        expected_by="2026-08-01",
        **{
            "steps-0-text": "Fix the day",
            "steps-0-due_on": "2026-03-11",
            "steps-0-team": str(house.teams["Selling"]),
        },
    )
    buyer, seller = house.browsers["buyer"], house.browsers["seller"]
    assert buyer.post(f"{house.page}/agree", data=said).status_code == 302
    made = house.stored(1)
    assert (made.expected, made.expected_by) == (-10, date(2026, 8, 1))
    assert made.signed_teams == {house.teams["Buying"]}
    assert "not signed by both yet" in seller.get(house.page).text
    step = made.steps[0]
    tick = f"/agreements/1/steps/{step.id}"
    assert seller.post(f"{tick}/done").status_code == 400, "it does not run yet"
    seller.post("/agreements/1/sign")
    page = seller.get(house.page).text
    assert "Expected -10 points by 1 Aug 2026." in page
    assert "Fix the day" in page
    assert "Selling · by 11 Mar 2026" in " ".join(page.split())
    buyer.post(f"{tick}/done")
    assert house.stored(1).steps[0].done_on == TODAY
    buyer.post(f"{tick}/open")
    assert house.stored(1).steps[0].done_on is None
    ended = seller.post("/agreements/1/end", data={"day": "2026-03-20", "reason": "Merged."})
    assert ended.status_code == 302
    with clock.at(NOON + timedelta(days=30)):
        later = house.stored(1)
        assert not later.runs_on(clock.now().date())
        assert later.end_reason == "Merged."
    with house.installed.sessions() as session:
        log = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert log[-6:] == [
        "proposed an agreement",
        "signed an agreement",
        "signed an agreement",
        "ticked a step off",
        "opened a step again",
        "ended an agreement",
    ]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"starts_on": "2026-03-03"}, "starts today or later"),
        ({"expected": "61", "expected_by": "2026-08-01"}, "between 1 and 60"),
        ({"expected": "5"}, "Please fill this in."),
        ({"steps-2-text": "Meet"}, "A step needs another look."),
        ({"strategy": "magic"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    house: House, wrong: dict[str, str], says: str
) -> None:
    answer = house.browsers["buyer"].post(f"{house.page}/agree", data=proposal(house, **wrong))
    assert answer.status_code == 200
    assert says in answer.text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"steps": [agreements.PlannedStep("x", TODAY - timedelta(days=1))]}, "due today or later"),
        ({"steps": [STEP] * 6}, "up to 5 steps"),
        ({"steps": [agreements.PlannedStep("x", TODAY, 999)]}, "one of the two teams"),
        ({"expected": agreements.Expected(5, TODAY)}, "after the start"),
        ({"cause": "weather"}, "from the lists"),
    ],
)
def test_the_rules_hold_without_the_form(house: House, more: dict[str, object], says: str) -> None:
    given = {"cause": "objectives", "strategy": "shared_kpis", "text": "x", "starts_on": TODAY}
    with house.write_session() as session, pytest.raises(agreements.AgreementError, match=says):
        agreements.propose(session, HR, house.pair, **{**given, **more})  # type: ignore[arg-type]


def test_an_end_is_never_in_the_past_and_comes_once(house: House) -> None:
    number = house.agreement()
    with house.write_session() as session:
        made = session.merge(house.stored(number))
        with pytest.raises(agreements.AgreementError, match="today or later"):
            agreements.end(session, HR, made, TODAY - timedelta(days=1), "Late.")
        agreements.end(session, HR, made, TODAY, "Enough.")
        with pytest.raises(agreements.AgreementError, match="has ended"):
            agreements.end(session, HR, made, TODAY, "Again.")


def test_a_link_from_a_cause_or_a_theme_fills_the_form(house: House) -> None:
    with house.write_session() as session:
        a, b = sorted(house.pair)
        session.add(Theme(id=7, team_a_id=a, team_b_id=b, label=1, kind="found", name="Price"))
        other = sorted((house.teams["Buying"], house.teams["Making"]))
        session.add(
            Theme(id=8, team_a_id=other[0], team_b_id=other[1], label=1, kind="found", name="No")
        )
    buyer = house.browsers["buyer"]
    page = buyer.get(f"{house.page}/agree?cause=objectives").text
    assert "Align objectives: shared KPIs" in page
    assert '<option selected value="shared_kpis">' in page
    page = buyer.get(f"{house.page}/agree?cause=objectives&strategy=shared_kpis").text
    assert 'value="Agree on one shared figure, how it is measured' in page
    assert '<option selected value="objectives">' in page
    buyer.post(f"{house.page}/agree", data=proposal(house, theme="7"))
    buyer.post(f"{house.page}/agree", data=proposal(house, theme="8"))
    assert [house.stored(n).theme_id for n in (1, 2)] == [7, None]
    assert "Price" in buyer.get(house.page).text


@pytest.mark.parametrize(
    ("low", "high", "changed", "says"),
    [
        (-18, -6, True, "6 to 18 points less friction."),
        (4, 12, True, "4 to 12 points more friction."),
        (-8, 3, False, "No visible change (-8 to +3 points)."),
        (None, None, False, "Too early to say."),
    ],
)
def test_whether_it_helped_stands_where_pages_begin(
    house: House, low: int | None, high: int, changed: bool, says: str
) -> None:
    closed(house.installed, opened(house.installed))
    number = house.agreement()
    with house.write_session() as session:
        if low is not None:
            session.get_one(Agreement, number).effect = EffectVerdict(
                changed, (low + high) // 2, low, high, Design.BEFORE_AFTER, None
            )
    for who, path in (("buyer", "/pairs"), ("hr", "/pairs"), ("hr", "/hr/themes")):
        page = house.browsers[who].get(path).text
        assert f"<strong>{says}</strong>" in page, (who, path)
    first = house.browsers["buyer"].get(house.page).text
    assert says in first.split("<h2")[0]
    assert "whether it helped" not in house.browsers["maker"].get("/pairs").text


def test_others_find_nothing(house: House) -> None:
    number = house.agreement(STEP)
    step = house.stored(number).steps[0].id
    for who in ("maker", "hr"):
        browser = house.browsers[who]
        for path in ("sign", "end", f"steps/{step}/done"):
            assert browser.post(f"/agreements/{number}/{path}").status_code == 404
        assert browser.get(f"{house.page}/agree").status_code == 404
    assert house.browsers["hr"].get(house.page).status_code == 200
    assert house.stored(number).steps[0].done_on is None
