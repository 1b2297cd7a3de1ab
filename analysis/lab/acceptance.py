"""Does the method keep its promises? Measured on simulated cells whose truth is known.

The same functions are called that make the published figures. The bars are the product's; a
missed bar asks for a better method, never for another bar.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure import release
from analysis.disclosure.cell_rules import shown
from analysis.disclosure.figures import HIGH_FROM, Published, published_se, published_value
from analysis.lab.attack import attack_many
from analysis.lab.cell_worlds import Cells, worlds
from analysis.lab.pair_worlds import USUAL_TEAM, pairs_of, pairs_with_truth, series_of, waves_of
from analysis.lab.simulate import QUARTER_END, drift_path
from analysis.lab.text_attacks import attack_pairs
from analysis.measurement import effects, trend, uncertainty
from analysis.measures import Design

TEAM_SIZES: Final = (8, 12, 15, 22, 40)
POINTS_PER_LATENT: Final = 19.5
"""Slope of the simulated index in the middle thirties: .3 latent is about 6 points."""
SEAMS: Final = 132
SHARE_CHANGED: Final = 0.2

Progress = Callable[[str, float], None]
"""Called with the name of a check and the share of all work that is done (0..1)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the acceptance table; `measured` and `bar` as they are printed."""

    name: str
    measured: str
    bar: str
    passed: bool


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is simulated.

    Waves and pairs of waves per team size, pair-years, pairs with a step, waves of 132 seams,
    and attacked worlds.
    """

    waves: int
    changes: int
    pair_years: int
    power: int
    families: int
    attacked: int


FULL: Final = Sizes(10_000, 10_000, 20_000, 4_000, 400, 2_000)
QUICK: Final = Sizes(8_000, 1_500, 1_500, 500, 60, 60)


def acceptance(
    quick: bool = False, seed: int = 20261123, progress: Progress | None = None
) -> list[Check]:
    """The acceptance table; the quick form takes well under a minute, the full one some minutes.

    The same seed gives the same figures.
    """
    sizes = QUICK if quick else FULL
    parts: tuple[Callable[[np.random.Generator, Sizes], list[Check]], ...] = (
        coverage,
        false_changes,
        false_alarms,
        living_alarms,
        verdicts,
        discoveries,
        power,
        silence,
    )
    checks: list[Check] = []
    for number, part in enumerate(parts):
        if progress is not None:
            progress(part.__name__.replace("_", " "), number / (len(parts) + 1))
        checks += part(np.random.default_rng([seed, number]), sizes)
    if progress is not None:
        progress("attacks", len(parts) / (len(parts) + 1))
    leaks = len(attack_many(sizes.attacked, seed))
    name = f"attackers, {sizes.attacked:,} worlds of moves, merges, erasures, re-releases"
    checks.append(Check(name, f"{leaks} leaks", "0 leaks", leaks == 0))
    leaks = sum(1 for _ in attack_pairs(sizes.attacked, seed))
    name = f"attackers on texts, {sizes.attacked:,} pairs with themes, quotes and handovers"
    return [*checks, Check(name, f"{leaks} leaks", "0 leaks", leaks == 0)]


def coverage(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """95 % intervals, exact and as printed, against the latent mean."""
    checks = []
    for size in TEAM_SIZES:
        exact = printed = 0
        for cells in worlds(rng, sizes.waves, size, np.zeros(1), (0.6, 1.0)):
            for _, scores, truth in waves_of(cells):
                estimate = uncertainty.mean_interval(scores[0], size)
                figure = shown(scores[0], size)
                exact += estimate.low <= truth[0] <= estimate.high
                printed += figure.low <= truth[0] <= figure.high
        for name, hits in (("exact", exact), ("printed", printed)):
            label = f"95 % interval, N = {size}, response 60–100 %, {name}"
            checks.append(_between(label, hits / sizes.waves, 0.93, 0.97))
    return checks


def false_changes(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """The change test at .05 where the latents did not change, from answers and from figures."""
    exact = printed = total = 0
    for size in TEAM_SIZES:
        for cells in worlds(rng, sizes.changes, size, np.zeros(2), (0.6, 1.0)):
            for world, scores, _ in waves_of(cells):
                moved = int(cells.moved[world, 1]) // 2
                before, after = (uncertainty.mean_interval(y, size) for y in scores)
                exact += trend.compare(before, after, moved, moved).visible
                first, second = (shown(y, size) for y in scores)
                change = release.published_change(first, second, moved, moved, size)
                printed += change.visible
                total += 1
    return [
        _between("false changes at .05, from the answers", exact / total, 0.03, 0.06),
        _between("false changes at .05, from printed figures", printed / total, 0.03, 0.06),
    ]


def false_alarms(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """Alarms in a year after six months of baseline, pairs of teams of 22, nothing happening."""
    months = trend.EWMA_BASELINE + 12
    pairs = list(pairs_of(rng, 2 * sizes.pair_years, np.zeros(months)))
    alarms = sum(_alarm(pair, trend.EWMA_BASELINE) for pair in pairs)
    name = f"false alarms per pair-year, {len(pairs):,} pair-years"
    return [_at_most(name, alarms / len(pairs), 0.05)]


def living_alarms(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """The same where levels drift and quarters end: false if the truth moved under two points.

    What the truth did is the mean of the last three months against the baseline's, in the
    direction of the first alarm.
    """
    months, first = trend.EWMA_BASELINE + 12, trend.EWMA_BASELINE
    pairs = max(sizes.pair_years // 5, 300)
    quarters = QUARTER_END * (np.arange(months) % 3 == 2)
    steps = np.array([drift_path(rng, months) + quarters for _ in range(2 * pairs)])
    false = alarms = total = 0
    for pair, truth in pairs_with_truth(rng, 2 * pairs, steps):
        chart = _chart(pair, first)
        total += 1
        if chart.alarm.any():
            month = int(np.argmax(chart.alarm))
            moved = truth[max(month - 2, first) : month + 1].mean() - truth[:first].mean()
            moved *= np.sign(chart.ewma[month] - chart.centre)
            alarms, false = alarms + 1, false + int(moved < 2)
    name = f"drifting companies ({alarms / total:.2f} alarms per pair-year): false ones"
    return [_at_most(name, false / total, 0.05)]


def verdicts(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """Verdicts on actions, 8 + 6 months: how often one that did nothing is said to have changed
    something, and how often the interval of one that took 10 points away holds what it did.
    """
    count = 2 * max(sizes.power // 2, 400)
    idle, se = series_of(pairs_of(rng, count, np.zeros(14)))
    helped = np.repeat([0.0, -10 / POINTS_PER_LATENT], [8, 6])
    worlds_of_action = [*pairs_with_truth(rng, count, helped)]
    acted, acted_se = series_of([pair for pair, _truth in worlds_of_action])
    # What it did to this pair: near the end of the scale less than ten points can be taken away.
    did = [float(truth[8:].mean() - truth[:8].mean()) for _pair, truth in worlds_of_action]
    changed = dict.fromkeys(Design, 0)
    covered = dict(changed)
    for one in range(len(idle)):
        others = idle[(one + 1 + np.arange(8)) % len(idle)]
        for effect in _three(idle[one], se[one], others):
            changed[effect.method] += effect.verdict is effects.Verdict.CHANGED
        for effect in _three(acted[one], acted_se[one], others):
            covered[effect.method] += effect.low <= did[one] <= effect.high
    return [
        *(
            _at_most(f"nothing done, verdict “changed”, {name}", times / len(idle), 0.05)
            for name, times in changed.items()
        ),
        *(
            Check(
                f"10 points less, interval holds it, {name}",
                f"{times / len(idle):.3f}",
                "≥ 0.93",
                times / len(idle) >= 0.93,
            )
            for name, times in covered.items()
        ),
    ]


def _three(
    x: NDArray[np.float64], se: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[effects.Effect, effects.Effect, effects.Effect]:
    """The verdicts of the three designs on one pair."""
    return (
        effects.before_after(x, se, 8),
        effects.segmented(x, 8, se),
        effects.difference_in_differences(x, others, 8),
    )


def discoveries(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """132 seams a wave, one in five of which really moved by 10 points: false discovery rate."""
    shares, found, real = [], 0, 0
    steps = np.zeros((SEAMS, 2))
    changed = np.arange(SEAMS) < SHARE_CHANGED * SEAMS
    steps[changed, 1] = 10 / POINTS_PER_LATENT
    for _ in range(sizes.families):
        p = np.concatenate(
            [_change_p(cells) for cells in worlds(rng, SEAMS, USUAL_TEAM, steps, (0.6, 1.0))]
        )
        rejected = trend.benjamini_hochberg(p).rejected
        shares.append(float((rejected & ~changed).sum()) / max(int(rejected.sum()), 1))
        found, real = found + int((rejected & changed).sum()), real + int(changed.sum())
    name = f"132 seams: false discovery rate at q = .10 (finds {found / real:.2f} of +10 points)"
    return [_at_most(name, float(np.mean(shares)), 0.10)]


def power(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """+10 points in both seams of a pair, 22 people each, 82 % answering: alarm within 3 months."""
    steps = np.repeat([0.0, 10 / POINTS_PER_LATENT], [trend.EWMA_BASELINE, 3])
    pairs = list(pairs_of(rng, 2 * sizes.power, steps))
    found = sum(_alarm(pair, trend.EWMA_BASELINE) for pair in pairs) / len(pairs)
    name = "+10 points, pair of N = 22, 82 % response: found within 3 months"
    return [Check(name, f"{found:.3f}", "≥ 0.90", found >= 0.90)]


def silence(rng: np.random.Generator, sizes: Sizes) -> list[Check]:
    """The unhappy stay silent: bias of the index, and does the tipping-point line warn?

    A finding is the side of the "high" mark on which the answers put the team; it is overturned
    if everybody's answers would have put it on the other side.
    """
    bias, overturned, warned = [], 0, 0
    for cells in worlds(rng, sizes.waves, USUAL_TEAM, np.zeros(1), None, kappa=0.4):
        for world, scores, _ in waves_of(cells):
            value, n = float(scores[0].mean()), len(scores[0])
            everybody = float(cells.scores[world, 0].mean())
            bias.append(value - everybody)
            if (value - HIGH_FROM) * (everybody - HIGH_FROM) < 0:
                line = uncertainty.tipping_point(value - HIGH_FROM, value, n, USUAL_TEAM)
                overturned, warned = overturned + 1, warned + line.fragile
    share, size = warned / max(overturned, 1), abs(float(np.mean(bias)))
    name = f"silence overturned the finding in {overturned:,} waves: the line warned"
    return [
        Check("the unhappy stay silent: bias in points", f"{size:.2f}", "≤ 3", bool(size <= 3)),
        Check(name, f"{share:.3f}", "≥ 0.95", share >= 0.95),
    ]


def _chart(pair: list[Published], baseline: int) -> trend.Alarm:
    values = [published_value(figure) for figure in pair]
    return trend.ewma_alarm(values, [published_se(figure) for figure in pair], baseline)


def _alarm(pair: list[Published], baseline: int) -> bool:
    return bool(_chart(pair, baseline).alarm.any())


def _change_p(cells: Cells) -> NDArray[np.float64]:
    found = []
    for world, scores, _ in waves_of(cells):
        moved = int(cells.moved[world, 1]) // 2
        first, second = (shown(y, USUAL_TEAM) for y in scores)
        found.append(release.published_change(first, second, moved, moved, USUAL_TEAM).p)
    return np.array(found)


def _between(name: str, share: float, low: float, high: float) -> Check:
    return Check(name, f"{share:.3f}", f"{low:.2f}–{high:.2f}", bool(low <= share <= high))


def _at_most(name: str, share: float, most: float) -> Check:
    return Check(name, f"{share:.3f}", f"≤ {most:.2f}", bool(share <= most))
