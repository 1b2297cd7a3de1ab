"""The API is what its description says, whatever is sent (schemathesis)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from app import create_app
from surveys.access import api_tokens
from surveys.database import write_session
from surveys.settings import Settings
from surveys.web import Installation
from tests.factories import first_month

EXAMPLES = 60


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Flask]:
    """An app after a first month; one for all examples."""
    made = Settings.read(tmp_path_factory.mktemp("api"), environ={}, base_url="http://localhost")
    made.data.mkdir(parents=True)
    shutil.copy(migrated, made.data / "tribometer.db")
    app = create_app(made)
    installed: Installation = app.extensions["tribometer"]
    first_month(installed)
    yield app
    installed.engine.dispose()
    installed.jobs.close()


def token_of(app: Flask, scope: str) -> str:
    """A token of a scope, made once."""
    known: dict[str, str] = app.config.setdefault("TOKENS OF TESTS", {})
    if scope not in known:
        with write_session(app.extensions["tribometer"].sessions) as session:
            known[scope] = api_tokens.make_token(session, "hr@example.org", "fuzz", [scope])
    return known[scope]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_one_that_is_described(served: Flask, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 5
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        def holds(case: schemathesis.Case) -> None:
            scope = "figures" if case.method == "PUT" else "results"
            case.call_and_validate(
                headers={"Authorization": f"Bearer {token_of(served, scope)}"},
                # A file is more than text; unknown parameters are let be; and whether tokens are
                # asked for is tested by itself: here the guard against guessing would answer.
                excluded_checks=[positive_data_acceptance, negative_data_rejection, ignored_auth],
            )

        holds()


def test_every_route_of_the_api_is_described(served: Flask) -> None:
    described = served.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    routes = {
        (rule.rule.replace("<int:", "{").replace(">", "}"), method.lower())
        for rule in served.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.rule.startswith("/api/") and method in ("GET", "PUT", "POST", "DELETE", "PATCH")
    }
    told = {(path, m) for path, of in described.items() for m in of if m != "parameters"}
    assert routes - {("/api/v1/openapi.json", "get")} == told
