"""Pages that read write nothing, and take one connection at a time."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import TimeoutError as NoneFree
from werkzeug.routing import Rule

from app import create_app
from surveys.access import api_tokens
from surveys.access.policy import SIGNED_IN
from surveys.database import write_session
from surveys.lab.attacks.server import FORM, opened_form
from surveys.models.people import Team
from surveys.operating.archive import BEGINS_WITH
from surveys.operating.upgrading import install
from surveys.running import setup
from surveys.web import Installation, ReadingSession
from tests.conftest import APPS
from tests.factories import (
    account,
    code_of,
    company,
    during,
    first_month,
    opened,
    sign_in,
)
from tests.staff import enter

#: GETs that write, and why they must. Besides, requests of programs note the day of a token's last
#: use, and count wrong tokens: access.api_tokens.
WRITE_BY_NATURE = {
    "identity.back": "OpenID Connect sends the browser back by a GET, which signs it in",
}
#: GETs that only send on to another page, or need an identity provider to do so
ELSEWHERE = {"access.home", "access.second", "identity.begin", "identity.out"}
READS = re.compile(r"\s*(SELECT|WITH|PRAGMA|SHOW|BEGIN$)", re.IGNORECASE)
LOCKS = re.compile(r"\bFOR (NO KEY )?(UPDATE|SHARE)\b|_lock\(", re.IGNORECASE)


def browser_of(installed: Installation) -> FlaskClient:
    app = APPS[id(installed)]
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def signed_in(installed: Installation, team_id: int) -> dict[str, FlaskClient]:
    """A browser of nobody, and one of each role."""
    found = {"nobody": browser_of(installed)}
    for role in sorted(SIGNED_IN):
        email = f"{role}@reads.example"
        account(installed, email, role, team_id if role == "manager" else None)
        found[role] = browser_of(installed)
        sign_in(found[role], email)
    return found


def gets(installed: Installation, values: dict[str, object]) -> list[tuple[Rule, str]]:
    """Every view that answers a GET, with an address; what is not among the values is 1."""
    app = APPS[id(installed)]
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint != "static"
    ]
    urls = app.url_map.bind("localhost")
    given = {"language": "de", "name": "User", **values}
    return [
        (rule, urls.build(rule.endpoint, {n: given.get(n, 1) for n in rule.arguments}))
        for rule in rules
    ]


def program_of(installed: Installation) -> FlaskClient:
    """A program with a token that may do everything and was used before on this day."""
    with write_session(installed.sessions) as session:
        secret = api_tokens.make_token(session, "test", "all", list(api_tokens.SCOPES))
    found = browser_of(installed)
    found.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    assert found.get("/api/v1/pairs").status_code == 200  # the day of the last use is kept
    return found


@dataclass
class Found:
    """What a walk over the routes found out, by endpoint."""

    asked: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    wrote: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def add(self, endpoint: str, who: str, status: int, statements: list[str]) -> None:
        """Note one answer."""
        self.asked.add(endpoint)
        if status == 200:
            self.shown.add(endpoint)
        if statements:
            self.wrote[endpoint, who] = statements


def without_pulse(installed: Installation) -> None:
    with installed.engine.begin() as connection:
        for table in ("pulse", "item", "instrument"):
            connection.execute(text(f"DELETE FROM {table}"))


@contextmanager
def most_at_once(installed: Installation) -> Iterator[list[int]]:
    """How many connections were out after each that was taken."""
    out, seen = [0], []

    def taken(*_given: object) -> None:
        out[0] += 1
        seen.append(out[0])

    def given_back(*_given: object) -> None:
        out[0] -= 1

    event.listen(installed.engine, "checkout", taken)
    event.listen(installed.engine, "checkin", given_back)
    yield seen
    event.remove(installed.engine, "checkout", taken)
    event.remove(installed.engine, "checkin", given_back)


def test_an_answer_waits_for_no_second_connection(either: Installation) -> None:
    """Not even the first of a process, which reads the questions: it holds the wave open."""
    teams = company(either)
    wave = opened(either)
    browser = browser_of(either)
    opening = opened_form(either.settings, code_of(either, wave, "buying1@example.org"))
    with during(wave), most_at_once(either) as seen:
        done = browser.post(FORM, data={"opening": opening, f"t{teams['Selling']}_C1": "4"})
    assert 'class="code"' in done.text
    assert seen
    assert max(seen) == 1


def test_where_no_connection_becomes_free_a_page_says_so(
    either: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(either)
    wave = opened(either)
    browser = browser_of(either)
    code = code_of(either, wave, "buying1@example.org")
    monkeypatch.setattr(either.engine.pool, "_timeout", 0.1)
    with during(wave), ExitStack() as held:
        with suppress(NoneFree):  # until all are out
            while True:
                held.enter_context(either.engine.connect())
        refused = browser.post("/s", data={"code": code})
    assert refused.status_code == 503
    assert "Nothing was saved; please send it again" in refused.text


def test_starts_at_the_same_moment_make_one_pulse(either: Installation) -> None:
    without_pulse(either)

    def start(_number: int) -> None:
        with write_session(either.sessions) as session:
            setup.make_pulse(session)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    with either.engine.connect() as connection:
        rows = [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in sorted(BEGINS_WITH)
        ]
    assert (rows[0], rows[2]) == (1, 1)
    assert rows[1] > 10, "with all its questions"


def test_without_a_pulse_pages_say_what_to_do(either: Installation) -> None:
    """As on a database that a command brought to the newest form before any server started."""
    with write_session(either.sessions) as session:
        session.add(team := Team(name="Buying"))
    visitors = signed_in(either, team.id)
    without_pulse(either)
    said = {
        rule.rule: answer
        for rule, path in gets(either, {})
        for browser in visitors.values()
        if (answer := browser.get(path)).status_code not in (200, 302, 401, 404)
    }
    assert {answer.status_code for answer in said.values()} == {409}
    assert {"/hr", "/hr/setup", "/hr/calendar.ics"} <= set(said)
    assert "restart Tribometer" in said["/hr"].text
    install(either.engine)
    assert visitors["hr"].get("/hr/setup").status_code == 200


@contextmanager
def written(installed: Installation) -> Iterator[list[str]]:
    """Statements that write or lock, and those in a transaction that was begun to write."""
    found: list[str] = []

    def look(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        begun = connection.get_execution_options().get("writes")
        if begun or not READS.match(statement) or LOCKS.search(statement):
            found.append(statement)

    event.listen(installed.engine, "before_cursor_execute", look)
    yield found
    event.remove(installed.engine, "before_cursor_execute", look)


def test_what_looks_for_writes_sees_them(either: Installation) -> None:
    with written(either) as found:
        with write_session(either.sessions) as session:
            session.scalar(text("SELECT 1"))
        assert found.pop() == "SELECT 1", "begun to write"
        with either.sessions() as session:
            assert session.scalar(text("SELECT 1")) == 1
            assert found == [] if either.engine.dialect.name == "postgresql" else ["BEGIN"]
            session.execute(text("DELETE FROM team"))
    assert found[-1] == "DELETE FROM team"


@pytest.fixture
def measured(either: Installation) -> Iterator[Installation]:
    """The same installation, counting for Prometheus."""
    app = create_app(replace(either.settings, metrics="yes"))
    found: Installation = app.extensions["tribometer"]
    APPS[id(found)] = app
    yield found
    APPS.pop(id(found))
    found.jobs.close()
    found.engine.dispose()


def test_no_get_begins_to_write(measured: Installation) -> None:
    """Every route, with a published month and an open one behind it, and for every role."""
    teams = first_month(measured)
    wave, found = opened(measured), Found()
    values: dict[str, int | str] = {"team_a": teams["Buying"], "team_b": teams["Selling"]}
    with during(wave):
        visitors = signed_in(measured, teams["Buying"])
        visitors["staff"] = staff = browser_of(measured)
        code = code_of(measured, wave, "buying1@example.org")
        values["handle"] = enter(staff, code).rsplit("/", 1)[1]
        visitors["program"] = program_of(measured)
        for rule, path in gets(measured, values):
            for who, browser in visitors.items():
                with written(measured) as statements:
                    status = browser.get(path).status_code
                assert status < 500, (rule.rule, who)
                found.add(rule.endpoint, who, status, statements)
    assert found.wrote == {}
    assert found.asked - found.shown == ELSEWHERE | set(WRITE_BY_NATURE)


def test_a_session_for_reading_refuses_to_write(either: Installation) -> None:
    with ReadingSession(either.reader) as session:
        session.add(Team(name="Nobody"))
        assert session.query(Team).count() == 0
        with pytest.raises(RuntimeError, match="would write"):
            session.flush()
        with pytest.raises(RuntimeError, match="would write"):
            session.commit()
    with either.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM team")).scalar_one() == 0
