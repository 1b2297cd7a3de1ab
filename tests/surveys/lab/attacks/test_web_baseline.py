"""What holds for every route, made from the app's own map of addresses."""

import gc
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from statistics import median

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import Rule

import analysis
import surveys
from app import create_app
from surveys import clock
from surveys.access import accounts
from surveys.access.accounts import ADDRESS_PATTERN
from surveys.access.policy import ANYBODY, RESPONDENT, declared, scope_of
from surveys.access.viewer import COOKIE
from surveys.database import write_session
from surveys.web import Installation
from tests.factories import account, closed, code_of, company, everybody_answers, opened

EVIL = "evil.example"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


@pytest.fixture
def running(installed: Installation) -> Installation:
    """A published wave, an open one, and HR, who is also a manager."""
    teams = company(installed)
    wave = opened(installed)
    everybody_answers(installed, wave, teams, {"Buying": 12, "Selling": 12})
    closed(installed, wave)
    opened(installed)
    account(installed, "hr@example.org", "hr")
    with write_session(installed.sessions) as session:
        hr = accounts.find_account(session, "hr@example.org")
        assert hr is not None
        accounts.grant(session, hr, "manager", teams["Buying"])
    return installed


@pytest.fixture
def hr(app: Flask, running: Installation) -> FlaskClient:
    """HR's browser, with the protection against forged requests switched on."""
    client = app.test_client()
    with write_session(running.sessions) as session:
        hr = accounts.find_account(session, "hr@example.org")
        assert hr is not None
        client.set_cookie(COOKIE, accounts.sign_in(session, hr))
    return client


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route with an address of something that exists."""
    known = {
        "team_a": 1,
        "team_b": 2,
        "answer": "yes",
        "state": "released",
        "step": "skip",
        "now": "done",
    }
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {name: known.get(name, 1) for name in rule.arguments}
            built = rule.build(
                {**values, **({"filename": "icon.svg"} if "filename" in values else {})}
            )
            assert built is not None
            yield rule, built[1]


#: by a page of staff, by their form, by any other page
REFUSED = ("open the link in your mail again", "Open the link in your mail again", "reload it")


def test_every_change_needs_the_token_against_forged_requests(app: Flask, hr: FlaskClient) -> None:
    checked = 0
    for rule, path in routes(app):
        if "POST" in (rule.methods or ()):
            answer = hr.post(path, data={"name": "x"})
            if scope_of(declared(app, rule.endpoint) or frozenset()):
                # Only a program's token opens it, which no forged request can carry.
                assert answer.status_code == 401, path
                continue
            assert answer.status_code == 400, path
            assert any(said in answer.text for said in REFUSED), path
            checked += 1
    assert checked > 20


def test_no_route_takes_a_method_that_it_did_not_declare(app: Flask, hr: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for rule, path in routes(app):
        taken = set(rule.methods or ())
        # Two rules may share an address, one for each method.
        taken |= {m for other, p in routes(app) if p == path for m in other.methods or ()}
        for method in set(METHODS) - taken:
            status = hr.open(path, method=method).status_code
            assert status == 405, (method, path, status)


def test_every_answer_has_the_headers_and_private_ones_are_not_kept(
    app: Flask, hr: FlaskClient
) -> None:
    for rule, path in routes(app):
        if "GET" not in (rule.methods or ()):
            continue
        with hr.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy, path
            assert "default-src 'none'" in policy, path
            assert "frame-ancestors 'none'" in policy, path
            assert answer.headers["Referrer-Policy"] == "no-referrer", path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            kept = "no-store" not in answer.headers["Cache-Control"]
            assert kept == (rule.endpoint == "static"), path
            assert "Server" not in answer.headers, path


def test_every_cookie_is_closed_to_scripts_and_other_sites(
    running: Installation, app: Flask
) -> None:
    safe = create_app(replace(running.settings, base_url="https://friction.example"))
    safe.config["WTF_CSRF_ENABLED"] = False
    client = safe.test_client()
    set_by = [
        client.post(
            "/sign-in",
            data={"email": "hr@example.org", "password": "a long enough password"},
            base_url="https://friction.example",
        ),
        client.get("/account/second-factor", base_url="https://friction.example"),
    ]
    wave_code = _open_code(running)
    with clock.at(wave_code[1]):
        set_by.append(
            client.post("/s", data={"code": wave_code[0]}, base_url="https://friction.example")
        )
    cookies = [line for answer in set_by for line in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 4
    for cookie in cookies:
        if "Max-Age=0" in cookie or "Expires=Thu, 01 Jan 1970" in cookie:
            continue
        assert "Secure" in cookie, cookie
        assert "HttpOnly" in cookie, cookie
        assert re.search("SameSite=(Lax|Strict)", cookie), cookie
    assert set_by[0].headers["Strict-Transport-Security"]
    safe.extensions["tribometer"].engine.dispose()


def _open_code(installed: Installation):  # type: ignore[no-untyped-def]
    from surveys.models.enums import WaveState
    from surveys.models.pulses import Wave

    with installed.sessions() as session:
        wave = session.query(Wave).filter(Wave.state == WaveState.OPEN).one()
    return code_of(installed, wave, "buying1@example.org"), wave.opens_at + timedelta(days=1)


def test_a_forged_host_leads_nowhere(app: Flask, hr: FlaskClient) -> None:
    for rule, path in routes(app):
        if "GET" in (rule.methods or ()):
            forged = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"}
            with hr.get(path, headers=forged) as answer:
                assert EVIL not in answer.headers.get("Location", ""), path
                assert EVIL.encode() not in answer.data, path


@pytest.mark.parametrize(
    "goal",
    [
        f"https://{EVIL}", f"//{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"/\t/{EVIL}", f" //{EVIL}",
        f"/%2f{EVIL}", f"javascript://{EVIL}", f"/\r\nLocation: https://{EVIL}", f"///{EVIL}",
    ],
)  # fmt: skip
def test_no_redirect_leaves_the_site(app: Flask, running: Installation, goal: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    right = {"email": "hr@example.org", "password": "a long enough password"}
    done = app.test_client().post("/sign-in", query_string={"next": goal}, data=right)
    place = done.headers["Location"]
    assert place.startswith("/")
    assert not re.match(r"/[\\/\t\r\n]", place), place
    assert "\n" not in place


def test_only_the_form_and_few_pages_open_without_signing_in(app: Flask) -> None:
    """A new public route must be added here on purpose."""
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if (declared(app, rule.endpoint) or frozenset()) & {ANYBODY, RESPONDENT}
    }
    assert public == {
        "/", "/healthz", "/readyz", "/sign-in", "/sign-in/second", "/forgot", "/enter", "/start",
        "/stored",
        "/static/<path:filename>", "/api/v1/openapi.json",
        "/sign-in/organisation", "/sign-in/organisation/back", "/sign-in/organisation/out",
        "/s", "/s/form/<handle>", "/s/withdraw", "/s/results", "/s/reply",
    }  # fmt: skip


def test_unknown_used_and_closed_codes_cost_the_same(app: Flask, running: Installation) -> None:
    """Same status, same body, same statements to the database, about the same time."""
    app.config["WTF_CSRF_ENABLED"] = False
    open_code, during_wave = _open_code(running)
    with running.sessions() as session:
        from surveys.models.enums import WaveState
        from surveys.models.pulses import Wave

        over = session.query(Wave).filter(Wave.number == 1).one()
        closes = session.query(Wave).filter(Wave.state == WaveState.OPEN).one().closes_at
    client = app.test_client()
    seen: dict[str, tuple[int, str, int, float]] = {}
    cases = {"unknown": ("7" * 28, during_wave), "closed": (open_code, closes + timedelta(hours=1))}
    assert over.state == "published"
    for name, (code, moment) in cases.items():
        statements: list[str] = []

        def heard(
            _c: object, _cursor: object, statement: str, *_rest: object, to: list[str] = statements
        ) -> None:
            to.append(statement)

        event.listen(running.engine, "before_cursor_execute", heard)
        took = []
        with clock.at(moment):
            for _ in range(15):
                begun = time.process_time()
                answer = client.post("/s", data={"code": code})
                took.append(time.process_time() - begun)
        event.remove(running.engine, "before_cursor_execute", heard)
        body = re.sub(r'value="[^"]*"', "", answer.text)
        seen[name] = (answer.status_code, body, len(statements), median(took))
    assert seen["unknown"][:3] == seen["closed"][:3]
    times = [found[3] for found in seen.values()]
    assert max(times) < 3 * min(times) + 0.002


PATHOLOGICAL = (
    "a", "1", " ", "@", ".", "-", "a@", "a.", "1 ", "+1 ", "a-", "A. ", "http://", "www.", "/",
    "((", "a1", "\u00e4", "'", "0-", "x@x.",
)  # fmt: skip


def patterns() -> set[re.Pattern[str]]:
    """Every regular expression that our modules hold."""
    for package in (analysis, surveys):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # The attack programs read only what they made themselves.
            if not module.name.startswith("surveys.lab.attacks"):
                importlib.import_module(module.name)
    ours = [
        thing
        for module in list(gc.get_objects())
        if isinstance(module, type(re))
        and module.__name__.startswith(("analysis", "surveys"))
        and not module.__name__.startswith("surveys.lab.attacks")
        for thing in vars(module).values()
    ]
    found = {thing for thing in ours if isinstance(thing, re.Pattern)}
    nested = [thing for thing in ours if isinstance(thing, tuple | list | dict)]
    for thing in nested:
        values = thing.values() if isinstance(thing, dict) else thing
        for value in values:
            parts = value if isinstance(value, tuple) else (value,)
            found |= {part for part in parts if isinstance(part, re.Pattern)}
    return {pattern for pattern in found if isinstance(pattern.pattern, str)} | {
        re.compile(f"^{ADDRESS_PATTERN}$")
    }


def test_no_regular_expression_can_be_made_to_hang() -> None:
    checked = patterns()
    assert len(checked) >= 8
    for pattern in checked:
        for piece in PATHOLOGICAL:
            # The short text first: what grows with the square shows there, and soon.
            for length, most in ((5_000, 0.1), (100_000, 0.3)):
                text = (piece * length)[:length] + "!"
                begun = time.process_time()
                sum(1 for _ in pattern.finditer(text))
                took = time.process_time() - begun
                assert took < most, f"{pattern.pattern!r} on {piece!r}: {took:.2f} s"
