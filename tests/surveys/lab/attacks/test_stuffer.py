"""Ballots never outnumber invitations; a box that forgets to check is noticed."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import Connection, bindparam, select, update

from surveys.answering import ballot_box
from surveys.answering.ballot_box import Entry, NamedTeam, NotAccepted
from surveys.lab.attacks.stuffer import stuff
from surveys.models.ballots import SealedBallot
from surveys.models.enums import WaveState
from surveys.models.pulses import Wave


def test_the_box_takes_one_ballot_for_each_code(ground: Flask) -> None:
    done = stuff(ground, 60, Random(1))
    assert done.passed, done.says
    assert done.tries > 200


def test_a_box_that_takes_any_code_is_caught(
    ground: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anybody(connection: Connection, code: str) -> Entry:
        wave = connection.execute(
            select(Wave.id, Wave.closes_at, Wave.public_key).where(Wave.state == WaveState.OPEN)
        ).first()
        if wave is None:
            raise NotAccepted
        team = NamedTeam(0, "")
        return Entry(wave.id, wave.closes_at, team, 0, (), code, wave.public_key)

    monkeypatch.setattr(ballot_box, "admit", anybody)
    monkeypatch.setattr(ballot_box, "_change", lambda *_: True)
    done = stuff(ground, 10, Random(1))
    assert not done.passed
    assert "must not open" in done.says


def test_a_box_in_which_a_code_replaces_is_caught(
    ground: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_code = (
        update(SealedBallot)
        .where(SealedBallot.wave_id == bindparam("wave"), SealedBallot.box_key == bindparam("key"))
        .values(ciphertext=bindparam("sealed"))
    )
    monkeypatch.setattr(ballot_box, "CHANGED", by_code)
    done = stuff(ground, 10, Random(1))
    assert not done.passed
    assert "a used code replaced the ballot" in done.says
