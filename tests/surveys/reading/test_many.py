"""A company with 200 seams and 60 waves: the pages stay readable and quick."""

import time
from random import Random

import pytest
from flask.testing import FlaskClient

from analysis.measures import ROOT_CAUSES
from surveys.lab.bench.large import TEAMS, WAVES, large_company
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import account, sign_in


@pytest.fixture
def reader(either: Installation) -> FlaskClient:
    large_company(either, Random(1))
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


def test_the_board_of_four_hundred_themes_begins_with_the_largest(either: Installation) -> None:
    large_company(either, Random(1), ROOT_CAUSES, waves=2)
    account(either, "hr@example.org", "hr")
    client = APPS[id(either)].test_client()
    APPS[id(either)].config["WTF_CSRF_ENABLED"] = False
    sign_in(client, "hr@example.org")
    first, whole = client.get("/hr/themes").text, client.get("/hr/themes?all=yes").text
    assert (first.count("<article"), first.count("<tr><th")) == (48, 40)
    assert "All 400 themes" in first
    assert "All 200 seams" in first
    assert (whole.count("<article"), whole.count("<tr><th")) == (400, 200)


def test_sixty_waves_are_one_page(reader: FlaskClient) -> None:
    page = reader.get("/pairs/1/2")
    assert page.status_code == 200
    assert page.text.count("<tr>") >= WAVES
