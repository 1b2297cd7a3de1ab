"""Tokens of programs: shown once, kept as a hash, taken back, throttled, each for its scope."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from surveys import clock
from surveys.access import api_tokens, throttle
from surveys.commands import cli
from surveys.database import write_session
from surveys.models.access import ApiToken
from surveys.models.audit import AuditEntry
from surveys.models.people import SignInFailure, Team
from surveys.operating import doctor
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import account, sign_in

USERS = "/scim/v2/Users"


def made(installed: Installation, scopes: tuple[str, ...] = ("scim",)) -> str:
    with write_session(installed.sessions) as session:
        return api_tokens.make_token(session, "test", "Okta", scopes)


def knock(client: FlaskClient, token: str) -> int:
    return client.get(USERS, headers={"Authorization": f"Bearer {token}"}).status_code


def test_only_the_hash_is_stored(either: Installation) -> None:
    token = made(either)
    with either.engine.connect() as connection:
        for table in inspect(either.engine).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            assert token.removeprefix(api_tokens.MARK) not in str(rows), table


def test_a_token_opens_until_it_is_taken_back(either: Installation) -> None:
    client, token = APPS[id(either)].test_client(), made(either)
    assert knock(client, token) == 200
    with write_session(either.sessions) as session:
        api_tokens.revoke_token(session, "test", 1)
    assert knock(client, token) == 401
    with either.sessions() as session:
        actions = list(session.scalars(select(AuditEntry.action)))
        with pytest.raises(api_tokens.TokenError, match="taken back before"):
            api_tokens.revoke_token(session, "test", 1)
    assert actions == ["made a token", "took a token back"]


def test_a_token_for_something_else_opens_nothing(
    app: Flask, installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(api_tokens.SCOPES, "figures", "Figures")
    assert knock(app.test_client(), made(installed, ("figures",))) == 401
    with installed.sessions() as session, pytest.raises(api_tokens.TokenError):
        api_tokens.make_token(session, "test", "x", ["everything"])


def test_guessing_ends_and_the_right_token_goes_on(
    either: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, token = APPS[id(either)].test_client(), made(either)
    seen = [knock(client, f"guess-{i}") for i in range(throttle.MAX_FAILURES + 3)]
    assert seen == [401] * throttle.MAX_FAILURES + [429] * 3
    assert knock(client, token) == 200
    account(either, "hr@example.org", "hr")
    APPS[id(either)].config["WTF_CSRF_ENABLED"] = False
    sign_in(client, "hr@example.org")  # people at the same address are not kept out
    with clock.at(clock.now() + throttle.WINDOW + timedelta(seconds=1)):
        assert knock(client, "guess") == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "bearer\t", "Bearer é"])
def test_no_token_at_all_is_no_guess(app: Flask, installed: Installation, header: str) -> None:
    client = app.test_client()
    refused = client.get(USERS, headers={"Authorization": header})
    assert refused.status_code == 401
    with installed.sessions() as session:
        counted = session.scalars(select(SignInFailure)).all()
    assert len(counted) == header.endswith("é")


def test_hr_makes_one_on_a_page_and_sees_it_once(app: Flask, installed: Installation) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for role in ("hr", "admin", "manager"):
        with write_session(installed.sessions) as session:
            team = Team(name=f"Team of {role}")
            session.add(team)
            session.flush()
        account(installed, f"{role}@example.org", role, team.id if role == "manager" else None)
    for role in ("hr", "admin"):
        client = app.test_client()
        sign_in(client, f"{role}@example.org")
        page = client.post("/tokens", data={"name": f"<b>{role}</b>", "scope": "scim"}).text
        token = page.split(api_tokens.MARK, 1)[1].split("<", 1)[0]
        assert knock(app.test_client(), api_tokens.MARK + token) == 200
        again = client.get("/tokens").text
        assert token not in again
        for shown in (page, again):
            assert f"&lt;b&gt;{role}&lt;/b&gt;" in shown
        assert client.post("/tokens", data={"name": "\u202e", "scope": "scim"}).status_code == 400
    client.post("/tokens/1/revoke")
    assert "taken back on" in client.get("/tokens").text
    stranger = app.test_client()
    sign_in(stranger, "manager@example.org")
    assert stranger.get("/tokens").status_code == 404


def test_by_command_and_what_the_doctor_says(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ["--instance", str(installed.settings.instance)]
    run = CliRunner()
    said = run.invoke(cli, ["scim", "token", "Entra ID", *place]).output
    token = said.split("Token:")[1].split()[0]
    assert f"{installed.settings.instance}" not in said
    assert knock(APPS[id(installed)].test_client(), token) == 200
    listed = run.invoke(cli, ["scim", "tokens", *place]).output
    assert "Entra ID" in listed
    assert token not in listed

    def says() -> tuple[str, str]:
        found = [f for f in doctor.examine(installed.settings) if f.about == "SCIM"]
        return found[0].state, found[0].says

    assert says() == ("ok", "1 token(s) in use.")
    monkeypatch.setattr("surveys.directory.provisioning.installed", lambda: False)
    assert says()[0] == "FAULT"
    assert "“scim” is not installed" in says()[1]
    assert "opens nothing" in run.invoke(cli, ["scim", "revoke", "1", *place]).output
    assert says()[0] == "ok"
    with installed.sessions() as session:
        assert session.scalars(select(ApiToken.revoked_on)).one() is not None
