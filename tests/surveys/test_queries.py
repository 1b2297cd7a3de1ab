"""A page asks the database as often for six partners, months and themes as for two."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from surveys.access.policy import ANYBODY, RESPONDENT, SIGNED_IN, declared, scope_of
from surveys.lab.attacks.server import opened_form
from surveys.models.webhooks import WebhookMessage
from surveys.settings import Settings
from tests.factories import code_of, during, sign_in
from tests.grown import Grown
from tests.staff import enter

SMALL, LARGE = 2, 6
TOKEN = "token"
#: files of the product, addresses that send on to a provider, what SCIM says of itself, and PDFs,
#: which are drawn for seconds from what their pages read
APART = re.compile(r"/static/|/sign-in/organisation|/scim/v2/.*<name>|.*\.pdf$")
#: who looks, and the rule of the address
Place = tuple[str, str]
Counts = dict[Place, list[str]]


@contextmanager
def asked(grown: Grown) -> Iterator[list[str]]:
    """The SELECTs inside the block."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            heard.append(statement)

    event.listen(grown.installed.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(grown.installed.engine, "before_cursor_execute", hear)


def visitors(grown: Grown) -> dict[str, FlaskClient]:
    """A browser or a program for each who may come."""
    found = {name: grown.app.test_client() for name in (RESPONDENT, ANYBODY, TOKEN, *SIGNED_IN)}
    for role in SIGNED_IN:
        sign_in(found[role], f"{role}@example.org")
    code = code_of(grown.installed, grown.wave, "team02@example.org")
    enter(found[RESPONDENT], code)
    opening = opened_form(grown.installed.settings, code)
    found[RESPONDENT].set_cookie("tribometer_link", opening, path="/s")
    found[TOKEN].environ_base["HTTP_AUTHORIZATION"] = f"Bearer {grown.token}"
    return found


def places(grown: Grown) -> Iterator[tuple[str, str, str]]:
    """(visitor, rule, address) of everything that may be opened, for everybody who may."""
    a, b = grown.pairs[0]
    examples = {"team_a": a, "team_b": b, "theme_id": grown.themes[a, b][1], "language": "de",
                "handle": "opened",
                "group_id": a, "person_id": 1}  # fmt: skip
    for rule in grown.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or APART.match(rule.rule):
            continue
        roles = declared(grown.app, rule.endpoint) or frozenset()
        built = rule.build({name: examples[name] for name in rule.arguments})
        assert built is not None
        come = roles & {*SIGNED_IN, RESPONDENT} or {TOKEN if scope_of(roles) else ANYBODY}
        for visitor in sorted(come):
            yield visitor, rule.rule, built[1]


def counted(grown: Grown) -> Counts:
    """The SELECTs of everything at its second opening: the first may fill what is kept."""
    found: Counts = {}
    come = visitors(grown)
    for visitor, rule, path in places(grown):
        come[visitor].get(path)
        with asked(grown) as heard:
            answer = come[visitor].get(path)
        # Some addresses send on whoever has not signed in, or have something for a form only.
        assert answer.status_code == 200 or visitor == ANYBODY, (visitor, path, answer.text)
        found[visitor, rule] = heard
    return found


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[list[Grown]]:
    """A small and a large installation."""
    made = []
    for size in (SMALL, LARGE):
        settings = Settings.read(
            tmp_path_factory.mktemp("grown"), environ={}, base_url="http://localhost",
            metrics="yes",
        )  # fmt: skip
        settings.data.mkdir(parents=True)
        shutil.copy(migrated, settings.data / "tribometer.db")
        made.append(Grown(settings, size))
    yield made
    for one in made:
        one.installed.engine.dispose()
        one.installed.jobs.close()


@pytest.fixture(scope="module")
def counts(grown: list[Grown]) -> list[Counts]:
    """What the small and the large installation were asked."""
    found = []
    for one in grown:
        with during(one.wave):
            found.append(counted(one))
    return found


def test_no_page_asks_more_often_for_more(counts: list[Counts]) -> None:
    small, large = counts
    assert len(small) > 60
    assert small.keys() == large.keys()
    grew = {
        place: list((Counter(large[place]) - Counter(small[place])).elements())
        for place in small
        if len(large[place]) > len(small[place])
    }
    assert grew == {}


def test_no_page_asks_the_same_for_one_after_the_other(counts: list[Counts]) -> None:
    """Where a page shows a few of many, as often for two as for six may still be once for each."""
    again = {
        place: (statement, times)
        for place, statements in counts[1].items()
        for statement, times in Counter(statements).items()
        if times > 2
    }
    assert again == {}


def test_the_page_of_webhooks_reads_the_newest_message_of_each(grown: list[Grown]) -> None:
    large, read = grown[1], []

    def loaded(message: WebhookMessage, _context: object) -> None:
        read.append(message.problem)

    with during(large.wave):
        browser = visitors(large)["hr"]
        event.listen(WebhookMessage, "load", loaded)
        page = browser.get("/webhooks").text
        event.remove(WebhookMessage, "load", loaded)
    newest = [f"{LARGE - 1} of {number}" for number in range(1, LARGE + 1)]
    assert sorted(read) == newest
    assert all(said in page for said in newest)
