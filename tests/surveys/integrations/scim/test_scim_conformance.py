"""A program of others that tests SCIM servers (scim2-tester), against the real server."""

import socket
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import scim2_tester.checkers
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server, filling

from app import create_app
from surveys.access import api_tokens
from surveys.database import write_session
from surveys.lab.attacks.server import Server
from surveys.migrating import upgrade
from surveys.settings import Settings

#: what the tester minds and we mean: a person keeps a name, a language, one address of type
#: work and a state, whatever is taken away, and parts of names are not kept
MEANT = {
    "Attribute 'name' was not added", "Attribute 'name' was not replaced",
    "Attribute 'name' was not removed", "Attribute 'displayName' was not removed",
    "Attribute 'preferredLanguage' was not removed", "Attribute 'active' was not removed",
    "Attribute 'emails' was not added", "Attribute 'emails' was not replaced",
    "Attribute 'emails' was not removed",
    # It searches people and teams at once, which nobody needs.
    "There is nothing here for you",
}  # fmt: skip


@pytest.fixture(autouse=True)
def plausible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tester write addresses and languages; it takes any letters for them."""
    theirs = filling.generate_random_value

    def ours(context: Any, path: Any, *more: Any, **named: Any) -> Any:
        value = theirs(context, path, *more, **named)
        name = str(path).rsplit(":", 1)[-1]
        if value is not None and name == "userName":
            return f"{uuid.uuid4().hex}@example.org"
        if value is not None and name == "preferredLanguage":
            return "de"
        return value

    assert scim2_tester.checkers
    for name, module in list(sys.modules.items()):
        if name.startswith("scim2_tester") and hasattr(module, "generate_random_value"):
            monkeypatch.setattr(module, "generate_random_value", ours)


def made(settings: Settings) -> str:
    """An installation with a token, and the guard lifted: the tester has three people."""
    app = create_app(settings)
    parts = app.extensions["tribometer"]
    upgrade(parts.engine)
    with write_session(parts.sessions) as session:
        token = api_tokens.make_token(session, "test", "tester", ["scim"])
    parts.engine.dispose()
    return token


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tester changes each of its few people: no real day looks like that."""
    monkeypatch.setattr("surveys.directory.provisioning.FEW", 1000)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[SyncSCIMClient]:
    """The tester's client, by network to a server in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    settings = Settings.read(tmp_path / "instance", environ={}, base_url=base)
    token = made(settings)
    relaxed = "import surveys.directory.provisioning as guard\nguard.FEW = 1000\n"
    server = Server(settings, port, relaxed)
    server.start()
    try:
        headers = {"Authorization": f"Bearer {token}"}
        with Client(base_url=f"{base}/scim/v2", headers=headers, timeout=30) as client:
            yield SyncSCIMClient(client)
    finally:
        server.stop()


def problems(client: Any, kind: str) -> tuple[int, list[str]]:
    """How many checks passed, and what the others say."""
    client.discover()
    results = check_server(client, resource_types=[kind])
    passed = [r for r in results if r.status not in (Status.ERROR, Status.DEVIATION)]
    wrong = [f"{r.title}: {r.reason}" for r in results if r not in passed]
    return len(passed), [line for line in wrong if not any(meant in line for meant in MEANT)]


def test_people_on_the_real_server(real: SyncSCIMClient) -> None:
    passed, wrong = problems(real, "User")
    assert wrong == []
    assert passed >= 50


def test_teams_as_groups(tmp_path: Path, unguarded: None) -> None:
    settings = Settings.read(
        tmp_path / "instance", environ={"TRIBOMETER_SCIM_TEAMS": "groups"}, base_url="http://x.org"
    )
    token = made(settings)
    app = create_app(settings)
    client = WSGISCIMClient(
        app, base_url="http://x.org/scim/v2", headers={"Authorization": f"Bearer {token}"}
    )
    passed, wrong = problems(client, "Group")
    app.extensions["tribometer"].engine.dispose()
    assert wrong == []
    assert passed >= 30
