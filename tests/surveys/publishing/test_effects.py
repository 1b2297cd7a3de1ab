"""Verdicts: by their design, against pairs that nobody touched, in words that cannot mislead."""

from datetime import date

import numpy as np

from analysis.measurement.effects import Effect, Verdict
from analysis.measures import Design
from surveys.models.agreements import Agreement
from surveys.publishing.effects import _effect, as_stored
from surveys.reading.words import verdict_sentence

STARTS = [date(2026, month, 1) for month in range(1, 9)]


def test_a_verdict_against_other_pairs_says_so() -> None:
    found = Effect(-10, -12, -8, 0.01, Verdict.CHANGED, Design.DIFFERENCES, -8)
    words = verdict_sentence(Agreement(effect=as_stored(found)))
    assert words.startswith("10 points less friction than in the other pairs since then")
    assert words.endswith("The other pairs moved by -8.")
    quiet = Effect(-1.2, -4.3, 2.1, 0.6, Verdict.NO_VISIBLE_CHANGE, Design.BEFORE_AFTER)
    words = verdict_sentence(Agreement(effect=as_stored(quiet)))
    assert words == "No visible change (-5 to +3 points). (Mean before and after.)"


def test_nothing_is_said_before_two_figures_on_each_side() -> None:
    own = np.array([[50.0, 51, 49, 50, 52, 50, 51, 20], [4.0] * 8])
    others = [np.full(8, 40.0) + i for i in range(6)]
    effect = _effect(own, others, STARTS, date(2026, 8, 1))
    assert verdict_sentence(Agreement(effect=as_stored(effect))) == "Too early to say."
    assert as_stored(_effect(own, others, STARTS, date(2026, 9, 1))) is None


def test_a_noisy_pair_is_not_called_changed_because_the_others_are_quiet() -> None:
    rng = np.random.default_rng(7)
    false = 0
    for _world in range(200):
        own = np.stack([50 + rng.normal(0, 8, 8), np.full(8, 8.0)])
        others = [40 + rng.normal(0, 4, 8) for _pair in range(8)]
        effect = _effect(own, others, STARTS, date(2026, 5, 1))
        false += effect is not None and effect.verdict is Verdict.CHANGED
    assert false <= 200 * 0.08
