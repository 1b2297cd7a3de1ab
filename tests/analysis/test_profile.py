"""The profile of a cause over months: by hand, and when there is none."""

import math

import pytest

from analysis.disclosure.figures import Bounded, Shown, published_se
from analysis.disclosure.profile import profile
from analysis.disclosure.rule import Withheld
from analysis.measurement.uncertainty import half_width

ONE, TWO = Shown(30, 20, 40, "12–19"), Shown(41, 33, 49, "20–39")


def test_one_figure_is_its_own_profile() -> None:
    found = profile([Withheld.TOO_FEW, ONE])
    assert isinstance(found, Shown)
    assert (found.value, found.n_band) == (30, "12–19")
    assert 9 <= found.high - found.value <= 10


def test_errors_of_the_same_people_go_together() -> None:
    found = profile([ONE, TWO])
    assert isinstance(found, Shown)
    a, b = published_se(ONE), published_se(TWO)
    error = math.sqrt(a * a + b * b + 2 * 0.5 * a * b) / 2
    assert found.value == 36
    assert found.n_band == "12–19"
    assert found.high - found.value == math.ceil(half_width(error, 12 + 11))


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([], Withheld.NOT_ASKED),
        ([Withheld.NOT_ASKED, Withheld.TOO_FEW], Withheld.TOO_FEW),
        ([Bounded(True, 20, "12–19"), Bounded(False, 70, "5–7")], Withheld.EXTREME),
    ],
)
def test_no_profile_gives_its_reason(figures: list, expected: Withheld) -> None:
    assert profile(figures) is expected


def test_a_bound_counts_with_its_whole_range() -> None:
    found = profile([ONE, Bounded(True, 20, "12–19")])
    plain = profile([ONE, Shown(10, 0, 20, "12–19")])
    assert isinstance(found, Shown)
    assert isinstance(plain, Shown)
    assert found.value == plain.value == 20
    assert found.high - found.value >= 5 + 5
    bounds = [Bounded(True, 20, "12–19"), Bounded(True, 30, "5–7")]
    assert profile(bounds) == bounds[1]
