"""Programs are told once something happened: signed, until they take it, and nobody else is."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook as Verifier

from surveys import clock
from surveys.database import write_session
from surveys.integrations.webhooks import delivery, pinned
from surveys.models.webhooks import Webhook, WebhookMessage
from surveys.operating import worker
from surveys.sending.events import EVENTS
from surveys.sending.transports import SendProblem
from surveys.web import Installation
from tests.factories import HR, account, closed, company, opened, sign_in


class Receiver(ThreadingHTTPServer):
    """A program that listens; `answers` are the statuses it gives, the last one again and again."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers = [204]
        #: header lines that come one by one
        self.drops = 0
        super().__init__(("127.0.0.1", 0), RecordingHandler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?of=tribometer"


class RecordingHandler(BaseHTTPRequestHandler):
    """Takes a message."""

    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        with contextlib.suppress(OSError):  # whoever asked has gone
            for number in range(self.server.drops):
                self.send_header("X-Drop", str(number))
                self.flush_headers()
                time.sleep(0.1)
            self.end_headers()

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def subscribe(installed: Installation, receiver: Receiver) -> Webhook:
    """A webhook for everything; the installation may tell this machine."""
    with write_session(installed.sessions) as session:
        return delivery.make_webhook(session, HR, told(installed), receiver.address, EVENTS)


def told(installed: Installation):  # type: ignore[no-untyped-def]
    """The settings, with this machine among the hosts."""
    return replace(installed.settings, webhook_hosts="127.0.0.1, hooks.example.org")


def deliver(installed: Installation, hours: float = 0) -> int:
    with clock.at(clock.now() + timedelta(hours=hours)):
        return delivery.deliver_webhooks(installed.sessions, told(installed))


def test_a_month_is_told_once_and_signed(either: Installation, receiver: Receiver) -> None:
    company(either)
    hook = subscribe(either, receiver)
    closed(either, opened(either))
    with either.sessions() as session:
        last = max(m.due_at for m in session.scalars(select(WebhookMessage)))
    with clock.at(max(last, clock.now())):
        for _again in range(2):
            delivery.deliver_webhooks(either.sessions, told(either))
        bodies = [Verifier(hook.secret).verify(body, headers) for headers, body in receiver.got]
    assert [(b["type"], b["data"]) for b in bodies] == [
        ("wave.opened", {"wave": 1}),
        ("wave.published", {"wave": 1}),
    ]
    headers, body = receiver.got[0]
    with pytest.raises(Exception, match="signature"):
        Verifier(hook.secret).verify(body.replace(b"1", b"2"), headers)


def test_the_worker_tells_too(either: Installation, receiver: Receiver) -> None:
    company(either)
    subscribe(either, receiver)
    with either.sessions() as session:
        from surveys.models.pulses import Wave

        opens = session.scalars(select(Wave.opens_at)).one()
    with clock.at(opens):
        worker.advance(either.sessions, either.engine, told(either))
    assert [json.loads(body)["type"] for _headers, body in receiver.got] == ["wave.opened"]


def test_a_program_that_is_away_is_told_later_with_the_same_id(
    either: Installation, receiver: Receiver
) -> None:
    company(either)
    subscribe(either, receiver)
    opened(either)
    with write_session(either.sessions) as session:
        session.execute(update(WebhookMessage).values(due_at=clock.now()))
    receiver.answers = [500, 302, 200]
    assert deliver(either) == 0
    assert deliver(either) == 0, "it rests before it is tried again"
    assert len(receiver.got) == 1
    assert deliver(either, hours=1) == 0, "a redirect is not followed"
    assert deliver(either, hours=3) == 1
    assert deliver(either, hours=30) == 0
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert len({body for _headers, body in receiver.got}) == 1


def test_a_worker_that_died_is_followed_by_another(
    either: Installation, receiver: Receiver
) -> None:
    company(either)
    subscribe(either, receiver)
    opened(either)
    with write_session(either.sessions) as session:
        session.execute(
            update(WebhookMessage).values(
                state="claimed", due_at=clock.now() + timedelta(minutes=5)
            )
        )
    assert deliver(either) == 0
    assert deliver(either, hours=1) == 1


def test_it_is_given_up_in_the_end_and_at_once_where_nobody_listens(
    either: Installation, receiver: Receiver
) -> None:
    company(either)
    hook = subscribe(either, receiver)
    opened(either)
    with write_session(either.sessions) as session:
        session.execute(update(WebhookMessage).values(due_at=clock.now()))
    receiver.answers = [503]
    for tries in range(40):
        deliver(either, hours=7 * tries)
    assert len(receiver.got) == 15
    with write_session(either.sessions) as session:
        message = session.scalars(select(WebhookMessage)).one()
        assert message.state == "failed"
        message.state, message.attempts, message.due_at = "waiting", 0, clock.now()
    receiver.answers = [410]
    deliver(either, hours=300)
    with either.sessions() as session:
        assert session.get_one(Webhook, hook.id).revoked_on is not None


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://elsewhere.example.org/", "at one of these hosts"),
        ("http://hooks.example.org/", "must begin with https"),
        ("https://user:word@hooks.example.org/", "no address that can be told"),
        ("https://hooks.example.org#x", "no address that can be told"),
        ("https://hooks.example.org:99999/", "no address that can be told"),
        ("https://hooks.example.org:0/", "no address that can be told"),
        ("https://hooks.example.org/hö", "no address that can be told"),
        ("https://hooks.example.org/a b", "no address that can be told"),
        ("https://[::1", "no address that can be told"),
        ("file:///etc/passwd", "at one of these hosts"),
        ("https://127.0.0.1.example.org/", "at one of these hosts"),
        ("gopher://127.0.0.1/", "must begin with https"),
    ],
)
def test_only_hosts_that_were_named_can_be_told(
    installed: Installation, client: FlaskClient, address: str, says: str
) -> None:
    with (
        write_session(installed.sessions) as session,
        pytest.raises(delivery.WebhookError, match=says),
    ):
        delivery.make_webhook(session, HR, told(installed), address, ["wave.opened"])
    with (
        write_session(installed.sessions) as session,
        pytest.raises(delivery.WebhookError, match="names the hosts first"),
    ):
        delivery.make_webhook(session, HR, installed.settings, address, ["wave.opened"])


def test_one_that_cannot_be_told_holds_up_no_other(
    either: Installation, receiver: Receiver
) -> None:
    company(either)
    broken = subscribe(either, receiver)
    with write_session(either.sessions) as session:  # as an earlier version took it
        session.get_one(Webhook, broken.id).address = receiver.address + "/h\u00f6"
    subscribe(either, receiver)
    opened(either)
    deliver(either, hours=1)
    assert len(receiver.got) == 1
    for tries in range(20):
        deliver(either, hours=8 * tries)
    with either.sessions() as session:
        states = select(WebhookMessage.state).where(WebhookMessage.webhook_id == broken.id)
        assert session.scalars(states).all() == ["failed"]


def test_a_fault_in_telling_one_is_noted_and_not_the_end(
    either: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(either)
    subscribe(either, receiver)
    opened(either)

    def broken(*_given: object) -> int:
        raise UnicodeEncodeError("ascii", "h\u00f6", 1, 2, "no")

    monkeypatch.setattr(delivery, "post", broken)
    assert deliver(either, hours=1) == 0
    with either.sessions() as session:
        message = session.scalars(select(WebhookMessage)).one()
    assert (message.state, message.attempts) == ("waiting", 1)
    assert "could not be sent" in str(message.problem)


def test_who_answers_drop_by_drop_is_cut_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pinned, "TIMEOUT", 0.5)
    receiver.drops = 40
    begun = time.monotonic()
    with pytest.raises(SendProblem, match="timed out"):
        pinned.post(receiver.address, b"{}", {})
    assert time.monotonic() - begun < 3
    receiver.drops = 0
    monkeypatch.undo()
    assert pinned.post(receiver.address, b"{}", {}) == 204


def test_a_pass_ends_in_time_and_asks_who_is_away_once(
    either: Installation, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(either)
    for _number in range(3):
        subscribe(either, receiver)
    opened(either)
    with write_session(either.sessions) as session:
        for message in session.scalars(select(WebhookMessage)).all():
            session.add(WebhookMessage(webhook_id=message.webhook_id, once="second",
                                       body="{}", due_at=message.due_at))  # fmt: skip
    receiver.answers = [500]
    deliver(either, hours=1)
    assert len(receiver.got) == 3, "the second message of each waits"
    monkeypatch.setattr(delivery, "PASS", -1)
    deliver(either, hours=9)
    assert len(receiver.got) == 3


def test_a_backlog_stands_before_nobody_else(either: Installation, receiver: Receiver) -> None:
    company(either)
    away = subscribe(either, receiver)
    with write_session(either.sessions) as session:
        session.get_one(Webhook, away.id).address = "http://127.0.0.1:9/"  # nobody listens there
        session.add_all(
            WebhookMessage(webhook_id=away.id, once=f"old {n}", body="{}", due_at=clock.now())
            for n in range(2 * delivery.BATCH)
        )
    subscribe(either, receiver)
    opened(either)
    assert deliver(either, hours=1) == 1
    assert len(receiver.got) == 1


def test_a_host_that_is_no_longer_named_is_told_nothing(
    either: Installation, receiver: Receiver
) -> None:
    company(either)
    subscribe(either, receiver)
    opened(either)
    with clock.at(clock.now() + timedelta(hours=1)):
        delivery.deliver_webhooks(either.sessions, either.settings)
    assert receiver.got == []


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1"],
)
def test_a_name_that_leads_inside_the_machine_is_refused(
    monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    def looked_up(*_given: object, **_more: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443))]

    monkeypatch.setattr(pinned.socket, "getaddrinfo", looked_up)
    with pytest.raises(SendProblem):
        pinned.resolve_public_address("hooks.example.org", 443)


def test_the_connection_goes_to_the_number_that_was_judged(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look-up leads elsewhere (DNS rebinding): it is never made."""
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def once(host: str, *given: object, **more: object):  # type: ignore[no-untyped-def]
        looked_up.append(host)
        assert looked_up.count("localhost") == 1
        return real("127.0.0.1", *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(pinned.socket, "getaddrinfo", once)
    address = f"http://localhost:{receiver.server_port}/"
    assert pinned.post(address, b"{}", {"Content-Type": "application/json"}) == 204
    assert receiver.got[0][0]["host"] == f"localhost:{receiver.server_port}"


def test_hr_adds_one_sees_how_it_goes_and_takes_it_back(
    installed: Installation, client: FlaskClient, receiver: Receiver
) -> None:
    account(installed, "hr@example.org", "hr")
    sign_in(client, "hr@example.org")
    assert "TRIBOMETER_WEBHOOK_HOSTS" in client.get("/webhooks").text
    object.__setattr__(installed, "settings", told(installed))
    form = {"address": receiver.address, "events": ["wave.opened"]}
    page = client.post("/webhooks", data=form).text
    assert "whsec_" in page
    assert "whsec_" not in client.get("/webhooks").text
    assert (
        "at one of these hosts"
        in client.post("/webhooks", data={**form, "address": "https://other.example.com/"}).text
    )
    assert client.post("/webhooks/1/revoke").status_code == 302
    assert "taken back" in client.get("/webhooks").text
