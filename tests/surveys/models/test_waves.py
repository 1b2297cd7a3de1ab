"""What is said of a wave at hand and what a query finds are one and the same."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from surveys import clock
from surveys.database import write_session
from surveys.models.audit import OutboxMessage
from surveys.models.enums import WaveState
from surveys.models.pulses import Pulse, Wave
from surveys.running import calendar, setup
from surveys.web import Installation
from tests.factories import company, opened

QUESTIONS = (
    "is_open", "is_planned", "is_closing", "in_progress", "needs_key", "is_stored", "is_published",
)  # fmt: skip
MINUTE = timedelta(minutes=1)


def test_a_wave_at_hand_and_a_query_agree_in_every_state(either: Installation) -> None:
    company(either)
    wave = opened(either)
    moments = [m + step for m in (wave.opens_at, wave.closes_at) for step in (-MINUTE, 0 * MINUTE)]
    for state in WaveState:
        with write_session(either.sessions) as session:
            session.get_one(Wave, wave.id).state = state
        for moment in moments:
            with clock.at(moment), either.sessions() as session:
                here = session.get_one(Wave, wave.id)
                for question in QUESTIONS:
                    asked = select(Wave.id).where(Wave.id == wave.id, getattr(Wave, question))
                    found = session.scalar(asked) is not None
                    assert found == getattr(here, question), (state, moment, question)


@pytest.mark.parametrize(
    ("after_opening", "open_"),
    [(-MINUTE, False), (0 * MINUTE, True), (timedelta(days=10), True), (timedelta(11), False)],
)
def test_a_wave_is_open_from_its_hour_until_its_close(
    either: Installation, after_opening: timedelta, open_: bool
) -> None:
    company(either)
    wave = opened(either)
    with clock.at(wave.opens_at + after_opening):
        assert wave.is_open == open_


def test_a_statement_made_early_reads_the_clock_when_it_runs(either: Installation) -> None:
    company(either)
    wave = opened(either)
    asked = select(Wave.id).where(Wave.is_open)
    with either.sessions() as session:
        for moment, found in ((wave.opens_at, wave.id), (wave.closes_at, None)):
            with clock.at(moment):
                assert session.scalar(asked) == found


def test_nobody_is_reminded_of_a_wave_whose_hour_has_passed(either: Installation) -> None:
    """A worker that was off in the last days finds reminders due that lead to a closed page."""
    company(either)
    wave = opened(either)
    assert calendar.reminder_moments(wave, Pulse(time_zone="Europe/Berlin"))
    with clock.at(wave.closes_at), write_session(either.sessions) as session:
        assert calendar.queue_reminders(session) == 0
        kinds = set(session.scalars(select(OutboxMessage.kind)))
    assert "reminder" not in kinds


def test_a_wave_can_be_closed_early_once(either: Installation) -> None:
    company(either)
    wave = opened(either)
    with clock.at(wave.opens_at + MINUTE):
        with write_session(either.sessions) as session:
            setup.close_early(session, "hr@example.org", wave.id)
        with write_session(either.sessions) as session, pytest.raises(setup.NotReady):
            setup.close_early(session, "hr@example.org", wave.id)


def test_the_database_takes_no_other_state(either: Installation) -> None:
    company(either)
    with pytest.raises(Exception, match="paused"), write_session(either.sessions) as session:
        session.scalars(select(Wave)).one().state = "paused"  # type: ignore[assignment]
