"""Dates: every so many weeks or monthly, holidays, leaving out, pausing, HR's calendar file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import select

from surveys import clock
from surveys.database import write_session
from surveys.errors import NotReady
from surveys.models.pulses import Pulse, Wave
from surveys.operating import worker
from surveys.running import calendar, checklist, setup
from surveys.web import Installation
from tests.factories import HR, account, company, sign_in


def days(pulse: Pulse, number: int = 6) -> list[date]:
    return list(islice(calendar.scheduled_days(pulse), number))


def test_monthly_keeps_the_weekday_of_the_month() -> None:
    second_tuesday = Pulse(first_opens_on=date(2026, 1, 13), monthly=True)
    assert days(second_tuesday, 4) == [
        date(2026, 1, 13), date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 14),
    ]  # fmt: skip
    fifth_friday = Pulse(first_opens_on=date(2026, 1, 30), monthly=True)
    assert days(fifth_friday, 3) == [date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 27)]


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_monthly_always_moves_one_month_on(first: date) -> None:
    found = days(Pulse(first_opens_on=first, monthly=True), 14)
    assert found[0] == first
    assert {day.weekday() for day in found} == {first.weekday()}
    months = [day.year * 12 + day.month for day in found]
    assert months == list(range(months[0], months[0] + 14))


def test_a_holiday_moves_a_wave_and_not_the_ones_after_it() -> None:
    holidays = ["2026-03-30", "2026-03-31"]
    pulse = Pulse(first_opens_on=date(2026, 3, 2), every_weeks=4, holidays=holidays)
    assert days(pulse, 3) == [date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 27)]
    friday = Pulse(first_opens_on=date(2026, 5, 1), every_weeks=4, holidays=["2026-05-01"])
    assert days(friday, 1) == [date(2026, 5, 4)]


def test_nobody_is_reminded_on_a_holiday() -> None:
    pulse = Pulse(time_zone="Europe/Berlin", open_days=10, holidays=["2026-03-06", "2026-03-09"])
    opens, closes = calendar.dates_from(pulse, date(2026, 3, 2))
    moments = calendar.reminder_moments(Wave(opens_at=opens, closes_at=closes), pulse)
    assert [moment.date() for moment in moments] == [date(2026, 3, 10), date(2026, 3, 10)]


def planned(installed: Installation) -> date:
    with installed.sessions() as session:
        return session.scalars(select(Wave.opens_at).where(Wave.is_planned)).one().date()


def test_a_wave_can_be_left_out(either: Installation) -> None:
    company(either)
    assert planned(either) == date(2026, 3, 2)
    with write_session(either.sessions) as session:
        setup.skip_next(session, HR, setup.the_pulse(session))
    assert planned(either) == date(2026, 3, 30)


def test_a_paused_pulse_opens_nothing_and_goes_on_with_the_next_date_ahead(
    either: Installation,
) -> None:
    company(either)
    with write_session(either.sessions) as session:
        setup.pause(session, HR, setup.the_pulse(session))
        with pytest.raises(NotReady):
            setup.pause(session, HR, setup.the_pulse(session))
    for moment in (datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 4, 20, 12, tzinfo=UTC)):
        with clock.at(moment):
            worker.advance(either.sessions, either.engine, either.settings)
    with either.sessions() as session:
        assert set(session.scalars(select(Wave.state))) == {"planned"}
    with clock.at(datetime(2026, 4, 20, 12, tzinfo=UTC)), write_session(either.sessions) as session:
        setup.resume(session, HR, setup.the_pulse(session))
    assert planned(either) == date(2026, 4, 27)


def test_hr_has_the_dates_in_the_own_calendar(installed: Installation, client: FlaskClient) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    entries = Calendar.from_ical(client.get("/hr/calendar.ics").data).walk("VEVENT")
    assert len(entries) == 6 * 4
    assert len({str(entry["uid"]) for entry in entries}) == 24
    assert entries[0].decoded("dtstart") == datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_the_calendar_page_keeps_holidays_and_refuses_what_is_no_day(
    installed: Installation, client: FlaskClient
) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    first = (clock.now() + timedelta(days=30)).date()
    form = {
        "first_opens_on": first.isoformat(), "every_weeks": 4, "open_days": 10, "monthly": "y",
        "time_zone": "Europe/Berlin", "k_index": 5, "k_causes": 8, "k_verbatim": 10,
    }  # fmt: skip
    wrong = client.post("/hr/setup/calendar", data={**form, "holidays": "Christmas"})
    assert "is no day" in wrong.text
    done = client.post("/hr/setup/calendar", data={**form, "holidays": "2026-12-25\n\n2027-01-01"})
    assert done.status_code == 302
    with installed.sessions() as session:
        pulse = session.scalars(select(Pulse)).one()
    assert (pulse.monthly, pulse.holidays) == (True, ["2026-12-25", "2027-01-01"])


@pytest.mark.parametrize("step", ["skip", "pause", "resume"])
def test_the_buttons_do_what_they_say(
    installed: Installation, client: FlaskClient, step: str
) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    if step == "resume":
        client.post("/hr/pause")
    assert client.post(f"/hr/{step}").status_code == 302
    text = client.get("/hr").text
    assert ("is paused" in text) == (step == "pause")


@pytest.mark.parametrize("hours", [0, 30])
def test_what_happened_late_is_said(
    installed: Installation, client: FlaskClient, hours: int
) -> None:
    company(installed)
    with installed.sessions() as session:
        planned_wave = session.scalars(select(Wave)).one()
    for moment in (planned_wave.opens_at, planned_wave.closes_at):
        with clock.at(moment + timedelta(hours=hours)):
            worker.advance(installed.sessions, installed.engine, installed.settings)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    page = client.get("/hr").text
    assert ("opened later than planned" in page) == bool(hours)
    assert ("published later than planned" in page) == bool(hours)


def test_the_checklist_warns_of_mail_that_reaches_nobody(
    installed: Installation, client: FlaskClient
) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    page = client.get("/hr/setup/launch").text
    names = ("TRIBOMETER_OUTBOX", "TRIBOMETER_BASE_URL", "TRIBOMETER_ORGANISATION")
    assert all(name in page for name in names)
    settled = replace(
        installed.settings,
        outbox="smtp://mail.example.org:25",
        base_url="https://pulse.example.org",
        organisation="Example",
    )
    assert checklist.delivery_warnings(settled) == []


def test_a_test_mail_reaches_hr_and_a_dead_server_is_said(
    installed: Installation, client: FlaskClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    company(installed)
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    page = client.get("/hr/setup/mail")
    assert "How was working together this month?" in page.text
    assert "Still open" in page.text
    assert "on its way to hr@example.org" in client.post("/hr/setup/mail").text
