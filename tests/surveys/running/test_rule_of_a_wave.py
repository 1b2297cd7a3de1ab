"""The release rule of a wave as it is stored, and what HR is told of it before launch."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from analysis.disclosure.rule import MINIMUM, Rule, RuleTooWeak
from surveys.database import write_session
from surveys.directory.teams import team_sizes
from surveys.models.pulses import Wave
from surveys.running import setup
from surveys.running.checklist import size_warnings, warnings
from surveys.web import Installation
from tests.factories import company, during, opened


def test_a_rule_is_stored_as_it_is(either: Installation) -> None:
    company(either)
    with write_session(either.sessions) as session:
        setup.raise_thresholds(session, "hr@example.org", setup.the_pulse(session), 6, 12, 15)
    wave = opened(either)
    with during(wave), write_session(either.sessions) as session:
        stored = session.get_one(Wave, wave.id)
        assert stored.rule == Rule(index=6, causes=12, verbatim=15)
        stored.rule = replace(stored.rule, given_up=True)
    with either.sessions() as session:
        assert session.get_one(Wave, wave.id).rule.given_up


def test_a_rule_lowered_in_the_database_is_refused(either: Installation) -> None:
    company(either)
    wave = opened(either)
    with either.engine.begin() as connection:
        lowered = json.dumps({"index": 2})
        connection.execute(text("UPDATE wave SET rule = :rule"), {"rule": lowered})
    with either.sessions() as session, pytest.raises(RuleTooWeak):
        session.get(Wave, wave.id)


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (5, ["below 6 nothing is shown"]),
        (6, ["under 11: its comments", "under 8 every exchange"]),
        (8, ["under 11: its comments"]),
        (10, ["under 11: its comments"]),  # ten of ten would prove that all of them answered
        (11, []),
    ],
)
def test_small_teams_are_told_beforehand(
    installed: Installation, people: int, said: list[str]
) -> None:
    company(installed, Buying=people, Selling=20)
    with installed.sessions() as session:
        pulse = setup.the_pulse(session)
        told = warnings(pulse, team_sizes(session), installed.settings)
    found = [line for line in told if "Buying" in line]
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))


def test_raised_thresholds_make_more_teams_too_small(installed: Installation) -> None:
    company(installed, Buying=9, Selling=20)
    raised = Rule(index=9, causes=9)
    with write_session(installed.sessions) as session:
        buying = next(size for size in team_sizes(session) if size.team.name == "Buying")
        assert not buying.too_small
        setup.the_pulse(session).rule = raised
        buying = next(size for size in team_sizes(session) if size.team.name == "Buying")
        assert buying.too_small
        assert "below 10 nothing is shown" in size_warnings(buying, True, raised)[0]
        assert not MINIMUM.is_too_small(buying.size)
