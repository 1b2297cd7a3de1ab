"""SCIM: people and teams from an identity provider, by the rules that files obey."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from surveys import clock
from surveys.access import accounts
from surveys.access.viewer import COOKIE
from surveys.database import write_session
from surveys.directory import importing, undoing
from surveys.models.audit import AuditEntry
from surveys.models.people import Account, Person, Team
from surveys.models.pulses import Invitation, WaveTeam
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import account, company, directory, everybody_answers, opened
from tests.surveys.integrations.scim.identity_provider import (
    DEPARTMENT,
    IdentityProvider,
    patch,
    user,
)


@pytest.fixture
def idp(either: Installation) -> IdentityProvider:
    """A provider whose departments are the teams."""
    return IdentityProvider(APPS[id(either)])


@pytest.fixture
def by_groups(either: Installation) -> Iterator[IdentityProvider]:
    """A provider whose groups are the teams."""
    app = create_app(replace(either.settings, scim_teams="groups"))
    yield IdentityProvider(app)
    app.extensions["tribometer"].engine.dispose()


def person(installed: Installation, email: str) -> Person | None:
    with installed.sessions() as session:
        found = session.scalar(select(Person).where(Person.email == email))
        assert found is None or found.team
        return found


def load(installed: Installation, **sizes: int) -> None:
    with write_session(installed.sessions) as session:
        undoing.remember(session)
        importing.apply_import(session, importing.plan_import(session, directory(sizes)))


def test_a_person_comes_changes_leaves_and_comes_back(
    idp: IdentityProvider, either: Installation
) -> None:
    for i in range(4):
        idp.add(user(f"other{i}@x.org", "Buying"))
    made = idp.send("POST", "/Users", user("Ada@X.org", "Buying", preferredLanguage="de-DE"))
    assert made.status_code == 201
    assert made.headers["Content-Type"] == "application/scim+json"
    assert made.json["meta"]["location"] == made.headers["Location"]
    there, path = person(either, "ada@x.org"), f"/Users/{made.json['id']}"
    assert there is not None
    assert (there.team.name, there.language, there.active) == ("Buying", "de-DE", True)
    assert idp.get(path).json == made.json
    found = idp.get("/Users", filter='userName eq "ADA@x.org"').json
    assert (found["totalResults"], found["Resources"][0]["id"]) == (1, made.json["id"])

    gone = idp.send("PATCH", path, patch("Replace", "active", "False"))  # as Entra writes it
    assert gone.status_code == 204
    assert idp.get(path).json["active"] is False
    back = idp.send("PUT", path, user("ada@x.org", "Selling", displayName="Ada Sommer"))
    assert back.status_code == 200
    there = person(either, "ada@x.org")
    assert there is not None
    assert (there.name, there.team.name, there.active) == ("Ada Sommer", "Selling", True)

    assert idp.send("DELETE", path).status_code == 204
    assert idp.get(path).status_code == 404
    assert idp.get("/Users", filter='userName eq "ada@x.org"').json["totalResults"] == 0
    left = person(either, "ada@x.org")
    assert left is not None
    assert not left.active
    again = idp.send("POST", "/Users", user("ada@x.org", "Selling"))
    assert (again.status_code, again.json["id"]) == (201, made.json["id"])
    with either.sessions() as session:
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        actors = set(session.scalars(select(AuditEntry.actor))) - {"test"}
    assert actions[-5:] == [
        "added a person", "changed a person", "changed a person", "took a person out",
        "changed a person",
    ]  # fmt: skip
    assert actors == {"SCIM, token 1 (Okta)"}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (user("ada", "Buying"), "“ada” is not an e-mail address"),
        (user("ada@x.org", "Buying", displayName="A\u0000da"), "cannot be shown"),
        (user("ada@x.org", "Buying", displayName="A" * 201), "longer than 200"),
        (user("ada@x.org", "B" * 121), "The team is longer than 120"),
        (user("ada@x.org", "Buying", preferredLanguage="Deutsch!"), "Write the language as"),
        (user("ada@x.org", "Buying", externalId="\u0000"), "externalId holds a character"),
        ({"displayName": "Ada"}, "userName"),
    ],
)
def test_the_rules_of_files_hold(
    idp: IdentityProvider, either: Installation, sent: dict[str, object], says: str
) -> None:
    refused = idp.send("POST", "/Users", sent)
    assert (refused.status_code, refused.json["status"]) == (400, "400")
    assert refused.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert says in refused.json["detail"]
    assert person(either, "ada@x.org") is None


def test_what_is_not_needed_is_dropped_unread(idp: IdentityProvider) -> None:
    sent = user(
        "ada@x.org", "Buying", title="Head", phoneNumbers=[{"value": "1"}], password="secret-word"
    )
    sent[DEPARTMENT] = {"department": "Buying", "employeeNumber": "17", "manager": {"value": "2"}}
    ident = idp.add(sent)
    assert set(idp.get(f"/Users/{ident}").json) == {
        "schemas", "id", "externalId", "userName", "displayName", "name", "preferredLanguage",
        "active", "emails", "groups", "meta", DEPARTMENT,
    }  # fmt: skip


def test_departments_are_teams_and_groups_are_only_read(idp: IdentityProvider) -> None:
    ident = idp.add(user("ada@x.org", " buying "))
    idp.add(user("ben@x.org", "Buying"))
    groups = idp.get("/Groups", filter='displayName eq "Buying"').json["Resources"]
    assert [len(group["members"]) for group in groups] == [2]
    refused = idp.send("POST", "/Groups", {"displayName": "Stores"})
    assert refused.status_code == 403
    assert "TRIBOMETER_SCIM_TEAMS=groups" in refused.json["detail"]
    idp.send("PATCH", f"/Users/{ident}", patch("add", f"{DEPARTMENT}:department", "Stores"))
    assert idp.get(f"/Users/{ident}").json["groups"][0]["display"] == "Stores"


def test_groups_are_teams(by_groups: IdentityProvider, either: Installation) -> None:
    idp = by_groups
    people = [idp.add(user(f"p{i}@x.org", "ignored")) for i in range(10)]
    first = person(either, "p0@x.org")
    assert first is not None
    assert not first.team.active  # in no team yet: not asked
    members = [{"value": ident} for ident in people[:8]]
    made = idp.send("POST", "/Groups", {"displayName": "Buying", "members": members})
    assert made.status_code == 201
    other = idp.send("POST", "/Groups", {"displayName": "Selling", "externalId": "s-1"}).json
    path = f"/Groups/{made.json['id']}"
    idp.send("PATCH", path, patch("Remove", "members", [{"value": people[1]}]))  # as Entra does
    idp.send("PATCH", path, patch("remove", f'members[value eq "{people[2]}"]'))
    idp.send("PATCH", f"/Groups/{other['id']}", patch("add", "members", [{"value": people[0]}]))
    idp.send("PATCH", path, patch("replace", "displayName", "Procurement"))
    teams = {email: person(either, email) for email in ("p0@x.org", "p1@x.org", "p3@x.org")}
    assert [p.team.name for p in teams.values() if p] == ["Selling", "(no team)", "Procurement"]
    assert len(idp.get(path).json["members"]) == 5
    asked = idp.get("/Groups", filter=f'id eq "{other["id"]}" and members eq "{people[0]}"')
    assert asked.json["totalResults"] == 1
    assert idp.send("POST", "/Groups", {"displayName": "PROCUREMENT"}).status_code == 409
    wrong = idp.send("PATCH", path, patch("add", "members", [{"value": "9999"}]))
    assert wrong.status_code == 400

    assert idp.send("DELETE", f"/Groups/{other['id']}").status_code == 204
    assert idp.get(f"/Groups/{other['id']}").status_code == 404
    back = idp.send("POST", "/Groups", {"displayName": "selling"}).json
    assert back["id"] == other["id"]  # the same team, with its past


def test_a_file_then_a_provider(idp: IdentityProvider, either: Installation) -> None:
    """Whoever came by a file is found by the address and taken over, not doubled."""
    load(either, Buying=6, Selling=6)
    before = person(either, "buying2@example.org")
    assert before is not None
    found = idp.get("/Users", filter='userName eq "buying2@example.org"').json["Resources"]
    assert [one["id"] for one in found] == [str(before.id)]
    sent = user("b.two@login.example.org", "Buying")
    sent["emails"] = [
        {"value": "private@home.example", "type": "home"},
        {"value": "Buying2@example.org", "type": "work"},
    ]
    assert idp.add(sent) == str(before.id)
    assert idp.send("POST", "/Users", sent).status_code == 409
    assert idp.send("POST", "/Users", user("buying2@example.org", "Buying")).status_code == 409
    with either.sessions() as session:
        assert undoing.last_import(session) is None  # it would undo the provider's change too


def test_names(idp: IdentityProvider, either: Installation) -> None:
    parts = {"givenName": "Ada", "familyName": "Winter"}
    ident = idp.add({**user("ada@x.org", "Buying"), "displayName": None, "name": parts})
    for change, name in (
        (patch("replace", "name.familyName", "Sommer"), "Ada Winter"),  # half a name
        (patch("replace", "name", {"givenName": "Ada", "familyName": "Sommer"}), "Ada Sommer"),
        (patch("replace", "name.formatted", "Ada M. Sommer"), "Ada M. Sommer"),
        (patch("replace", None, {"displayName": "A. Sommer"}), "A. Sommer"),
    ):
        assert idp.send("PATCH", f"/Users/{ident}", change).status_code == 204
        there = person(either, "ada@x.org")
        assert there is not None
        assert there.name == name


def test_pages_versions_and_odd_numbers(idp: IdentityProvider) -> None:
    idents = [idp.add(user(f"p{i:02}@x.org", "Buying", externalId=f"E-{i}")) for i in range(7)]
    page = idp.get("/Users", startIndex="3", count="2").json
    assert (page["totalResults"], page["itemsPerPage"], page["startIndex"]) == (7, 2, 3)
    assert [one["id"] for one in page["Resources"]] == idents[2:4]
    assert idp.get("/Users", filter='externalId eq "E-4"').json["Resources"][0]["id"] == idents[4]
    assert idp.get("/Users", filter='externalId eq "e-4"').json["totalResults"] == 0
    assert idp.get("/Users", filter='userName sw "p0" and not (active eq false)').json[
        "totalResults"
    ] == 7  # fmt: skip
    assert idp.get("/Users", filter='userName eq "\\u0000"').json["totalResults"] == 0
    assert idp.get("/Users", filter="userName eq").status_code == 400
    assert idp.get("/Users", count="0").json["totalResults"] == 7
    one = f"/Users/{idents[0]}"
    version = idp.get(one).headers["ETag"]
    assert idp.send("GET", one, headers={"If-None-Match": version}).status_code == 304
    rename = patch("replace", "displayName", "New")
    assert idp.send("PATCH", one, rename, headers={"If-Match": version}).status_code == 204
    late = idp.send("PATCH", one, rename, headers={"If-Match": version})
    assert late.status_code == 412
    for odd in ("/Users/0", "/Users/99999999999999999999999", "/Users/x", "/Groups/77", "/Nothing"):
        nothing = idp.get(odd)
        assert (nothing.status_code, nothing.json["status"]) == (404, "404"), odd
    assert idp.send("POST", "/Users", b"{not json").status_code == 400
    assert idp.send("POST", "/Users", b"x" * 1_100_000).status_code == 413


def test_a_running_wave_stays_as_it_is(idp: IdentityProvider, either: Installation) -> None:
    teams = company(either, Buying=12, Selling=12)
    wave = opened(either)
    before = idp.get("/Users").json, idp.get("/Groups").json
    everybody_answers(either, wave, teams, {"Buying": 12, "Selling": 12}, comment="Too late.")
    assert (idp.get("/Users").json, idp.get("/Groups").json) == before  # nothing on answers
    with either.sessions() as session:
        rosters = {t.team_id: t.roster for t in session.scalars(select(WaveTeam))}
        invited = session.query(Invitation).count()
    someone = person(either, "buying3@example.org")
    assert someone is not None
    path = f"/Users/{someone.id}"
    moved = idp.send("PATCH", path, patch("replace", f"{DEPARTMENT}:department", "Selling"))
    assert moved.status_code == 204
    assert idp.send("PATCH", path, patch("replace", "active", False)).status_code == 204
    with either.sessions() as session:
        assert {t.team_id: t.roster for t in session.scalars(select(WaveTeam))} == rosters
        assert session.query(Invitation).count() == invited


def test_leaving_takes_a_managers_access_and_nothing_else(
    idp: IdentityProvider, either: Installation
) -> None:
    company(either, Buying=12, Selling=12)
    account(either, "selling1@example.org", "hr")
    for email in ("buying1@example.org", "selling1@example.org"):
        someone = person(either, email)
        assert someone is not None
        idp.send("PATCH", f"/Users/{someone.id}", patch("replace", "active", False))
    with either.sessions() as session:
        left = {a.email: [g.role for g in a.grants] for a in session.scalars(select(Account))}
    assert left == {"buying1@example.org": [], "selling1@example.org": ["hr"]}


def test_a_provider_cannot_turn_an_account_over_to_somebody(
    idp: IdentityProvider, either: Installation
) -> None:
    company(either, Buying=12, Selling=12)
    account(either, "buying2@example.org", "hr")
    someone = person(either, "buying2@example.org")
    assert someone is not None
    there = patch("replace", 'emails[type eq "work"].value', "thief@evil.example")
    assert idp.send("PATCH", f"/Users/{someone.id}", there).status_code == 204
    assert person(either, "thief@evil.example") is not None
    with either.sessions() as session:
        assert accounts.find_account(session, "thief@evil.example") is None
        assert accounts.find_account(session, "buying2@example.org") is not None


def test_two_at_once_make_one_person(idp: IdentityProvider, either: Installation) -> None:
    starts, seen = Barrier(6), []

    def add() -> None:
        starts.wait()
        seen.append(idp.send("POST", "/Users", user("ada@x.org", "Buying")).status_code)

    threads = [Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [201, 409, 409, 409, 409, 409]
    with either.sessions() as session:
        assert len(session.scalars(select(Team)).all()) == 1


def test_without_the_extra_it_says_so(
    app: Flask, installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    idp = IdentityProvider(app)
    monkeypatch.setitem(sys.modules, "scim2_server", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    for method, path in (("GET", "/Users"), ("POST", "/Users"), ("GET", "/ServiceProviderConfig")):
        answer = idp.send(method, path, user("ada@x.org", "Buying") if method == "POST" else None)
        assert answer.status_code == 501
        assert "needs the extra “scim”" in answer.json["detail"]


def test_no_cookie_opens_it(app: Flask, installed: Installation) -> None:
    account(installed, "hr@example.org", "hr")
    client = app.test_client()
    with write_session(installed.sessions) as session:
        hr = accounts.find_account(session, "hr@example.org")
        assert hr is not None
        client.set_cookie(COOKIE, accounts.sign_in(session, hr))
    assert client.get("/hr/setup/people").status_code == 200
    for method, path in (("get", "/scim/v2/Users"), ("post", "/scim/v2/Users")):
        refused = getattr(client, method)(path)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
        assert refused.json["status"] == "401"


def test_the_day_of_the_last_use_is_kept_and_no_hour(
    idp: IdentityProvider, either: Installation
) -> None:
    with clock.at(clock.now() + timedelta(days=3)):
        idp.get("/Users")
        assert idp.token().last_used_on == clock.now().date()
