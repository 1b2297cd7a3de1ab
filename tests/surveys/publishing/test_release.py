"""Publishing, on both databases: figures by the rule, once, trends and pairs from them alone."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from analysis.disclosure.rule import Rule
from surveys.answering.sealing import SeamBallot
from surveys.database import write_session
from surveys.models.audit import OutboxMessage
from surveys.models.pulses import Wave
from surveys.models.releases import Figure, Release, ThemeFigure, Trend
from surveys.models.themes import Quote, Theme, ThemeMemory
from surveys.publishing.persons import change_word
from surveys.publishing.release import publish
from surveys.running import setup
from surveys.web import Installation
from tests.factories import HR, answer, closed, company, everybody_answers, opened, part

LATE = "They tell us about changes far too late, the forecast came after the order."


def figures(installed: Installation, measure: str = "index") -> dict[tuple[int, int], Figure]:
    with installed.sessions() as session:
        rows = session.scalars(select(Figure).where(Figure.measure == measure))
        return {(f.rater_id, f.target_id): f for f in rows}


def test_a_full_cell_is_shown_with_interval_and_band(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12})
    closed(either, wave)
    figure = figures(either)[teams["Buying"], teams["Selling"]]
    assert (figure.state, figure.n_band) == ("shown", "8–19")
    assert figure.low < figure.value < figure.high
    assert figures(either, "pair")[teams["Buying"], teams["Selling"]].state == "shown"
    with either.sessions() as session:
        assert session.get_one(Wave, wave.id).state == "published"
        assert session.scalar(select(func.count()).select_from(Trend)) == 2


def test_small_teams_and_few_answers_are_withheld_with_the_reason(either: Installation) -> None:
    teams = company(either, Buying=12, Selling=12, Legal=4)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 4, "Legal": 4})
    closed(either, wave)
    found = figures(either)
    assert found[teams["Selling"], teams["Buying"]].reason == "TOO_FEW"
    assert found[teams["Legal"], teams["Buying"]].reason == "TEAM_TOO_SMALL"
    assert found[teams["Buying"], teams["Legal"]].state == "shown"
    pair = figures(either, "pair")[teams["Buying"], teams["Selling"]]
    assert (pair.state, pair.value) == ("withheld", None)


def test_publishing_twice_changes_nothing(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12})
    closed(either, wave)
    publish(either.sessions, wave.id)
    with either.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Release)) == 1


def test_a_wave_without_answers_is_published_all_withheld(either: Installation) -> None:
    company(either)
    wave = opened(either)
    closed(either, wave)
    assert {f.reason for f in figures(either).values()} == {"TOO_FEW"}


def test_every_reader_is_told_once(either: Installation) -> None:
    teams = company(either)
    wave = opened(either)
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12})
    closed(either, wave)
    with either.sessions() as session:
        told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "release")).all()
    assert len(told) == 2  # both managers; there is no HR account in this company


def test_a_theme_of_five_persons_is_shown_and_its_quotes_wait_for_hr(
    installed: Installation,
) -> None:
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12}, LATE)
    closed(installed, wave)
    with installed.sessions() as session:
        bands = session.scalars(select(ThemeFigure.persons_band)).all()
        quotes = session.scalars(select(Quote)).all()
    assert set(bands) == {"10–19"}
    assert quotes
    assert {quote.state for quote in quotes} == {"proposed"}


def test_themes_of_small_sides_are_shown_for_the_pair_as_a_whole_without_quotes(
    installed: Installation,
) -> None:
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 7, "Selling": 12}, LATE)
    closed(installed, wave)
    with installed.sessions() as session:
        sides = set(session.scalars(select(ThemeFigure.rater_id)))
        quotes = session.scalars(select(Quote)).all()
    assert sides == {None}
    assert quotes == []


def test_with_one_side_under_five_nothing_is_said_of_the_pair(installed: Installation) -> None:
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 4, "Selling": 9}, LATE)
    closed(installed, wave)
    with installed.sessions() as session:
        assert session.scalars(select(ThemeFigure)).all() == []


def test_a_team_below_the_smallest_roster_is_in_no_theme(installed: Installation) -> None:
    teams = company(installed, Buying=12, Legal=5)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Legal": 5}, LATE)
    closed(installed, wave)
    with installed.sessions() as session:
        raters = set(session.scalars(select(ThemeFigure.rater_id)))
    assert raters <= {teams["Buying"]}


def test_raised_thresholds_hold_for_themes_too(installed: Installation) -> None:
    teams = company(installed)
    with write_session(installed.sessions) as session:
        setup.raise_thresholds(session, HR, setup.the_pulse(session), 8, 12, 15)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 7}, LATE)
    closed(installed, wave)
    with installed.sessions() as session:
        assert session.scalars(select(ThemeFigure)).all() == []


def test_themes_rest_on_the_same_base_as_figures(installed: Installation) -> None:
    """Ten answer, three of them too few core items: seven count, so no side, no quote."""
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 7, "Selling": 12}, LATE)
    thin = SeamBallot(teams["Selling"], True, {"C1": 3, "C2": 3, "C3": 3}, {"O1": LATE})
    for i in (8, 9, 10):
        answer(installed, wave, f"buying{i}@example.org", teams["Buying"], thin)
    closed(installed, wave)
    assert figures(installed)[teams["Buying"], teams["Selling"]].n_band == "5–7"
    with installed.sessions() as session:
        assert set(session.scalars(select(ThemeFigure.rater_id))) == {None}
        assert session.scalars(select(Quote)).all() == []


def test_a_theme_of_too_few_on_each_side_is_shown_and_quoted_for_the_pair_alone(
    installed: Installation,
) -> None:
    teams = company(installed)
    wave = opened(installed)
    writers = {f"{team}{i}@example.org" for team in ("buying", "selling") for i in (1, 2, 3)}
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12}, but=writers)
    for team, other in (("Buying", "Selling"), ("Selling", "Buying")):
        for i in (1, 2, 3):
            said = part(teams[other], 3, {"O1": LATE})
            answer(installed, wave, f"{team.lower()}{i}@example.org", teams[team], said)
    closed(installed, wave)
    with installed.sessions() as session:
        shown = session.execute(select(ThemeFigure.rater_id, ThemeFigure.persons_band)).all()
        quoted = set(session.scalars(select(Quote.rater_id)))
    assert set(shown) == {(None, "5–9")}
    assert quoted == {None}


def test_persons_are_counted_in_bands_and_changes_are_told_by_bands() -> None:
    assert [Rule().persons(n) for n in (4, 5, 9, 10, 19, 20, 500)] == [
        None, "5–9", "5–9", "10–19", "10–19", "20+", "20+",
    ]  # fmt: skip
    assert change_word({}, 3, "5–9") == "new"
    assert change_word({1: "5–9"}, 3, "5–9") == "again"
    assert change_word({2: "5–9"}, 3, "20+") == "grown"
    assert change_word({2: "20+"}, 3, "10–19") == "faded"
    assert change_word({2: "5–9"}, 3, "5–9") == "same"


def test_the_database_itself_refuses_a_figure_without_interval(either: Installation) -> None:
    company(either)
    closed(either, opened(either))
    with either.sessions() as session:
        row = session.scalars(select(Figure).where(Figure.measure == "index")).first()
        assert row is not None
        row.state, row.value, row.reason = "shown", 40, None
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_memory_that_cannot_be_read_begins_anew_under_numbers_of_its_own(
    installed: Installation,
) -> None:
    teams = company(installed)
    for _month in range(2):
        wave = opened(installed)
        everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12}, LATE)
        closed(installed, wave)
        with write_session(installed.sessions) as session:
            memory = session.scalars(select(ThemeMemory)).one()
            memory.state = {**memory.state, "version": 0}
    with installed.sessions() as session:
        labels = session.scalars(select(Theme.label).where(Theme.kind == "found")).all()
        generation = session.scalars(select(ThemeMemory)).one().state["generation"]
        assert session.scalar(select(func.count()).select_from(Release)) == 2
    assert generation == 1
    assert len(set(labels)) == len(labels)
    assert any(label.startswith("1.") for label in labels)
