"""The mail server dies in the middle of a batch: nobody is left out, nobody is asked twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from surveys import clock
from surveys.models.pulses import Invitation
from surveys.sending import outbox
from surveys.sending.outbox import deliver_due
from surveys.sending.transports import SendProblem
from surveys.web import Installation
from tests.factories import company, opened

TAKEN_BEFORE_DEATH = 7


class Dying:
    """A server that takes some mails and then none, until it is started again."""

    def __init__(self) -> None:
        self.left: float = TAKEN_BEFORE_DEATH
        self.taken: Counter[str] = Counter()

    @contextmanager
    def connect(self, _address: str) -> Iterator["Dying"]:
        """In place of `open_transport`."""
        if self.left <= 0:
            raise SendProblem("The mail server does not answer", False)
        yield self

    def send(self, mail: EmailMessage) -> None:
        if self.left <= 0:
            raise SendProblem("The connection broke", False)
        self.left -= 1
        self.taken[str(mail["Message-ID"])] += 1


def test_a_server_that_dies_in_a_batch_leaves_nobody_out(
    either: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Dying()
    monkeypatch.setattr(outbox, "open_transport", server.connect)
    company(either)
    wave = opened(either)
    with clock.at(wave.opens_at):
        assert deliver_due(either.sessions, either.settings) == TAKEN_BEFORE_DEATH
    server.left = float("inf")
    for hours in (1, 2, 3):
        with clock.at(wave.opens_at + timedelta(hours=hours)):
            deliver_due(either.sessions, either.settings)
    assert len(server.taken) == 24 + 2  # everybody, and both managers their way in
    assert set(server.taken.values()) == {1}
    with either.sessions() as session:
        states = set(session.scalars(select(Invitation.mail_state)))
    assert states == {"sent"}
