"""Slack and Teams, with a real web server in their place: everybody privately, nothing doubled."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select, update

from surveys import clock
from surveys.database import write_session
from surveys.errors import SettingsError
from surveys.models.audit import OutboxMessage
from surveys.models.people import Person
from surveys.models.pulses import Wave
from surveys.operating import worker
from surveys.sending import outbox
from surveys.sending.chat import ChatMessage, SlackChat, TeamsChat, open_chat
from surveys.sending.outbox import deliver_due
from surveys.sending.transports import SendProblem
from surveys.web import Installation
from tests.factories import answer, closed, code_of, company, during, part

MESSAGE = ChatMessage(
    "buying3@example.org", ("Hello,", "How was it?"), "Answer now", "http://x/s#1"
)


class Peer(BaseHTTPRequestHandler):
    """Answers like Slack's API and like a workflow of Teams; keeps what it was told."""

    server: "Office"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, self.headers, body))
        status, said = self.server.answer(self.path, body)
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_args: Any) -> None:
        pass


class Office(ThreadingHTTPServer):
    """A server on this machine in the place of Slack and Teams."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Peer)
        self.heard: list[tuple[str, Any, bytes]] = []
        self.trouble: tuple[int, Any] | None = None
        self.base = f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        if self.trouble:
            return self.trouble
        if path.endswith("users.lookupByEmail"):
            email = parse_qs(body.decode())["email"][0]
            if email == "buying2@example.org":
                return 200, {"ok": False, "error": "users_not_found"}
            return 200, {"ok": True, "user": {"id": f"U-{email}"}}
        return 200, {"ok": True}

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for path, _h, body in self.heard if "lookup" not in path]


@pytest.fixture
def office() -> Iterator[Office]:
    server = Office()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def slack(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "open_chat", lambda address: SlackChat(address, office.base))


def opening(installed: Installation, **settings: str) -> tuple[Wave, Installation]:
    """A wave opened by the worker of an installation with these settings."""
    company(installed)
    changed = replace(installed, settings=replace(installed.settings, **settings))
    with installed.sessions() as session:
        wave = session.scalars(select(Wave)).one()
    with clock.at(wave.opens_at):
        worker.advance(changed.sessions, changed.engine, changed.settings)
    return wave, changed


def test_slack_hands_everybody_the_own_link(
    either: Installation, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack(office, monkeypatch)
    wave, changed = opening(either, chat="xoxb-1")
    told = office.told()
    assert len(told) == 23  # of 24, one has no account there
    by_person = {each["channel"]: json.dumps(each) for each in told}
    link = code_of(either, wave, "selling4@example.org").lower()
    found = by_person["U-selling4@example.org"].replace("-", "").lower()
    assert link in found
    assert sum(link in each.replace("-", "").lower() for each in by_person.values()) == 1
    assert all(headers["Authorization"] == "Bearer xoxb-1" for _p, headers, _b in office.heard)
    with during(wave):
        worker.advance(changed.sessions, changed.engine, changed.settings)
    assert len(office.told()) == 23
    with either.sessions() as session:
        kinds = session.execute(select(OutboxMessage.kind, OutboxMessage.state, Person.email).join(
            Person, Person.id == OutboxMessage.person_id)).all()  # fmt: skip
    failed = [(kind, email) for kind, state, email in kinds if state == "failed"]
    assert failed == [("chat_invitation", "buying2@example.org")]
    mails = list(Path(either.settings.outbox.removeprefix("file:")).glob("*buying2*.eml"))
    assert len(mails) == 1  # the mail goes in any case


def test_who_answered_is_reminded_nowhere_and_the_close_leaves_no_trace(
    either: Installation, tmp_path: Path
) -> None:
    wave, changed = opening(either, chat=f"file:{tmp_path / 'chat'}")
    with either.sessions() as session:
        people = {p.email: p.team_id for p in session.scalars(select(Person))}
    teams = {email: next(t for t in people.values() if t != people[email]) for email in people}
    email = "buying1@example.org"
    answer(either, wave, email, people[email], part(teams[email]))
    with clock.at(wave.opens_at + timedelta(days=4, minutes=1)):
        worker.advance(changed.sessions, changed.engine, changed.settings)
    files = sorted(path.name for path in (tmp_path / "chat").iterdir())
    assert len(files) == 24 + 23
    assert sum(email in name for name in files) == 1
    with write_session(either.sessions) as session:
        session.execute(update(OutboxMessage).values(state="waiting"))
    closed(either, wave)
    with either.sessions() as session:
        left = set(session.scalars(select(OutboxMessage.kind)))
    assert not left & {"invitation", "reminder", "chat_invitation", "chat_reminder"}


def test_a_chat_that_is_down_delays_only_itself(
    either: Installation, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack(office, monkeypatch)
    office.trouble = 503, {}
    wave, changed = opening(either, chat="xoxb-1")
    with either.sessions() as session:
        states = session.execute(select(OutboxMessage.kind, OutboxMessage.state)).all()
    assert {s for kind, s in states if kind == "chat_invitation"} == {"waiting"}
    assert {s for kind, s in states if kind == "invitation"} == {"sent"}
    office.trouble = None
    with clock.at(wave.opens_at + timedelta(minutes=30)):
        assert deliver_due(changed.sessions, changed.settings) == 23


def test_a_wrong_address_of_the_chat_delays_only_the_chat(either: Installation) -> None:
    _wave, _changed = opening(either, chat="carrier pigeon")
    with either.sessions() as session:
        states = session.execute(select(OutboxMessage.kind, OutboxMessage.state)).all()
    assert {s for kind, s in states if kind == "chat_invitation"} == {"waiting"}
    assert {s for kind, s in states if kind == "invitation"} == {"sent"}


def test_teams_gets_a_card_with_one_button_for_one_recipient(office: Office) -> None:
    TeamsChat(f"{office.base}/workflow").send(MESSAGE)
    card = office.told()[0]
    assert card["recipient"] == MESSAGE.address
    content = card["attachments"][0]["content"]
    assert content["actions"] == [
        {"type": "Action.OpenUrl", "title": "Answer now", "url": MESSAGE.link}
    ]
    assert [block["text"] for block in content["body"]] == list(MESSAGE.paragraphs)


@pytest.mark.parametrize(
    ("status", "final"), [(404, True), (400, True), (429, False), (401, False), (307, True)]
)
def test_refusals_are_tried_again_where_that_can_help(
    office: Office, status: int, final: bool
) -> None:
    office.trouble = status, {}
    with pytest.raises(SendProblem) as problem:
        TeamsChat(f"{office.base}/workflow").send(MESSAGE)
    assert problem.value.final is final
    assert len(office.heard) == 1  # nor is a redirect followed


@pytest.mark.parametrize("said", [[], {"ok": False, "error": "invalid_auth"}, "x"])
def test_slack_that_answers_oddly_is_tried_again(office: Office, said: Any) -> None:
    office.trouble = 200, said
    with pytest.raises(SendProblem) as problem:
        SlackChat("t", office.base).send(MESSAGE)
    assert not problem.value.final


@pytest.mark.parametrize("address", ["", "slack:", "teams:http://example.org/x", "irc:x", "file:"])
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(SettingsError, match="TRIBOMETER_CHAT"):
        open_chat(address)


def test_nobody_answers() -> None:
    with pytest.raises(SendProblem, match="does not answer"):
        TeamsChat("http://127.0.0.1:9/x").send(MESSAGE)
