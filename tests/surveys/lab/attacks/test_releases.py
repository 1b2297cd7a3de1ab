"""Attacks on what the service published: subtracting months, and groups that are too small."""

from random import Random

import pytest
from flask import Flask

from analysis.disclosure import release
from analysis.disclosure.rule import INDEX, Rule, ShareBand, Voices, Withheld
from surveys.lab.attacks.differencer import difference
from surveys.lab.attacks.small_groups import look, small


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


@pytest.mark.parametrize(
    ("decision", "broken", "finds"),
    [
        ("needed", lambda rule, what: 1, "a figure of"),
        ("withheld", lambda rule, measure, base, own, moved: None if base.answers >= 5
         else Withheld.TOO_FEW, "a figure of 5 people in a team of 14: respect"),
        ("is_too_small", lambda rule, team_size, what=INDEX: False, "a figure of 5 people"),
        ("tells_single_answers", staticmethod(lambda scores: False), "all 8 are of one mind"),
        ("side_speaks", lambda rule, base: base.answers > 0, "a comment of 5 of 14"),
        ("voices", lambda rule, first, second: Voices.PAIR, "a theme of 4 of 14 people and"),
        ("handover", lambda rule, base, hours: ("5–9", None), "a point of 1 of 14"),
        ("participation", lambda rule, base: ShareBand(base.answers, None), "fits 1 numbers"),
        ("participation", lambda rule, base: ShareBand(0, 50), "participation of 3 of 3"),
    ],
)  # fmt: skip
def test_a_decision_that_the_service_no_longer_asks_is_noticed(
    app: Flask, decision: str, broken: object, finds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service asks the rule, and nothing besides: what it lets through is shown."""
    monkeypatch.setattr(release, "refused_groups", lambda rows, k: ())
    monkeypatch.setattr(Rule, decision, broken)
    _, found = look(app, Random(2), ["of one mind"])
    assert any(finds in line for line in found), found
