"""The last minute before the close: all who were acknowledged are there, once and soon."""

from random import Random

import pytest
from flask import Flask

from surveys.lab.attacks.rush import _judge, rush


def test_everybody_at_once_is_taken_once_and_soon(ground: Flask) -> None:
    done = rush(ground, 120, 8, Random(5))
    assert done.passed, done.says
    assert done.tries == 120


@pytest.mark.parametrize(
    ("sent", "kept", "finds"),
    [
        ([(True, 0.1)] * 100, 99, "99 are there"),
        ([(True, 0.1)] * 100, 101, "101 are there"),
        ([(True, 0.1)] * 99 + [(False, 0.1)], 99, "refused"),
        ([(True, 0.1)] * 90 + [(True, 5.0)] * 10, 100, "waited 5.0 s"),
    ],
)
def test_what_is_lost_doubled_refused_or_slow_is_found(
    sent: list[tuple[bool, float]], kept: int, finds: str
) -> None:
    done = _judge(sent, kept, 1.0, 8)
    assert not done.passed
    assert finds in done.says
