"""Second factor, reset by mail, counted failures, signed-in browsers."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app import create_app
from surveys import clock
from surveys.access import second_factor, throttle
from surveys.database import write_session
from surveys.models.people import Account, SignIn, SignInFailure, SignInLink
from surveys.sending.outbox import deliver_due
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import PASSWORD, account, sign_in

EMAIL = "hr@example.org"
WRONG = {"email": EMAIL, "password": "not the password"}
RIGHT = {"email": EMAIL, "password": PASSWORD}


@pytest.fixture
def hr(installed: Installation) -> Account:
    return account(installed, EMAIL, "hr")


@pytest.fixture
def other(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser."""
    return app.test_client()


def turn_on(client: FlaskClient) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a freshly turned on second factor."""
    secret = re.findall(r'<p class="code">(\w+)</p>', client.get("/account/second-factor").text)[0]
    done = client.post("/account/second-factor", data={"code": now_of(secret)})
    return secret, re.findall(r"<code>(\w+)</code>", done.text)


def now_of(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def later(seconds: int):  # type: ignore[no-untyped-def]
    return clock.at(clock.now() + timedelta(seconds=seconds))


def test_with_a_second_factor_the_password_alone_lets_nobody_in(
    hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    secret, codes = turn_on(client)
    assert len(codes) == second_factor.RECOVERY_CODES
    assert other.post("/sign-in", data=RIGHT).location == "/sign-in/second"
    assert other.get("/pairs").status_code == 302
    assert "not right" in other.post("/sign-in/second", data={"code": "000000"}).text
    with later(60):
        assert other.post("/sign-in/second", data={"code": now_of(secret)}).location == "/"
        assert other.get("/pairs").status_code == 200


def test_a_code_works_once_and_a_recovery_code_too(
    hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    secret, codes = turn_on(client)
    other.post("/sign-in", data=RIGHT)
    used = now_of(secret)  # the code that turned it on
    assert other.post("/sign-in/second", data={"code": used}).status_code == 200
    assert other.post("/sign-in/second", data={"code": codes[0].upper()}).status_code == 302
    other.post("/sign-out")
    other.post("/sign-in", data=RIGHT)
    assert other.post("/sign-in/second", data={"code": codes[0]}).status_code == 200


def test_a_link_by_mail_does_not_go_round_the_second_factor(
    installed: Installation, hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    turn_on(client)
    link = forgotten(installed, other)
    assert other.post("/enter?new=1", data={"code": link}).location == "/sign-in/second"
    assert other.get("/account/password").status_code == 302


def test_who_stands_before_the_second_factor_waits_ten_minutes_at_most(
    hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    secret, _codes = turn_on(client)
    other.post("/sign-in", data=RIGHT)
    with later(660):
        late = other.post("/sign-in/second", data={"code": now_of(secret)})
    assert late.location == "/sign-in"


def test_the_secret_lies_sealed_in_the_database(
    installed: Installation, hr: Account, client: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    secret, codes = turn_on(client)
    raw = Path(installed.settings.data / "tribometer.db").read_bytes()
    raw += Path(installed.settings.data / "tribometer.db-wal").read_bytes()
    assert secret.encode() not in raw
    assert codes[0].encode() not in raw


def test_turning_it_off_needs_a_code(hr: Account, client: FlaskClient, other: FlaskClient) -> None:
    sign_in(client, EMAIL)
    _secret, codes = turn_on(client)
    assert "not right" in client.post("/account/second-factor/off", data={"code": "1"}).text
    assert client.post("/account/second-factor/off", data={"code": codes[1]}).status_code == 302
    assert other.post("/sign-in", data=RIGHT).location == "/"


def test_wrong_codes_of_the_second_factor_end(
    hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    secret, _codes = turn_on(client)
    other.post("/sign-in", data=RIGHT)
    tries = [other.post("/sign-in/second", data={"code": f"{i:06}"}) for i in range(9)]
    assert [t.status_code for t in tries] == [200] * 8 + [429]
    with later(60):
        assert other.post("/sign-in/second", data={"code": now_of(secret)}).status_code == 429


def test_guessing_ends_but_does_not_lock_the_owner_out(
    hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    client.post("/sign-out")
    tries = [other.post("/sign-in", data=WRONG).status_code for _ in range(9)]
    assert tries == [200] * 8 + [429]
    assert other.post("/sign-in", data=RIGHT).status_code == 429
    # The owner's own browser is known to the account and counted by itself.
    assert client.post("/sign-in", data=WRONG).status_code == 200
    assert client.post("/sign-in", data=RIGHT).status_code == 302
    with later(16 * 60):
        assert other.post("/sign-in", data=RIGHT).status_code == 302


def test_a_stolen_browser_cannot_try_codes_and_passwords(hr: Account, client: FlaskClient) -> None:
    sign_in(client, EMAIL)
    secret, _codes = turn_on(client)
    off = [client.post("/account/second-factor/off", data={"code": f"{i:06}"}) for i in range(9)]
    assert [tried.status_code for tried in off] == [200] * 8 + [429]
    with later(60):
        right = client.post("/account/second-factor/off", data={"code": now_of(secret)})
        assert right.status_code == 429
    new = {"current": "x", "password": "another long password", "again": "another long password"}
    tries = [client.post("/account/password", data=new).status_code for _ in range(9)]
    assert tries == [200] * 8 + [429]


def test_a_known_device_is_no_way_round_the_limit(hr: Account, client: FlaskClient) -> None:
    sign_in(client, EMAIL)
    client.post("/sign-out")
    tries = [client.post("/sign-in", data=WRONG).status_code for _ in range(18)]
    assert tries == [200] * 16 + [429] * 2  # eight for the device, eight as a stranger


def test_unknown_addresses_are_counted_alike(hr: Account, client: FlaskClient) -> None:
    wrong = {"email": "nobody@example.org", "password": "x"}
    assert [client.post("/sign-in", data=wrong).status_code for _ in range(9)][-1] == 429


def test_one_place_cannot_try_many_accounts(installed: Installation, client: FlaskClient) -> None:
    with write_session(installed.sessions) as session:
        for _ in range(throttle.MAX_FROM_ONE_PLACE):
            throttle.count(session, throttle.place_bucket(installed.settings, "127.0.0.1"))
    assert client.post("/sign-in", data=WRONG).status_code == 429
    assert client.post("/enter", data={"code": "guess"}).status_code == 429


def forgotten(installed: Installation, client: FlaskClient) -> str:
    """Ask for a link and read it from the mail."""
    assert client.post("/forgot", data={"email": EMAIL.upper()}).status_code == 302
    deliver_due(installed.sessions, installed.settings)
    outbox = Path(installed.settings.outbox.removeprefix("file:"))
    mail = max(outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns).read_text()
    return re.findall(r"new=(?:3D)?1#([\w-]+)", mail.replace("=\n", ""))[0]


def test_a_forgotten_password_is_replaced_by_mail_and_others_are_signed_out(
    installed: Installation, hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    entered = other.post("/enter?new=1", data={"code": forgotten(installed, other)})
    assert entered.location == "/account/password"
    new = {"password": "a new and long password"}
    assert other.post("/account/password", data=new).status_code == 302
    assert client.get("/pairs").status_code == 302
    assert client.post("/sign-in", data={"email": EMAIL, **new}).status_code == 302


def test_asking_for_links_tells_nothing_and_floods_nobody(
    installed: Installation, hr: Account, client: FlaskClient
) -> None:
    known = [client.post("/forgot", data={"email": EMAIL}) for _ in range(6)]
    unknown = client.post("/forgot", data={"email": "nobody@example.org"})
    assert {answer.status_code for answer in (*known, unknown)} == {302}
    deliver_due(installed.sessions, installed.settings)
    with installed.sessions() as session:
        assert len(session.scalars(select(SignInLink)).all()) == 3


def test_a_new_password_needs_the_old_one(hr: Account, client: FlaskClient) -> None:
    sign_in(client, EMAIL)
    new = {"password": "a new and long password"}
    assert client.post("/account/password", data=new).status_code == 200
    wrong = client.post("/account/password", data={**new, "current": "wrong"})
    assert "not your password" in wrong.text
    done = client.post("/account/password", data={**new, "current": PASSWORD})
    assert done.status_code == 302


def test_browsers_are_listed_and_signed_out(
    installed: Installation, hr: Account, client: FlaskClient, other: FlaskClient
) -> None:
    sign_in(client, EMAIL)
    sign_in(other, EMAIL)
    page = client.get("/account").text
    assert page.count("since ") == 2
    assert page.count("this one") == 1
    client.post("/account/sign-out-others")
    assert other.get("/pairs").status_code == 302
    with installed.sessions() as session:
        assert len(session.scalars(select(SignIn)).all()) == 1


def test_the_cookie_is_a_new_one_at_every_sign_in(hr: Account, client: FlaskClient) -> None:
    seen = set()
    for _ in range(3):
        sign_in(client, EMAIL)
        cookie = client.get_cookie("tribometer_sign_in")
        assert cookie is not None
        seen.add(cookie.value)
    assert len(seen) == 3


def test_addresses_from_a_proxy_are_believed_only_where_there_is_one(
    installed: Installation, settings: Settings
) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    for proxies, believed in ((0, "127.0.0.1"), (1, "203.0.113.9")):
        app = create_app(replace(settings, proxies=proxies))
        app.config["WTF_CSRF_ENABLED"] = False
        with write_session(installed.sessions) as session:
            session.execute(delete(SignInFailure))
        app.test_client().post("/sign-in", data=WRONG, headers=forwarded)
        with installed.sessions() as session:
            place = throttle.place_bucket(settings, believed)
            assert session.get(SignInFailure, place.key) is not None
        app.extensions["tribometer"].engine.dispose()
