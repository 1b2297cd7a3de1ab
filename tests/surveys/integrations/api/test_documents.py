"""What programs read: by token or signed in, in pages, with tags, never more than HR sees."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.access import api_tokens
from surveys.database import write_session
from surveys.web import Installation
from tests.conftest import APPS
from tests.factories import account, first_month, sign_in

LISTS = ("/api/v1/releases", "/api/v1/pairs", "/api/v1/themes")


@pytest.fixture
def ground(either: Installation) -> tuple[Flask, dict[str, int]]:
    """The app after a first month, and its teams."""
    teams = first_month(either)
    return APPS[id(either)], teams


def client_of(app: Flask, scope: str) -> FlaskClient:
    """A program with a token of this scope."""
    client = app.test_client()
    with write_session(app.extensions["tribometer"].sessions) as session:
        token = api_tokens.make_token(session, "hr@example.org", "BI", [scope])
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def test_a_token_reads_results_and_nothing_else(ground: tuple[Flask, dict[str, int]]) -> None:
    app, teams = ground
    program = client_of(app, "results")
    pair = f"/api/v1/pairs/{teams['Buying']}/{teams['Selling']}"
    for path in (*LISTS, pair):
        assert program.get(path).status_code == 200, path
        assert app.test_client().get(path).status_code == 401, path
        assert client_of(app, "figures").get(path).status_code == 401, path
    assert program.put(f"{pair}/series", data="x").status_code == 401
    for page in ("/pairs", "/hr/themes", "/hr"):
        assert program.get(page).status_code == 302, page


def test_a_manager_lists_the_own_pairs_only(ground: tuple[Flask, dict[str, int]]) -> None:
    app, _teams = ground
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, "buying@example.org")
    found = client.get("/api/v1/pairs").get_json()
    assert len(found["items"]) == 3
    assert all("Buying" in [t["name"] for t in pair["teams"]] for pair in found["items"])
    assert client.get("/api/v1/themes").status_code == 404


def test_lists_come_in_pages_that_miss_and_repeat_nothing(
    ground: tuple[Flask, dict[str, int]],
) -> None:
    app, _teams = ground
    program = client_of(app, "results")
    whole = program.get("/api/v1/pairs").get_json()
    assert whole["next"] is None
    path, seen = "/api/v1/pairs?limit=4", []
    while path:
        page = program.get(path).get_json()
        assert len(page["items"]) <= 4
        seen += page["items"]
        path = page["next"]
    assert seen == whole["items"]
    assert len(seen) == 6


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("limit=0", 400),
        ("limit=201", 400),
        ("limit=x", 400),
        ("limit=٣", 400),
        ("after=no", 404),
        ("limit=0000000011999999", 400),
        ("limit=1" + 5000 * "9", 400),
    ],
)
def test_a_page_that_cannot_be_is_a_problem(
    ground: tuple[Flask, dict[str, int]], asked: str, status: int
) -> None:
    app, _teams = ground
    refused = client_of(app, "results").get(f"/api/v1/pairs?{asked}")
    assert refused.status_code == status
    assert refused.content_type == "application/problem+json"


def test_words_follow_the_language_and_codes_do_not(
    ground: tuple[Flask, dict[str, int]],
) -> None:
    app, _teams = ground
    program = client_of(app, "results")
    said = []
    for language in ("en", "de"):
        answer = program.get("/api/v1/pairs", headers={"Accept-Language": language})
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
        said.append(answer.get_json())
    figures = [[seam["figure"] for pair in one["items"] for seam in pair["seams"]] for one in said]
    assert [f["reason_code"] for f in figures[0]] == [f["reason_code"] for f in figures[1]]
    assert any(f["reason_code"] for f in figures[0])
    assert [f["reason"] for f in figures[0]] != [f["reason"] for f in figures[1]]
    assert "lang=de" in program.get("/api/v1/pairs?limit=1&lang=de").get_json()["next"]


def test_a_refused_program_is_told_how_to_ask(ground: tuple[Flask, dict[str, int]]) -> None:
    app, _teams = ground
    nobody = app.test_client().get("/api/v1/pairs")
    assert nobody.status_code == 401
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
    assert "token" in nobody.get_json()["title"]
    wrong = client_of(app, "results").delete("/api/v1/pairs")
    assert wrong.status_code == 405
    assert {"GET", "HEAD"} <= set(wrong.headers["Allow"].split(", "))


def test_what_is_known_already_is_not_sent_again(ground: tuple[Flask, dict[str, int]]) -> None:
    app, _teams = ground
    program = client_of(app, "results")
    first = program.get("/api/v1/pairs")
    tag = first.headers["ETag"]
    # No browser or proxy keeps it; a program that does may ask whether it is still so.
    assert first.headers["Cache-Control"] == "no-store"
    again = program.get("/api/v1/pairs", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert program.get("/api/v1/pairs", headers={"If-None-Match": '"other"'}).status_code == 200


def test_themes_carry_bands_and_nobodys_words(ground: tuple[Flask, dict[str, int]]) -> None:
    app, _teams = ground
    found = client_of(app, "results").get("/api/v1/themes").get_json()
    assert {side["persons"] for theme in found["items"] for side in theme["sides"]} == {"10–19"}
    assert "nobody says where they are" not in str(found)


def test_a_number_that_no_row_can_have_leads_nowhere(installed: Installation) -> None:
    app = APPS[id(installed)]
    account(installed, "hr@example.org", "hr")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    sign_in(client, "hr@example.org")
    for path in (f"/pairs/{2**31}/1", f"/pairs/1/{10**30}", f"/hr/themes/{2**63}"):
        assert client.get(path).status_code == 404, path
