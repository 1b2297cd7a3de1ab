"""A company with 200 seams and 60 waves: the pages stay readable and quick."""

import time
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from surveys.database import writing
from surveys.models.people import Team
from surveys.models.pulses import Pulse, Wave
from surveys.models.releases import Figure, Release, Trend
from surveys.running import setup
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import account, sign_in

TEAMS, PARTNERS, WAVES = 40, 5, 60
FUNCTIONS = (
    "Procurement",
    "Sales",
    "Logistics",
    "Quality",
    "Legal",
    "Finance",
    "Service",
    "Development",
)
REGIONS = ("North", "South", "East", "West", "Asia")
FIRST = date(2021, 1, 4)


def large_company(installed: Installation) -> None:
    """Published figures of 100 pairs over 60 waves, straight into the tables of releases."""
    dice = Random(1)
    with writing(installed.sessions) as session:
        pulse = setup.the_pulse(session)
        names = [f"{word} {region}" for word in FUNCTIONS for region in REGIONS]
        teams = [Team(name=name) for name in names]
        session.add_all(teams)
        session.flush()
        ids = [team.id for team in teams]
        pairs = [(ids[i], ids[(i + step) % TEAMS]) for i in range(TEAMS) for step in (1, 7, 11)]
        pairs = sorted({(min(pair), max(pair)) for pair in pairs})[:100]
        levels = {pair: dice.gauss(34, 12) for pair in pairs}
        for number in range(1, WAVES + 1):
            release = _release(session, pulse, number)
            rows = [row for pair in pairs for row in _figures(release, pair, levels, dice, number)]
            session.execute(insert(Figure), rows)
            if number == WAVES:
                session.execute(insert(Trend), [_trend(release, seam, dice) for pair in pairs
                                                for seam in (pair, pair[::-1])])  # fmt: skip


def _release(session, pulse: Pulse, number: int) -> int:  # type: ignore[no-untyped-def]
    opened = FIRST + timedelta(weeks=4 * (number - 1))
    moment = datetime(opened.year, opened.month, opened.day, 9, tzinfo=UTC)
    wave = Wave(pulse_id=pulse.id, number=number, state="published", rule={}, items=[],
                opens_at=moment, closes_at=moment + timedelta(days=10))  # fmt: skip
    session.add(wave)
    session.flush()
    release = Release(wave_id=wave.id, number=number, opened_on=opened, published_on=opened)
    session.add(release)
    session.flush()
    return release.id


def _figures(release, pair, levels, dice, number):  # type: ignore[no-untyped-def]
    def row(rater, target, measure, value, words=None, band="12–19"):  # type: ignore[no-untyped-def]
        value = round(min(95, max(5, value)))
        return {"release_id": release, "rater_id": rater, "target_id": target, "measure": measure,
                "state": "shown", "value": value, "low": value - 7, "high": value + 7,
                "n_band": band, "words": words, "reason": None}  # fmt: skip

    def kind(value):  # type: ignore[no-untyped-def]
        return "low" if value < 18 else "middle" if value < 45 else "high"

    levels[pair] += dice.gauss(0, 1)
    a, b = pair
    level = levels[pair]
    yield row(a, b, "index", level - 4, kind(level - 4))
    yield row(b, a, "index", level + 4, kind(level + 4))
    yield row(a, b, "pair", level, kind(level))
    if number == WAVES:
        yield row(a, b, "ranked", level * 0.8 + 7)
        moved = row(a, b, "quarter", 50, "moved" if dice.random() < 0.1 else None, None)
        shift = dice.choice((-12, 12))
        yield {**moved, "value": shift, "low": shift - 6, "high": shift + 6}


def _trend(release, seam, dice):  # type: ignore[no-untyped-def]
    path = [[n, 30 + dice.gauss(0, 2), 24, 36, None] for n in range(1, WAVES + 1)]
    alarm = "rising" if dice.random() < 0.05 else None
    return {"release_id": release, "rater_id": seam[0], "target_id": seam[1], "alarm": alarm,
            "change": 1, "change_low": -5, "change_high": 7, "moved": False, "fragile": False,
            "smallest_change": 9, "path": path}  # fmt: skip


@pytest.fixture
def reader(either: Installation) -> FlaskClient:
    large_company(either)
    account(either, "hr@example.org", "hr")
    app = APPS[id(either)]
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, "hr@example.org")
    return client


def test_the_map_of_two_hundred_seams_lists_every_pair_once(reader: FlaskClient) -> None:
    page = reader.get("/pairs").text
    assert page.count("</tr>") == 1 + TEAMS + 1 + 100
    assert page.count('class="edge') == 100
    assert "This quarter against the one before" in page
    assert "show no change that chance could not make" in page
    begun = time.process_time()
    for _again in range(5):
        reader.get("/pairs")
    assert (time.process_time() - begun) / 5 < 1


def test_sixty_waves_are_one_page(reader: FlaskClient) -> None:
    page = reader.get("/pairs/1/2")
    assert page.status_code == 200
    assert page.text.count("<tr>") >= WAVES
