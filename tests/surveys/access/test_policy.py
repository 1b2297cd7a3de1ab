"""Who gets where: every route has a policy, and every role sees exactly its own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.access.policy import ANYBODY, RESPONDENT, check_every_route, declared, scope_of
from surveys.web import Installation
from tests.factories import account, closed, company, everybody_answers, opened, sign_in

ROLES = ("nobody", "hr", "manager", "other", "admin")


@pytest.fixture
def world(installed: Installation) -> dict[str, int]:
    """Three teams with one published wave, and an account of each role."""
    teams = company(installed, Buying=12, Selling=12, Stores=12)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, dict.fromkeys(teams, 12))
    closed(installed, wave)
    account(installed, "hr@example.org", "hr")
    account(installed, "manager@example.org", "manager", teams["Buying"])
    account(installed, "other@example.org", "manager", teams["Stores"])
    account(installed, "admin@example.org", "admin")
    return teams


@pytest.fixture
def clients(app: Flask, world: dict[str, int]) -> dict[str, FlaskClient]:
    app.config["WTF_CSRF_ENABLED"] = False
    found = {role: app.test_client() for role in ROLES}
    for role in ROLES[1:]:
        sign_in(found[role], f"{role}@example.org")
    return found


def test_a_route_without_a_policy_stops_the_start(app: Flask) -> None:
    app.view_functions["reading.pairs"] = lambda: ""
    with pytest.raises(RuntimeError, match=r"reading\.pairs"):
        check_every_route(app)


def test_every_get_route_lets_in_exactly_its_roles(
    app: Flask, clients: dict[str, FlaskClient], world: dict[str, int]
) -> None:
    values = {"team_a": world["Buying"], "team_b": world["Selling"], "theme_id": 1}
    checked = 0
    for rule in app.url_map.iter_rules():
        roles = declared(app, rule.endpoint) or frozenset()
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        with app.test_request_context():
            path = rule.build({k: values.get(k, 1) for k in rule.arguments})
        for role, client in clients.items():
            status = client.get(path[1]).status_code if path else 0
            held = "manager" if role == "other" else role
            if ANYBODY in roles or RESPONDENT in roles:
                assert status in (200, 302, 404), (rule.rule, role, status)
            elif scope_of(roles):
                assert status == 401, (rule.rule, role, status)
            elif role == "nobody":
                assert status in (302, 401), (rule.rule, role, status)
            elif held not in roles:
                assert status == 404, (rule.rule, role, status)
            checked += 1
    assert checked > 100


def test_a_pair_is_open_to_its_managers_and_hr_and_does_not_exist_for_others(
    clients: dict[str, FlaskClient], world: dict[str, int]
) -> None:
    page = f"/pairs/{world['Buying']}/{world['Selling']}"
    for path in (page, f"{page}.csv", f"{page}.xlsx", f"/api/v1{page}"):
        seen = {role: clients[role].get(path).status_code for role in ROLES[1:]}
        assert seen == {"hr": 200, "manager": 200, "other": 404, "admin": 404}, path


def test_the_map_shows_a_manager_only_own_pairs(
    clients: dict[str, FlaskClient], world: dict[str, int]
) -> None:
    text = clients["manager"].get("/pairs").text
    assert "Buying – Selling" in text
    assert "Buying – Stores" in text
    assert "Selling – Stores" not in text


def test_every_response_carries_the_headers(clients: dict[str, FlaskClient]) -> None:
    for path in ("/", "/sign-in", "/s", "/stored", "/nope", "/pairs", "/static/css/base.css"):
        with clients["hr"].get(path) as response:
            headers = response.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert ("no-store" in headers["Cache-Control"]) == (not path.startswith("/static"))


def test_posts_without_the_token_are_refused(installed: Installation, app: Flask) -> None:
    refused = app.test_client().post("/sign-in", data={"email": "a@b.c", "password": "x"})
    assert refused.status_code == 400
    assert "reload it" in refused.text
