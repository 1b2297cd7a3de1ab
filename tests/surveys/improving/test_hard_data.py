"""Figures of other systems: checked by line, all or nothing, apart from the survey everywhere."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from surveys.directory.tabulating import table_of
from surveys.improving.hard_data import MAX_POINTS, number_of, plan_series
from surveys.models.hard_data import HardPoint, HardSeries
from surveys.models.people import Team
from surveys.reading.pages import Month
from surveys.reading.series import grid, month_of
from tests.surveys.improving.conftest import House

HEAD = "name,unit,better,team,day,value\n"
GOOD = HEAD + 'Late,orders,lower,,2026-01-31,14\nLate,orders,lower,,2026-02-28,"12,5"\n'


def upload(house: House, who: str, text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    data = {"file": (io.BytesIO(raw), "series.csv")}
    return house.browsers[who].post(f"{house.page}/series", data=data).text


def keep(house: House, who: str, text: str) -> int:
    return house.browsers[who].post(f"{house.page}/series/keep", data={"text": text}).status_code


def values(house: House) -> dict[str, float]:
    with house.installed.sessions() as session:
        return {p.day.isoformat(): p.value for p in session.scalars(select(HardPoint))}


def test_a_file_is_shown_kept_shown_on_the_page_and_taken_along(house: House) -> None:
    shown = upload(house, "buyer", GOOD)
    assert "2 values" in shown
    assert values(house) == {}
    assert keep(house, "buyer", GOOD) == 302
    assert values(house) == {"2026-01-31": 14.0, "2026-02-28": 12.5}
    assert "1 day gets another value" in upload(
        house, "hr", HEAD + "LATE,orders,lower,,2026-02-28,9"
    )
    assert keep(house, "hr", HEAD + "LATE,orders,lower,,2026-02-28,9\n") == 302
    seller = house.browsers["seller"]
    found = seller.get(f"/api/v1{house.page}").get_json()["series"]
    points = [{"day": "2026-01-31", "value": 14.0}, {"day": "2026-02-28", "value": 9.0}]
    assert found == [
        {"name": "Late", "unit": "orders", "better": "lower", "team": None, "points": points}
    ]
    text = seller.get(f"{house.page}/series.csv").get_data(as_text=True).removeprefix("\ufeff")
    assert [row["value"] for row in csv.DictReader(io.StringIO(text))] == ["14.0", "9.0"]
    assert keep(house, "seller", text) == 302, "what is taken along can be brought in again"
    sheet = load_workbook(io.BytesIO(seller.get(f"{house.page}.xlsx").data))["Other systems"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[5] for row in cells] == [14, 9]
    assert sheet["E2"].is_date
    trend = seller.get(f"{house.page}.csv").text
    assert "Late" not in trend, "never among the figures of the survey"


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        (",orders,lower,,2026-01-31,1", "name", "up to 80 letters"),
        ("La\u202ete,orders,lower,,2026-01-31,1", "name", "up to 80 letters"),
        ("Late,,lower,,2026-01-31,1", "unit", "up to 30 letters"),
        ("Late,orders,down,,2026-01-31,1", "better", "higher"),
        ("Late,orders,lower,,31.01.2026,1", "day", "write it as 2026-03-31"),
        ("Late,orders,lower,,2026-03-05,1", "day", "until today"),
        ("Late,orders,lower,,2026-01-31,nan", "value", "no number"),
        ('Late,orders,lower,,2026-01-31,"12\n13"', "value", "no number"),
        ("Late,orders,lower,,2026-01-31,-inf", "value", "no number"),
        ("Late,orders,lower,,2026-01-31,2e12", "value", "no number"),
        ('Late,orders,lower,,2026-01-31,"1,234"', "value", "no number"),
        ("Late,orders,lower,Nobody,2026-01-31,1", "team", "name one of the teams"),
        ("Late,orders,lower,Selling,2026-01-31,1", "team", "Only its own manager"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_nothing_is_kept(
    house: House, line: str, column: str, says: str
) -> None:
    text = f"{GOOD}{line}\n"
    page = upload(house, "buyer", text)
    assert f'<td class="number">4</td><td>{column}</td>' in page
    assert says in page
    assert keep(house, "buyer", text) == 400
    assert values(house) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,unit\na,b\n", "lacks the column"),
        (HEAD, "no value"),
        (HEAD + "Late,orders,lower,,2026-01-31,1\n" * 2, "already in this file"),
        (GOOD + "Late,pieces,lower,,2026-03-01,1\n", "something else of this series"),
        ("", "empty"),
    ],
)
def test_a_file_that_cannot_be_is_told_why(house: House, text: str, says: str) -> None:
    assert says in upload(house, "hr", text)


def test_a_kept_series_keeps_its_unit_and_direction(house: House) -> None:
    assert keep(house, "hr", GOOD) == 302
    for column, line in (
        ("unit", "late,pieces,lower,,2026-03-01,1"),
        ("better", "Late,orders,higher,,2026-03-01,1"),
    ):
        page = upload(house, "hr", f"{HEAD}{line}\n")
        assert f'<td class="number">2</td><td>{column}</td>' in page
        assert "This series is kept as" in page
        assert keep(house, "hr", f"{HEAD}{line}\n") == 400
    assert keep(house, "hr", HEAD + "Cost  of\u00a0rework,h,lower,,2026-02-01,3\n") == 302
    assert keep(house, "hr", HEAD + "Cost of rework,h,lower,,2026-02-02,3\n") == 302
    found = house.browsers["hr"].get(f"/api/v1{house.page}").get_json()["series"]
    assert [(s["name"], len(s["points"])) for s in found] == [("Late", 2), ("Cost of rework", 2)]


def test_spaces_that_cannot_be_seen_make_no_other_name(house: House) -> None:
    with house.write_session() as session:
        session.get_one(Team, house.teams["Buying"]).name = "Buying  East"
        one, other = house.pair
        made = {"name": "Late  orders", "unit": "a\u00a0month", "better": "lower"}
        session.add(HardSeries(team_a_id=one, team_b_id=other, **made))
    text = (
        HEAD + "Late orders,a month,lower,,2026-02-01,3\nRework,h,lower,Buying  East,2026-02-01,1\n"
    )
    assert keep(house, "hr", text) == 302
    found = house.browsers["hr"].get(f"/api/v1{house.page}").get_json()["series"]
    assert [s["name"] for s in found] == ["Late  orders", "Rework"]


def test_there_is_an_end_to_series_and_values(house: House) -> None:
    many = "".join(f"S{n},x,lower,,2026-01-31,1\n" for n in range(7))
    assert "up to 6 series" in upload(house, "hr", HEAD + many)
    days = [date.fromordinal(date(2024, 1, 1).toordinal() + n) for n in range(MAX_POINTS + 1)]
    long = "".join(f"S,x,lower,,{day},1\n" for day in days)
    assert f"up to {MAX_POINTS} values" in upload(house, "hr", HEAD + long)


def test_a_workbook_is_read_like_a_file(house: House) -> None:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["Name", "Unit", "Better", "Day", "Value"])
    book.active.append(["Late", "orders", "lower", date(2026, 1, 31), 14])
    book.save(out)
    with house.installed.sessions() as session:
        pair = tuple(session.get_one(Team, ident) for ident in sorted(house.pair))
        plan = plan_series(session, pair, table_of(out.getvalue()), frozenset())  # type: ignore[arg-type]
    assert plan.problems == []
    assert plan.series[0].values == {date(2026, 1, 31): 14.0}


def test_a_series_of_one_team_is_its_own_and_stands_on_all_its_pairs(house: House) -> None:
    text = HEAD + "Rework,h,lower,Buying,2026-01-31,3\n"
    assert keep(house, "seller", text) == 400
    assert keep(house, "buyer", text) == 302
    making = house.page.replace(str(house.teams["Selling"]), str(house.teams["Making"]))
    assert "Rework" in house.browsers["maker"].get(making).text
    with house.installed.sessions() as session:
        number = session.scalars(select(HardSeries.id)).one()
    path = f"{house.page}/series/{number}/remove"
    for who in ("seller", "maker"):
        assert house.browsers[who].post(path).status_code == 404
    assert house.browsers["buyer"].post(path).status_code == 302
    assert values(house) == {}


@given(st.text(max_size=20))
def test_no_text_becomes_a_number_that_is_none(text: str) -> None:
    found = number_of(text)
    assert found is None or abs(found) <= 1e12


@given(
    st.floats(-1e12, 1e12, allow_nan=False, allow_subnormal=False),
    st.floats(-1e12, 1e12, allow_nan=False, allow_subnormal=False),
)
def test_the_axis_holds_every_value_in_few_round_steps(one: float, two: float) -> None:
    lowest, highest = sorted((one, two))
    low, high, step = grid(lowest, highest)
    assert low <= lowest + step * 1e-6
    assert high >= highest - step * 1e-6
    assert 1 <= round((high - low) / step) <= 4


def test_a_day_lies_on_the_axis_of_the_months_or_nowhere() -> None:
    months = tuple(Month(n + 1, date(2026, n + 1, 5)) for n in range(3))
    assert month_of(months, date(2026, 1, 5)) == 0
    assert month_of(months, date(2026, 2, 19)) == 1.5
    assert month_of(months, date(2026, 3, 18)) == pytest.approx(2.464, abs=0.01)
    assert month_of(months, date(2026, 3, 25)) is None
    assert month_of(months, date(2025, 12, 1)) is None
    assert month_of((), date(2026, 1, 5)) is None


def test_the_page_without_results_shows_them_as_a_table(house: House) -> None:
    keep(house, "hr", GOOD)
    page = house.browsers["hr"].get(house.page).text
    assert '<td class="number">12.5</td>' in page
