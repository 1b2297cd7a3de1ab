"""The quarter: intervals that cover, few false discoveries, silence where little is known."""

import math

import numpy as np
import pytest

from analysis.disclosure.figures import (
    Bounded,
    Published,
    Shown,
    Withheld,
    published_df,
    published_se,
)
from analysis.disclosure.quarter import quarters
from analysis.measurement.uncertainty import half_width

SE = 4.0


def level(value: float) -> Shown:
    middle = math.floor(value + 0.5)
    half = math.ceil(half_width(SE, published_df(Shown(middle, 0, 100, "40+"))))
    return Shown(middle, middle - half, middle + half, "40+")


def company(rng: np.random.Generator, pairs: int, changed: int) -> list[list[Published]]:
    """Six levels of each pair, measured with an error; `changed` of them fell by 15 points."""
    found: list[list[Published]] = []
    for pair in range(pairs):
        true = 45.0 - np.where(np.arange(6) >= 3, 15.0 if pair < changed else 0.0, 0.0)
        found.append([level(t) for t in true + rng.normal(0, SE, 6)])
    return found


def test_intervals_cover_and_few_quiet_pairs_are_called_moved() -> None:
    rng = np.random.default_rng(11)
    covered, false, found, all_of_them = [], [], [], 0
    for _company in range(200):
        changes = quarters(company(rng, 30, 5))
        for pair, quarter in enumerate(changes):
            assert quarter is not None
            truth = -15 if pair < 5 else 0
            covered.append(quarter.change.low <= truth <= quarter.change.high)
        moved = [pair for pair, quarter in enumerate(changes) if quarter and quarter.moved]
        all_of_them += len(moved)
        false.append(sum(pair >= 5 for pair in moved) / max(len(moved), 1))
        found.append(sum(pair < 5 for pair in moved) / 5)
    assert np.mean(covered) >= 0.95
    assert np.mean(false) <= 0.1
    assert np.mean(found) >= 0.9


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ([level(40)] * 3, False),
        ([level(40)] * 4, False),
        ([level(40)] * 5, True),
        ([level(40)] * 6, True),
        ([Withheld.TOO_FEW, level(40), level(40), *[level(30)] * 3], True),
        ([Withheld.TOO_FEW, Bounded(True, 30, "5–7"), level(40), *[level(30)] * 3], False),
        ([], False),
    ],
)
def test_each_half_needs_two_figures(levels: list[Published], said: bool) -> None:
    assert (quarters([levels])[0] is not None) is said


def test_no_pairs_are_no_quarters() -> None:
    assert quarters([]) == []


def test_the_error_is_that_of_two_means_of_three() -> None:
    quarter = quarters([[level(40)] * 3 + [level(30)] * 3])[0]
    assert quarter is not None
    error = published_se(level(40)) * math.sqrt(2 / 3)
    half = math.ceil(half_width(error, math.inf))
    assert (quarter.change.low, quarter.change.value, quarter.change.high) == (
        -10 - half, -10, -10 + half
    )  # fmt: skip
