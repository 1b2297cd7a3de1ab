"""Pages that read write nothing, and take one connection at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import TimeoutError as NoneFree

from surveys.models.people import Team
from surveys.web import Installation, ReadingSession
from tests.conftest import APPS
from tests.factories import account, code_of, company, during, opened, sign_in

#: tables that the first pages of an empty installation fill
FIRST = ("pulse", "instrument", "item")


def browser_of(installed: Installation) -> FlaskClient:
    app = APPS[id(installed)]
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


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
    browser.set_cookie("tribometer_link", code_of(either, wave, "buying1@example.org"), path="/s")
    with during(wave), most_at_once(either) as seen:
        done = browser.post("/s/form", data={f"t{teams['Selling']}_C1": "4"})
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


@pytest.mark.parametrize("path", ["/hr/calendar.ics", "/hr/setup/mail", "/hr/setup/wording/de"])
def test_the_first_page_that_asks_makes_one_pulse(either: Installation, path: str) -> None:
    account(either, "hr@example.org", "hr")
    browser = browser_of(either)
    sign_in(browser, "hr@example.org")
    for _again in range(3):
        assert browser.get(path).status_code == 200
    with either.engine.connect() as connection:
        rows = [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in FIRST
        ]
    assert rows[:2] == [1, 1]
    assert rows[2] > 10, "with all its questions, in a transaction"


def test_pages_that_ask_first_at_once_make_one_pulse(either: Installation) -> None:
    account(either, "hr@example.org", "hr")
    browsers = [browser_of(either) for _number in range(6)]
    for browser in browsers:
        sign_in(browser, "hr@example.org")
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda one: one.get("/hr/calendar.ics").status_code, browsers))
    assert done == [200] * 6
    with either.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM pulse")).scalar_one() == 1


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
