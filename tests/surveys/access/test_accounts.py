"""Sign-in, one-time links, first set-up, and the audit log."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys import clock
from surveys.access import accounts, audit
from surveys.database import write_session
from surveys.models.audit import AuditEntry
from surveys.models.people import Account, SignIn
from surveys.web import Installation
from tests.factories import PASSWORD, account


def link_for(installed: Installation, email: str | None) -> str:
    with write_session(installed.sessions) as session:
        owner = session.scalar(select(Account).where(Account.email == email)) if email else None
        return accounts.make_link(session, owner)


def test_the_first_link_sets_the_installation_up_once(
    installed: Installation, client: FlaskClient
) -> None:
    data = {
        "code": link_for(installed, None), "name": "Ines", "email": "Ines@Example.org",
        "password": PASSWORD,
    }  # fmt: skip
    assert client.post("/start", data=data).location == "/hr/setup"
    assert client.get("/hr/setup").status_code == 200
    again = client.post("/start", data=data)
    assert "used already" in again.text
    with installed.sessions() as session:
        assert not accounts.first_account_missing(session)


def test_a_link_of_somebody_cannot_set_up_a_second_first_account(
    installed: Installation, client: FlaskClient
) -> None:
    account(installed, "m@example.org", "admin")
    code = link_for(installed, "m@example.org")
    data = {"code": code, "name": "X", "email": "x@example.org", "password": PASSWORD}
    assert client.post("/start", data=data).status_code == 200


def test_an_older_set_up_link_is_worth_nothing_once_somebody_runs_the_installation(
    installed: Installation, client: FlaskClient
) -> None:
    older, newer = (link_for(installed, None) for _ in range(2))
    data = {"name": "Ines", "email": "hr@example.org", "password": PASSWORD}
    assert client.post("/start", data=data | {"code": newer}).status_code == 302
    taken = client.post("/start", data=data | {"code": older, "password": "of an attacker"})
    assert "used already" in taken.text
    with installed.sessions() as session:
        assert accounts.check_password(session, "hr@example.org", PASSWORD)
        assert not accounts.check_password(session, "hr@example.org", "of an attacker")


def test_access_can_be_taken_away_at_once(installed: Installation, client: FlaskClient) -> None:
    account(installed, "hr@example.org", "hr")
    former = account(installed, "m@example.org", "hr")
    client.post("/sign-in", data={"email": "m@example.org", "password": PASSWORD})
    with write_session(installed.sessions) as session:
        accounts.revoke(session, session.get_one(Account, former.id))
    assert client.get("/pairs").status_code == 302
    client.post("/sign-in", data={"email": "m@example.org", "password": PASSWORD})
    assert client.get("/pairs").status_code == 404


def test_a_link_enters_once_and_not_after_a_week(
    installed: Installation, client: FlaskClient
) -> None:
    account(installed, "hr@example.org", "hr")
    code = link_for(installed, "hr@example.org")
    assert client.post("/enter", data={"code": code}).status_code == 302
    assert "used already" in client.post("/enter", data={"code": code}).text
    late = link_for(installed, "hr@example.org")
    with clock.at(clock.now() + timedelta(days=8)):
        assert "too old" in client.post("/enter", data={"code": late}).text


def test_a_wrong_password_and_an_unknown_address_read_the_same(
    installed: Installation, client: FlaskClient
) -> None:
    account(installed, "hr@example.org", "hr")
    wrong = client.post("/sign-in", data={"email": "hr@example.org", "password": "no"})
    unknown = client.post("/sign-in", data={"email": "who@example.org", "password": "no"})
    assert wrong.status_code == unknown.status_code == 200
    for answer in (wrong, unknown):
        assert "Address and password do not fit" in answer.text


def test_signing_out_ends_the_session_on_the_server(
    installed: Installation, client: FlaskClient
) -> None:
    account(installed, "hr@example.org", "hr")
    client.post("/sign-in", data={"email": "hr@example.org", "password": PASSWORD})
    client.post("/sign-out")
    with installed.sessions() as session:
        assert session.scalars(select(SignIn)).all() == []
    assert client.get("/pairs").status_code == 302


@pytest.mark.parametrize("goal", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_sign_in_leads_only_to_this_site(
    installed: Installation, client: FlaskClient, goal: str
) -> None:
    account(installed, "hr@example.org", "hr")
    done = client.post(
        "/sign-in", query_string={"next": goal},
        data={"email": "hr@example.org", "password": PASSWORD},
    )  # fmt: skip
    assert done.location == "/"


def test_the_audit_chain_shows_a_changed_entry(either: Installation) -> None:
    with write_session(either.sessions) as session:
        for number in range(3):
            audit.record(session, "hr@example.org", "did something", number=number)
    with write_session(either.sessions) as session:
        assert audit.first_broken(session) is None
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[1]
        entry.detail = {"number": 7}
        session.flush()
        assert audit.first_broken(session) == entry.id
