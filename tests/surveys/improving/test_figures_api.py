"""Figures of other systems by API: with a token of that scope only, all or nothing."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.access import api_tokens
from surveys.database import write_session
from surveys.models.audit import AuditEntry
from surveys.models.hard_data import HardPoint, HardSeries
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import company

GOOD = "name,unit,better,day,value\nLate orders,orders,lower,2026-01-31,14\n"
BAD = GOOD + "Late orders,orders,lower,2026-13-01,x\n"


@pytest.fixture
def ground(either: Installation) -> tuple[Flask, str]:
    """The app with the protection against forged requests on, and the address of a pair."""
    teams = company(either)
    return APPS[id(either)], f"/api/v1/pairs/{teams['Buying']}/{teams['Selling']}/series"


def client_of(app: Flask, scope: str | None) -> FlaskClient:
    client = app.test_client()
    if scope:
        with write_session(app.extensions["tribometer"].sessions) as session:
            token = api_tokens.make_token(session, "hr@example.org", "ERP", [scope])
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def points(app: Flask) -> list[float]:
    with app.extensions["tribometer"].sessions() as session:
        return list(session.scalars(select(HardPoint.value).join(HardSeries)))


def test_a_program_with_its_token_brings_values(ground: tuple[Flask, str]) -> None:
    app, path = ground
    client = client_of(app, "figures")
    done = client.put(path, data=GOOD, content_type="text/csv")
    assert (done.status_code, done.get_json()) == (200, {"kept": {"Late orders": 1}})
    assert client.put(path, data=GOOD.replace("14", "15")).status_code == 200
    assert points(app) == [15.0]
    with app.extensions["tribometer"].sessions() as session:
        actors = session.scalars(
            select(AuditEntry.actor).where(AuditEntry.action == "brought in figures")
        ).all()
    assert all(actor.startswith("API, token") and "ERP" in actor for actor in actors)


def test_a_file_with_a_fault_keeps_nothing_and_names_the_line(ground: tuple[Flask, str]) -> None:
    app, path = ground
    refused = client_of(app, "figures").put(path, data=BAD)
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert {problem["line"] for problem in refused.get_json()["problems"]} == {3}
    assert client_of(app, "figures").put(path, data=b"\xff\xfe").status_code == 400
    assert client_of(app, "figures").put(path, data="").status_code == 400
    assert client_of(app, "figures").put("/api/v1/pairs/1/99/series", data=GOOD).status_code == 404
    assert points(app) == []


@pytest.mark.parametrize("scope", [None, "scim"])
def test_nobody_else_brings_anything(ground: tuple[Flask, str], scope: str | None) -> None:
    app, path = ground
    assert client_of(app, scope).put(path, data=GOOD).status_code == 401
    assert points(app) == []
