"""What people write is nowhere in plain text before close, and what was redacted nowhere after."""

import logging
from collections.abc import Iterable
from random import Random

import pytest
from flask import Flask
from nacl.public import PrivateKey, SealedBox

from surveys import logs
from surveys.answering import ballot_box, sealing
from surveys.lab.attacks.canary import scan
from surveys.lab.attacks.log_collector import listening
from surveys.publishing import close


def test_no_canary_sings(ground: Flask) -> None:
    done = scan(ground, Random(1))
    assert done.passed, done.says


def test_ballots_that_are_not_sealed_are_found(
    ground: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Open(SealedBox):
        def encrypt(self, plaintext: bytes, *_: object) -> bytes:
            return plaintext

        def decrypt(self, ciphertext: bytes, *_: object) -> bytes:
            return ciphertext

    monkeypatch.setattr(sealing, "SealedBox", Open)
    done = scan(ground, Random(2))
    assert not done.passed
    assert done.successes > 20


def test_a_key_in_the_data_is_found(ground: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The private key beside the ballots, as a backup of everything would hold it."""

    def leaky(public_key: bytes, ballot: sealing.Ballot) -> bytes:
        settings = ground.extensions["tribometer"].settings
        (settings.data / "note").write_text(bytes(key := sealing.private_key(settings, 1)).hex())
        assert isinstance(key, PrivateKey)
        return sealing.seal(public_key, ballot)

    monkeypatch.setattr(ballot_box, "seal", leaky)
    assert "the key of the open wave lies in the data" in scan(ground, Random(3)).says


@pytest.mark.parametrize("step", ["destroy_keys", "forget_traces", "redactor_of"])
def test_a_step_of_closing_left_out_is_noticed(
    ground: Flask, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Blind:
        def redact(self, said: str) -> object:
            return type("Redacted", (), {"text": said})

    owner = close.sealing if step == "destroy_keys" else close
    instead = {"forget_traces": lambda _e: True, "redactor_of": lambda _s: Blind()}
    monkeypatch.setattr(owner, step, instead.get(step, lambda *_: None))
    assert not scan(ground, Random(4)).passed


@pytest.mark.parametrize("way", ["said", "raised"])
def test_a_log_that_quotes_is_noticed(
    ground: Flask, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of our own, and the message of an exception that a library logs."""

    def quoting(opened: Iterable[sealing.Ballot], redactor: object) -> object:
        ballots = list(opened)
        first = str(ballots[0].parts[0].comments)
        if way == "said":
            logs.log.warning("read", comment=first)
        else:
            try:
                raise ValueError(first)
            except ValueError:
                logging.getLogger("library").exception("it failed")
        return plain(ballots, redactor)  # type: ignore[arg-type]

    plain = close.rows_of
    monkeypatch.setattr(close, "rows_of", quoting)
    done = scan(ground, Random(5))
    assert not done.passed
    assert "the log holds" in done.says


def test_the_log_of_a_fault_quotes_nothing(ground: Flask) -> None:
    """Ours, of the same exception: its kind and its way only."""
    with listening() as heard:
        try:
            raise ValueError("zambezi came too late")
        except ValueError as error:
            logs.fault("job failed", error)
    assert any("ValueError" in line for line in heard)
    assert not any("zambezi" in line for line in heard)
