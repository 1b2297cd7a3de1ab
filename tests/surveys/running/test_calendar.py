"""The calendar: every step once, at its hour, also after a stop and in another time zone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from analysis.disclosure.rule import Rule
from surveys import clock
from surveys.database import write_session
from surveys.models.audit import OutboxMessage
from surveys.models.enums import WaveState
from surveys.models.pulses import Invitation, Pulse, Wave, WaveSeam
from surveys.operating import worker
from surveys.publishing import release
from surveys.running import calendar, setup
from surveys.running.instruments import items_of_wave
from surveys.web import Installation
from tests.factories import HR, answer, company, during, opened, part


def advance(installed: Installation, moment: datetime) -> None:
    with clock.at(moment):
        worker.advance(installed.sessions, installed.engine, installed.settings)


def count(installed: Installation, kind: str) -> int:
    with installed.sessions() as session:
        rows = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == kind)
        return session.scalar(rows) or 0


def test_a_wave_opens_at_nine_local_time_also_across_the_change_of_the_clock() -> None:
    pulse = Pulse(open_days=10, time_zone="Europe/Berlin")
    days = date(2026, 3, 2), date(2026, 3, 30)
    opens = [calendar.dates_from(pulse, day)[0] for day in days]
    assert [moment.hour for moment in opens] == [8, 7]  # UTC, winter and summer
    assert {moment.astimezone(ZoneInfo("Europe/Berlin")).hour for moment in opens} == {9}


def test_four_workers_at_once_open_a_wave_once_and_invite_everybody_once(
    either: Installation,
) -> None:
    company(either)
    moment = datetime(2026, 3, 2, 8, 1, tzinfo=UTC)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _worker: advance(either, moment), range(4)))
    with either.sessions() as session:
        states = session.scalars(select(Wave.state).order_by(Wave.number)).all()
        assert session.scalar(select(func.count()).select_from(Invitation)) == 24
        assert session.scalar(select(func.count()).select_from(WaveSeam)) == 2
    assert states == ["open", "planned"]
    assert count(either, "invitation") == 24


def test_before_the_hour_nothing_opens(either: Installation) -> None:
    company(either)
    advance(either, datetime(2026, 3, 2, 7, 59, tzinfo=UTC))
    assert count(either, "invitation") == 0


def test_after_a_long_stop_the_wave_is_closed_late_and_the_next_one_opens(
    either: Installation,
) -> None:
    company(either)
    advance(either, datetime(2026, 3, 2, 8, 1, tzinfo=UTC))
    advance(either, datetime(2026, 3, 30, 12, tzinfo=UTC))
    with either.sessions() as session:
        states = session.scalars(select(Wave.state).order_by(Wave.number)).all()
    assert states == ["published", "open", "planned"]


def test_a_wave_that_nobody_could_answer_any_more_is_moved_on(either: Installation) -> None:
    company(either)
    advance(either, datetime(2026, 3, 12, 12, tzinfo=UTC))
    with either.sessions() as session:
        wave = session.scalars(select(Wave)).one()
    assert (wave.number, wave.state, wave.opens_at.date()) == (1, "planned", date(2026, 3, 30))
    assert count(either, "invitation") == 0


def test_a_wave_opened_late_counts_its_reminders_from_then(either: Installation) -> None:
    company(either)
    advance(either, datetime(2026, 3, 9, 12, tzinfo=UTC))
    with either.sessions() as session:
        wave = session.scalars(select(Wave).where(Wave.state == WaveState.OPEN)).one()
    assert calendar.reminder_moments(wave, Pulse(time_zone="Europe/Berlin")) == []
    assert count(either, "invitation") == 24
    assert count(either, "reminder") == 0


def test_a_new_date_moves_the_planned_wave_and_those_after_it(either: Installation) -> None:
    company(either)
    advance(either, datetime(2026, 3, 2, 8, 1, tzinfo=UTC))
    with clock.at(datetime(2026, 3, 5, tzinfo=UTC)), write_session(either.sessions) as session:
        pulse = setup.the_pulse(session)
        setup.set_calendar(session, HR, pulse, date(2026, 4, 13), 4, 10, "Europe/Berlin")
        days = [first for first, _last in setup.next_dates(session, pulse)]
    assert days == [date(2026, 4, 13), date(2026, 5, 11), date(2026, 6, 8)]


def test_trouble_in_one_step_does_not_stop_the_others(
    either: Installation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    company(either)
    advance(either, datetime(2026, 3, 2, 8, 1, tzinfo=UTC))

    def fail(*_args: object) -> None:
        raise RuntimeError("a comment that must not be logged")

    monkeypatch.setattr(release, "publish", fail)
    monkeypatch.setattr(worker, "remind_due", fail)
    with write_session(either.sessions) as session:
        first = session.scalars(select(OutboxMessage)).first()
        assert first is not None
        first.state, first.kind = "waiting", "release"
        first.account_id, first.person_id = 1, None
    advance(either, datetime(2026, 3, 12, 18, tzinfo=UTC))
    with either.sessions() as session:
        assert session.get_one(OutboxMessage, first.id).state == "sent"
    assert "RuntimeError" in caplog.text
    assert "must not be logged" not in caplog.text


def test_reminders_go_to_the_silent_once_and_not_at_a_weekend(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    answer(either, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))
    moments = calendar.reminder_moments(wave, Pulse(time_zone="Europe/Berlin"))
    assert [moment.weekday() for moment in moments] == [4, 1]  # Friday, Tuesday
    for _worker in range(2):
        with clock.at(moments[0]), write_session(either.sessions) as session:
            calendar.queue_reminders(session)
    assert count(either, "reminder") == 23


def test_a_reminder_is_moved_off_the_weekend() -> None:
    wave = Wave(
        opens_at=datetime(2026, 3, 3, 8, tzinfo=UTC), closes_at=datetime(2026, 3, 13, tzinfo=UTC)
    )
    first = calendar.reminder_moments(wave, Pulse(time_zone="Europe/Berlin"))[0]
    assert first.date() == date(2026, 3, 9)  # day 4 is a Saturday


def test_questions_rotate_and_the_core_is_always_asked(installed: Installation) -> None:
    with write_session(installed.sessions) as session:
        instrument = setup.the_pulse(session).instrument
        months = [items_of_wave(instrument, n, False) for n in range(1, 6)]
        running = items_of_wave(instrument, 1, True)
    for codes in months:
        assert {"C1", "C2", "C3", "C4", "C5", "K1", "M1", "O1", "O2"} < set(codes)
        assert len(codes) == 11
    assert months[0] == months[4]
    assert set(running) - set(months[0]) == {"A1"}


def test_what_is_frozen_stays_when_the_pulse_is_changed(installed: Installation) -> None:
    company(installed)
    wave = opened(installed)
    with during(wave), write_session(installed.sessions) as session:
        setup.raise_thresholds(session, HR, setup.the_pulse(session), 8, 12, 15)
    with installed.sessions() as session:
        assert session.get_one(Wave, wave.id).rule == Rule()


def test_thresholds_cannot_be_lowered_after_launch(installed: Installation) -> None:
    company(installed)
    with write_session(installed.sessions) as session:
        pulse = setup.the_pulse(session)
        setup.raise_thresholds(session, HR, pulse, 8, 12, 15)
        with pytest.raises(setup.SetUpError):
            setup.raise_thresholds(session, HR, pulse, 5, 12, 15)
        with pytest.raises(setup.SetUpError, match="no fewer answers"):
            setup.raise_thresholds(session, HR, pulse, 20, 12, 15)


def test_a_pulse_without_pairs_cannot_be_launched(installed: Installation) -> None:
    with write_session(installed.sessions) as session, pytest.raises(setup.NotReady):
        setup.launch(session, HR, setup.the_pulse(session))


def test_a_first_day_in_the_past_and_overlapping_waves_are_refused(
    installed: Installation,
) -> None:
    today = clock.now().date()
    with write_session(installed.sessions) as session:
        pulse = setup.the_pulse(session)
        with pytest.raises(setup.SetUpError, match="past"):
            setup.set_calendar(session, HR, pulse, today - timedelta(days=2), 4, 10, "UTC")
        with pytest.raises(setup.SetUpError, match="before the next"):
            setup.set_calendar(session, HR, pulse, today, 1, 7, "UTC")
