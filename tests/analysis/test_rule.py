"""The release rule as one object: what each threshold keeps back."""

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.disclosure.rule import Base, Rule, RuleTooWeak, Voices

ROOT = Path(__file__).resolve().parents[2]
ENOUGH = Base(answers=10, team_size=11)


def test_it_loads_without_numpy() -> None:
    code = "import sys, analysis.disclosure.rule; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", ["index", "causes", "items", "verbatim", "roster"])
def test_no_threshold_can_be_lowered(name: str) -> None:
    with pytest.raises(RuleTooWeak, match=name):
        Rule(**{name: getattr(Rule(), name) - 1})


@pytest.mark.parametrize(
    ("base", "speaks"),
    [
        (ENOUGH, True),
        (Base(answers=9, team_size=11), False),
        (Base(answers=10, team_size=10), False),  # would prove that everybody answered
    ],
)
def test_a_side_speaks_on_its_own_from_the_threshold_on(base: Base, speaks: bool) -> None:
    assert Rule().side_speaks(base) is speaks
    assert Rule(verbatim=12).side_speaks(base) is False


@pytest.mark.parametrize(
    ("first", "second", "voices"),
    [
        (ENOUGH, ENOUGH, Voices.SIDES),
        (ENOUGH, Base(5, 8), Voices.PAIR),
        (Base(5, 8), Base(5, 8), Voices.PAIR),
        (Base(5, 8), Base(4, 8), Voices.NOBODY),
        (ENOUGH, Base(4, 8), Voices.FIRST),
        (Base(4, 8), ENOUGH, Voices.SECOND),
        (ENOUGH, Base(5, 5), Voices.FIRST),  # below the smallest roster
        (Base(0, 0), Base(0, 0), Voices.NOBODY),
    ],
)
def test_whose_comments_count(first: Base, second: Base, voices: Voices) -> None:
    assert Rule().voices(first, second) is voices


def test_a_pair_is_never_shown_beside_one_of_its_sides() -> None:
    rule = Rule()
    assert rule.persons_by_side({1: 7, 2: 3}, Voices.SIDES) == {1: "5–9"}
    assert rule.persons_by_side({1: 4, 2: 4}, Voices.SIDES) == {None: "5–9"}
    assert rule.persons_by_side({1: 12, 2: 12}, Voices.PAIR) == {None: "20+"}
    assert rule.persons_by_side({1: 2, 2: 2}, Voices.SIDES) == {}
    assert rule.persons_by_side({}, Voices.SIDES) == {}


def test_raised_thresholds_hold_for_people_too() -> None:
    assert Rule().persons(5) == "5–9"
    assert Rule(index=8).persons(7) is None
    assert Rule(index=8).handover(ENOUGH, [1] * 7) is None


def test_a_handover_point_needs_a_side_that_speaks() -> None:
    rule = Rule()
    assert rule.handover(ENOUGH, [2] * 5) == ("5–9", "10–24")
    assert rule.handover(ENOUGH, [2] * 4) is None
    assert rule.handover(Base(9, 11), [2] * 5) is None
    assert rule.handover(None, [2] * 5) is None
    assert rule.handover(ENOUGH, [40, 1, 1, 1, 1]) == ("5–9", None)  # mostly one person's
