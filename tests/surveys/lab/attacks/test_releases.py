"""Attacks on what the service published: subtracting months, and groups that are too small."""

from random import Random

import pytest
from flask import Flask

from analysis.disclosure import release
from analysis.disclosure.rule import INDEX, Rule
from surveys.lab.attacks.differencer import difference
from surveys.lab.attacks.small_groups import small


def test_twelve_months_of_comings_and_goings_tell_nobody(ground: Flask) -> None:
    done = difference(ground, Random(1))
    assert done.passed, done.says
    assert done.tries > 300


def test_exact_numbers_of_answers_would_tell(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules 7 and 10 off: exact counts, teams of any size, and movers that nobody minds."""
    monkeypatch.setattr(Rule, "answers_band", staticmethod(lambda n, team_size=None: str(n)))
    monkeypatch.setattr(Rule, "smallest_team", lambda rule, what=INDEX: rule.roster)
    monkeypatch.setattr(Rule, "movers_tell", staticmethod(lambda answers, moved: False))
    assert not difference(app, Random(2), waves=6).passed


def test_small_groups_show_nothing(ground: Flask) -> None:
    done = small(ground, Random(1))
    assert done.passed, done.says


@pytest.mark.parametrize("rule", ["needed", "tells_single_answers"])
def test_without_thresholds_small_groups_are_seen(
    app: Flask, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {
        "needed": lambda rule, what: 1,
        "tells_single_answers": staticmethod(lambda scores: False),
    }
    monkeypatch.setattr(release, "refused_groups", lambda rows, k: ())
    monkeypatch.setattr(Rule, rule, broken[rule])
    assert not small(app, Random(2)).passed
