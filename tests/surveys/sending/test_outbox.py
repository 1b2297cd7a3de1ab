"""The outbox, with a real SMTP server: everybody once, a dead server loses nothing."""

import email
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from surveys import clock
from surveys.answering.ballot_box import CodeUsed
from surveys.database import write_session
from surveys.errors import SettingsError
from surveys.models.audit import OutboxMessage
from surveys.models.people import Person
from surveys.models.pulses import Invitation
from surveys.sending import outbox
from surveys.sending.outbox import deliver_due, mark_interrupted
from surveys.sending.transports import FolderTransport, SendProblem, open_transport
from surveys.web import Installation
from tests.factories import answer, code_of, company, during, opened, part
from tests.postgres import free_port


@dataclass
class Inbox:
    """What a mail server got; it refuses one address for good."""

    mails: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == "buying2@example.org":
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.mails.append(envelope.content)  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[str, Inbox]]:
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}", inbox
    controller.stop()


def states(installed: Installation) -> list[str]:
    with installed.sessions() as session:
        return sorted(session.scalars(select(OutboxMessage.state)))


def test_everybody_gets_one_mail_with_the_own_link(
    either: Installation, server: tuple[str, Inbox]
) -> None:
    company(either)
    wave = opened(either)
    settings = replace(either.settings, outbox=server[0])
    with during(wave):
        assert deliver_due(either.sessions, settings) == 25
        assert deliver_due(either.sessions, settings) == 0
    mails = [email.message_from_bytes(raw) for raw in server[1].mails]
    # 23 invitations (one address is refused) and the links of both managers
    assert len({mail["To"] for mail in mails}) == 23
    assert len({mail["Message-ID"] for mail in mails}) == 25
    mine = next(mail for mail in mails if "buying3@example.org" in mail["To"])
    text, html = (part.get_payload(decode=True).decode() for part in mine.get_payload())
    code = code_of(either, wave, "buying3@example.org")
    for body in (text, html):
        assert code in body.replace("-", "")
        assert "anonymous afterwards" in body
        assert "fewer than 5" in " ".join(body.split())


def test_a_refused_address_is_shown_and_not_tried_for_ever(
    installed: Installation, server: tuple[str, Inbox]
) -> None:
    company(installed)
    wave = opened(installed)
    with during(wave):
        deliver_due(installed.sessions, replace(installed.settings, outbox=server[0]))
    with installed.sessions() as session:
        failed = session.scalars(select(OutboxMessage).where(OutboxMessage.state == "failed")).one()
        states_of_mail = session.scalars(select(Invitation.mail_state)).all()
    assert failed.problem == "550 no such person"
    assert sorted(set(states_of_mail)) == ["failed", "sent"]


def test_a_dead_server_delays_and_loses_nothing(
    installed: Installation, server: tuple[str, Inbox]
) -> None:
    company(installed)
    wave = opened(installed)
    with during(wave):
        dead = replace(installed.settings, outbox="smtp://127.0.0.1:1")
        assert deliver_due(installed.sessions, dead) == 0
    assert set(states(installed)) == {"waiting"}
    with clock.at(wave.opens_at + timedelta(days=2)):
        alive = replace(installed.settings, outbox=server[0])
        assert deliver_due(installed.sessions, alive) == 25


def test_one_mail_that_cannot_be_written_stops_no_other(
    installed: Installation, server: tuple[str, Inbox]
) -> None:
    company(installed)
    wave = opened(installed)
    with write_session(installed.sessions) as session:
        person = session.scalars(select(Person).where(Person.email == "buying1@example.org")).one()
        person.email = "a@[x"
    with during(wave):
        assert deliver_due(installed.sessions, replace(installed.settings, outbox=server[0])) == 24
    assert states(installed).count("failed") == 2
    assert "claimed" not in states(installed)


def test_staff_can_answer_while_a_slow_mail_server_is_talked_to(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    teams = company(installed)
    wave = opened(installed)

    def answers_meanwhile(_self: FolderTransport, _mail: object) -> None:
        with suppress(CodeUsed):
            answer(installed, wave, "buying1@example.org", teams["Buying"], part(teams["Selling"]))

    monkeypatch.setattr(FolderTransport, "send", answers_meanwhile)
    with during(wave):
        assert deliver_due(installed.sessions, installed.settings) == 26


def test_an_address_that_is_put_right_while_mails_go_out_counts(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    company(installed, Buying=outbox.AHEAD, Selling=outbox.AHEAD)
    wave = opened(installed)
    got = []

    def put_right_meanwhile(_self: FolderTransport, mail: EmailMessage) -> None:
        if not got:
            with write_session(installed.sessions) as session:
                mistyped = Person.email == f"selling{outbox.AHEAD}@example.org"
                session.scalars(select(Person).where(mistyped)).one().email = "right@example.org"
        got.append(str(mail["To"]))

    monkeypatch.setattr(FolderTransport, "send", put_right_meanwhile)
    with during(wave):
        deliver_due(installed.sessions, installed.settings)
    assert sum("right@example.org" in to for to in got) == 1
    assert not any(f"selling{outbox.AHEAD}@" in to for to in got)


def test_a_message_that_was_being_sent_when_the_worker_died_is_not_sent_again(
    installed: Installation, server: tuple[str, Inbox]
) -> None:
    company(installed)
    wave = opened(installed)
    with write_session(installed.sessions) as session:
        first = session.scalars(select(OutboxMessage)).first()
        assert first is not None
        first.state, first.due_at = "claimed", wave.opens_at + outbox.LEASE
    settings = replace(installed.settings, outbox=server[0])
    with clock.at(wave.opens_at + timedelta(minutes=1)):
        mark_interrupted(installed.sessions)  # another worker may still be at it
        deliver_due(installed.sessions, settings)
    assert states(installed).count("claimed") == 1
    with during(wave):
        mark_interrupted(installed.sessions)
        deliver_due(installed.sessions, settings)
    assert states(installed).count("unknown") == 1


def test_the_folder_outbox_writes_mails_and_no_secret_stays_in_the_database(
    installed: Installation, tmp_path: Path
) -> None:
    company(installed)
    wave = opened(installed)
    folder = tmp_path / "mails"
    with during(wave):
        deliver_due(installed.sessions, replace(installed.settings, outbox=f"file:{folder}"))
    assert len(list(folder.glob("*.eml"))) == 26
    code = code_of(installed, wave, "buying1@example.org").encode()
    for path in installed.settings.data.iterdir():
        assert code not in path.read_bytes()


def test_a_wrong_outbox_says_what_it_must_be() -> None:
    with pytest.raises(SettingsError), open_transport("carrier-pigeon:"):
        pass
    with pytest.raises(SendProblem), open_transport("smtp://127.0.0.1:1"):
        pass
