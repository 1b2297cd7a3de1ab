"""Names and numbers from comments reach nobody; without redaction, or without HR, they do."""

from random import Random

import pytest
from flask import Flask

from surveys.lab.attacks.text_leaker import leak
from surveys.models.themes import Quote
from surveys.publishing import close, theming


def test_no_name_and_no_number_gets_out(ground: Flask) -> None:
    done = leak(ground, Random(1))
    assert done.passed, done.says
    assert done.tries > 200
    assert " 0 quotes" not in done.says


def test_without_redaction_they_get_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind:
        def redact(self, said: str) -> object:
            return type("Redacted", (), {"text": said})

    monkeypatch.setattr(close, "redactor_of", lambda _session: Blind())
    assert not leak(app, Random(2)).passed


def test_quotes_that_skip_hr_are_found(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theming, "Quote", lambda **given: Quote(**given, state="released"))
    assert "has not released" in leak(app, Random(3)).says
