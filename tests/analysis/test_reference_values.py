"""Published and independently computed values, to the digits given."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.lab import textbook
from analysis.measurement import drivers, effects, ranking, reliability, smoothing, trend

# fmt: off
SLEEP_1 = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SLEEP_2 = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
P_VALUES = (.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719,
            .6528, .7590, 1)
DYESTUFF = {
    "A": (1545, 1440, 1440, 1520, 1580), "B": (1540, 1555, 1490, 1560, 1495),
    "C": (1595, 1550, 1605, 1510, 1560), "D": (1445, 1440, 1595, 1465, 1545),
    "E": (1595, 1630, 1515, 1635, 1625), "F": (1520, 1455, 1450, 1480, 1445),
}
NILE = (
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960,
    1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940,
    833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768,
    845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771,
    676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797,
    923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740)
SWISS = (  # Fertility, Agriculture, Examination, Education, Catholic, Infant.Mortality
    (80.2, 17, 15, 12, 9.96, 22.2), (83.1, 45.1, 6, 9, 84.84, 22.2),
    (92.5, 39.7, 5, 5, 93.4, 20.2), (85.8, 36.5, 12, 7, 33.77, 20.3),
    (76.9, 43.5, 17, 15, 5.16, 20.6), (76.1, 35.3, 9, 7, 90.57, 26.6),
    (83.8, 70.2, 16, 7, 92.85, 23.6), (92.4, 67.8, 14, 8, 97.16, 24.9),
    (82.4, 53.3, 12, 7, 97.67, 21), (82.9, 45.2, 16, 13, 91.38, 24.4),
    (87.1, 64.5, 14, 6, 98.61, 24.5), (64.1, 62, 21, 12, 8.52, 16.5),
    (66.9, 67.5, 14, 7, 2.27, 19.1), (68.9, 60.7, 19, 12, 4.43, 22.7),
    (61.7, 69.3, 22, 5, 2.82, 18.7), (68.3, 72.6, 18, 2, 24.2, 21.2),
    (71.7, 34, 17, 8, 3.3, 20), (55.7, 19.4, 26, 28, 12.11, 20.2),
    (54.3, 15.2, 31, 20, 2.15, 10.8), (65.1, 73, 19, 9, 2.84, 20),
    (65.5, 59.8, 22, 10, 5.23, 18), (65, 55.1, 14, 3, 4.52, 22.4),
    (56.6, 50.9, 22, 12, 15.14, 16.7), (57.4, 54.1, 20, 6, 4.2, 15.3),
    (72.5, 71.2, 12, 1, 2.4, 21), (74.2, 58.1, 14, 8, 5.23, 23.8),
    (72, 63.5, 6, 3, 2.56, 18), (60.5, 60.8, 16, 10, 7.72, 16.3),
    (58.3, 26.8, 25, 19, 18.46, 20.9), (65.4, 49.5, 15, 8, 6.1, 22.5),
    (75.5, 85.9, 3, 2, 99.71, 15.1), (69.3, 84.9, 7, 6, 99.68, 19.8),
    (77.3, 89.7, 5, 2, 100, 18.3), (70.5, 78.2, 12, 6, 98.96, 19.4),
    (79.4, 64.9, 7, 3, 98.22, 20.2), (65, 75.9, 9, 9, 99.06, 17.8),
    (92.2, 84.6, 3, 3, 99.46, 16.3), (79.3, 63.1, 13, 13, 96.83, 18.1),
    (70.4, 38.4, 26, 12, 5.62, 20.3), (65.7, 7.7, 29, 11, 13.79, 20.5),
    (72.7, 16.7, 22, 13, 11.22, 18.9), (64.4, 17.6, 35, 32, 16.92, 23),
    (77.6, 37.6, 15, 7, 4.97, 20), (67.6, 18.7, 25, 7, 8.65, 19.5),
    (35, 1.2, 37, 53, 42.34, 18), (44.7, 46.6, 16, 29, 50.43, 18.2),
    (42.8, 27.7, 22, 29, 58.33, 19.3))
# fmt: on


def test_two_group_comparison_welch_and_paired() -> None:
    welch = textbook.welch(SLEEP_1, SLEEP_2)
    assert welch.t == pytest.approx(-1.8608134675, abs=5e-11)
    assert welch.df == pytest.approx(17.7764735162, abs=5e-11)
    assert welch.p == pytest.approx(0.0793941402, abs=5e-11)
    paired = textbook.paired_t(SLEEP_1, SLEEP_2)
    assert paired.t == pytest.approx(-4.0621276834, abs=5e-11)
    assert paired.df == 9
    assert paired.p == pytest.approx(0.0028328902, abs=5e-11)


def test_benjamini_hochberg_of_1995() -> None:
    result = trend.benjamini_hochberg(P_VALUES, q=0.05)
    assert result.adjusted[3] == pytest.approx(0.035625, abs=1e-12)
    assert result.adjusted[4] == pytest.approx(0.0603, abs=1e-12)
    assert result.rejected.sum() == 4
    assert result.rejected[:4].all()


def test_empirical_bayes_of_the_dyestuff_batches() -> None:
    labels = np.repeat(list(DYESTUFF), 5)
    parts = reliability.variance_components(np.concatenate(list(DYESTUFF.values())), labels)
    assert parts.between == pytest.approx(1764.05, abs=1e-8)
    assert parts.within == pytest.approx(2451.25, abs=1e-8)
    means = [np.mean(batch) for batch in DYESTUFF.values()]
    shrunk = ranking.shrink(means, np.sqrt(parts.within / 5))
    assert shrunk.between == pytest.approx(1764.05, abs=1e-6)
    assert shrunk.weights[0] == pytest.approx(0.782526727, abs=5e-10)
    assert shrunk.values[0] - shrunk.mean == pytest.approx(-17.606851, abs=5e-7)
    assert shrunk.values[4] - shrunk.mean == pytest.approx(56.733187, abs=1e-6)


def test_icc_2_is_the_weight_of_the_group_mean() -> None:
    labels = np.repeat(list(DYESTUFF), 5)
    icc1, icc2 = reliability.icc(np.concatenate(list(DYESTUFF.values())), labels)
    assert icc1 == pytest.approx(1764.05 / (1764.05 + 2451.25))
    assert icc2 == pytest.approx(0.782526727, abs=5e-10)


def test_local_level_of_the_nile() -> None:
    """The likelihood is so flat that the reference's own optimiser stopped 2e-5 beside the top.

    Ours is compared to its digits less that, and must not be the less likely of the two.
    """
    step, noise = smoothing.local_level_variances(NILE)
    assert step == pytest.approx(1469.14662, rel=3e-5)
    assert noise == pytest.approx(15098.57715, rel=1e-5)

    def log_likelihood(step: float, noise: float) -> float:
        years = np.arange(1, len(NILE))
        moves = np.diff(NILE)
        covariance = np.diag(np.full(len(years), step + 2 * noise))
        covariance -= noise * (np.abs(np.subtract.outer(years, years)) == 1)
        return float(stats.multivariate_normal(cov=covariance).logpdf(moves))

    assert log_likelihood(step, noise) >= log_likelihood(1469.14662, 15098.57715) - 1e-12


def test_segmented_regression_of_the_nile_at_1899() -> None:
    effect = effects.segmented(NILE, start=28)
    assert effect.value == pytest.approx(-289.102685, abs=5e-7)
    after = np.arange(100) >= 28
    since = np.arange(100) - 28.0
    fit = effects.least_squares(
        np.column_stack([np.ones(100), after, since, since * after]), np.array(NILE, float), 3
    )
    assert fit.coefficients[1] == pytest.approx(-289.102685, abs=5e-7)
    assert fit.classical[1] == pytest.approx(58.1184, abs=5e-5)
    assert fit.newey_west[1] == pytest.approx(62.4167, abs=5e-5)


def test_lmg_of_swiss_fertility() -> None:
    data = np.array(SWISS)
    result = drivers.lmg(data[:, 1:], data[:, 0])
    expected = [0.0570912, 0.1711730, 0.2601347, 0.1055702, 0.1127659]
    assert result.shares == pytest.approx(expected, abs=5e-8)
    assert result.r_squared == pytest.approx(0.706735002, abs=5e-10)
    assert result.shares.sum() == pytest.approx(result.r_squared)


def test_run_length_of_a_shewhart_chart() -> None:
    chart = textbook.shewhart(limit=3.0)
    assert chart.run_length == pytest.approx(370.398, abs=5e-4)
    assert chart.false_alarms(12) == pytest.approx(0.03192, abs=5e-6)


def test_ewma_limits_are_the_formula() -> None:
    series = np.full(12, 40.0)
    chart = trend.ewma_alarm(series, 4.0, turnover=0.0)
    for t in range(1, 7):
        width = 0.3 / 1.7 * (1 - 0.7 ** (2 * t)) + (1 - 0.7**t) ** 2 / 6
        assert chart.upper[5 + t] - 40 == pytest.approx(3 * 4 * np.sqrt(width))


def test_omega_of_a_known_factor_and_alpha_of_equal_items() -> None:
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    found, unique = reliability.one_factor(np.outer(loadings, loadings) + np.diag(1 - loadings**2))
    assert found == pytest.approx(loadings, abs=1e-4)
    assert unique == pytest.approx(1 - loadings**2, abs=1e-4)
    items = np.array([[1, 2, 1], [2, 2, 3], [4, 5, 4], [5, 4, 5]], float)
    assert reliability.cronbach_alpha(items) == pytest.approx(
        1.5 * (1 - items.var(axis=0, ddof=1).sum() / items.sum(axis=1).var(ddof=1))
    )
