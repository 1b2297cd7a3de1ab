"""The import guard for people who come one by one, and what a provider may send at random."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import create_app
from surveys import clock
from surveys.database import write_session
from surveys.directory import importing
from surveys.models.audit import AuditEntry
from surveys.models.people import Person
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import account, directory, sign_in
from tests.surveys.integrations.scim.identity_provider import (
    DEPARTMENT,
    IdentityProvider,
    patch,
    user,
)

GONE = patch("replace", "active", False)


@pytest.fixture
def idp(either: Installation) -> IdentityProvider:
    """A provider of a company of twenty, who came by a file."""
    with write_session(either.sessions) as session:
        text = directory({"Buying": 10, "Selling": 10})
        importing.apply_import(session, importing.plan_import(session, text))
    return IdentityProvider(APPS[id(either)])


@pytest.fixture
def hr(either: Installation) -> FlaskClient:
    app = APPS[id(either)]
    app.config["WTF_CSRF_ENABLED"] = False
    account(either, "hr@example.org", "hr")
    client = app.test_client()
    sign_in(client, "hr@example.org")
    return client


def idents(idp: IdentityProvider) -> list[str]:
    return [one["id"] for one in idp.get("/Users", filter="active eq true").json["Resources"]]


def active(installed: Installation) -> int:
    with installed.sessions() as session:
        return len(session.scalars(select(Person).where(Person.active)).all())


def test_too_many_leaving_in_one_day_wait_for_hr(
    idp: IdentityProvider, hr: FlaskClient, either: Installation
) -> None:
    people = idents(idp)
    done = [idp.send("PATCH", f"/Users/{ident}", GONE).status_code for ident in people[:8]]
    assert done == [204] * 8  # 40 % of twenty
    for method, path, body in (
        ("PATCH", f"/Users/{people[8]}", GONE),
        ("DELETE", f"/Users/{people[9]}", None),
        ("PATCH", f"/Users/{people[10]}", patch("remove", f"{DEPARTMENT}:department")),
        ("PUT", f"/Users/{people[11]}", {**user("x@y.org", "Buying"), "active": False}),
    ):
        held = idp.send(method, path, body)
        assert held.status_code == 503, path
        assert "more than 40 % of the people" in held.json["detail"]
        assert held.headers["Retry-After"]
    assert active(either) == 12
    assert person_of(either, people[11]).email != "x@y.org"  # nothing of it was done

    page = hr.get("/hr/setup/people").text
    assert "Held back" in page
    for ident in people[8:12]:
        assert person_of(either, ident).name in page
    other = idp.send("PATCH", f"/Users/{people[12]}", patch("replace", "displayName", "New"))
    assert other.status_code == 204  # all else goes on
    with clock.at(clock.now() + timedelta(days=2)):
        # A new day does not open the door: somebody has to look.
        assert idp.send("PATCH", f"/Users/{people[8]}", GONE).status_code == 503
        sign_in(hr, "hr@example.org")
        hr.post("/hr/setup/people/held/yes")
        assert "Held back" not in hr.get("/hr/setup/people").text
        for ident in people[8:16]:
            assert idp.send("PATCH", f"/Users/{ident}", GONE).status_code == 204
    assert active(either) == 4
    with either.sessions() as session:
        actions = list(session.scalars(select(AuditEntry.action)))
    assert actions.count("was held back") == 5
    assert actions.count("decided on what was held back") == 1


def person_of(installed: Installation, ident: str) -> Person:
    with installed.sessions() as session:
        return session.get_one(Person, int(ident))


def test_forgetting_leaves_the_guard_as_it_is(
    idp: IdentityProvider, hr: FlaskClient, either: Installation
) -> None:
    people = idents(idp)
    for ident in people[:9]:
        last = idp.send("DELETE", f"/Users/{ident}").status_code
    assert last == 503
    hr.post("/hr/setup/people/held/no")
    assert "Held back" not in hr.get("/hr/setup/people").text
    assert idp.send("DELETE", f"/Users/{people[8]}").status_code == 503
    hr.post("/hr/setup/people/held/no")
    with clock.at(clock.now() + timedelta(days=1)):
        assert idp.send("DELETE", f"/Users/{people[8]}").status_code == 204
    again = hr.post("/hr/setup/people/held/no")
    assert again.status_code == 409


def test_too_many_new_addresses_wait_for_hr(idp: IdentityProvider, either: Installation) -> None:
    done = [
        idp.send("PATCH", f"/Users/{ident}", patch("replace", "emails", [{"value": f"{i}@n.org"}]))
        for i, ident in enumerate(idents(idp)[:4])
    ]
    assert [answer.status_code for answer in done] == [204, 204, 503, 503]
    assert "5 % another address" in done[3].json["detail"]
    left = idp.send("DELETE", f"/Users/{idents(idp)[5]}")
    assert left.status_code == 204  # leaving is counted apart


def test_a_whole_group_at_once(idp: IdentityProvider, either: Installation) -> None:
    app = create_app(replace(either.settings, scim_teams="groups"))
    groups = IdentityProvider(app)
    path = f"/Groups/{groups.get('/Groups').json['Resources'][0]['id']}"
    assert groups.send("DELETE", path).status_code == 503
    assert groups.send("PATCH", path, patch("remove", "members")).status_code == 503
    assert len(groups.get(path).json["members"]) == 10
    moved = {"displayName": "Selling", "members": [{"value": i} for i in idents(idp)]}
    other = f"/Groups/{groups.get('/Groups').json['Resources'][1]['id']}"
    assert groups.send("PUT", other, moved).status_code == 200  # moving takes nobody out
    assert groups.send("DELETE", path).status_code == 204
    app.extensions["tribometer"].engine.dispose()


ODD = st.sampled_from(["\ud800", "\x00", "9" * 400, "\u202e", "a@b", "a@b.c", ""])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats() | ODD
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "type", "primary", "department"]), inner)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["userName", "displayName", "name", "emails", "active", "groups", "preferredLanguage", "id",
     "externalId", "members", "meta", "schemas", DEPARTMENT, "x"]
)  # fmt: skip
PATHS = st.none() | NAMES | st.sampled_from(
    ['emails[type eq "work"].value', "name.formatted", f"{DEPARTMENT}:department", "emails[",
     "\x00", 'members[value eq "1"]', "emails.value"]
)  # fmt: skip
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "remove", "x"])},
    optional={"path": PATHS, "value": VALUES},
)
FILTERS = st.text(max_size=30) | st.builds(
    "{} {} {}".format,
    NAMES | st.just("emails.value"),
    st.sampled_from(["eq", "ne", "co", "sw", "gt", "pr", ""]),
    st.text(max_size=8).map(json.dumps) | st.sampled_from(["true", "1", "null", ""]),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(NAMES, VALUES, max_size=6),
    st.lists(OPERATION, max_size=3),
    FILTERS,
    st.sampled_from(["/Users", "/Groups"]),
)
def test_whatever_is_sent_the_directory_keeps_its_rules(
    idp: IdentityProvider,
    either: Installation,
    body: dict[str, Any],
    operations: list[dict[str, Any]],
    asked: str,
    kind: str,
) -> None:
    operation = {"schemas": patch("add", None)["schemas"], "Operations": operations}
    answers = [
        idp.send("POST", kind, body),
        idp.send("PUT", f"{kind}/1", body),
        idp.send("PATCH", f"{kind}/2", operation),
        idp.get(kind, filter=asked),
        idp.get(kind, startIndex=asked, count=asked, attributes=asked),
    ]
    for answer in answers:
        assert answer.status_code < 500 or answer.status_code == 503, (body, operations, asked)
        if answer.status_code >= 400:
            assert answer.json["detail"], answer.text
    with either.sessions() as session:
        for one in session.scalars(select(Person)):
            assert "@" in one.email
            assert one.name.isprintable()
            assert one.team.name
