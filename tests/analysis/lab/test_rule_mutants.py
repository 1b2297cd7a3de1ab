"""Every decision of the release rule, switched off, is caught by an attack."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from analysis.disclosure import release
from analysis.disclosure.rule import (
    INDEX,
    Base,
    Quoted,
    Rule,
    ShareBand,
    Voices,
    Withheld,
)
from analysis.lab import attack, text_attacks
from analysis.lab.attack_worlds import random_world

SEED = 20_000

Attack = Callable[[], Iterator[str]]


def on_figures() -> Iterator[str]:
    for number in range(300):
        yield from (leak.attack for leak in attack.attack_world(random_world(SEED + number)))


def on_texts() -> Iterator[str]:
    return text_attacks.attack_pairs(400, SEED)


def apart_and_together(rule: Rule, persons: Mapping[int, int], voices: Voices) -> dict[Any, Any]:
    bands = {side: rule.persons(number) for side, number in persons.items()}
    together = {None: rule.persons(sum(persons.values()))}
    return {key: band for key, band in (bands | together).items() if band}


def ignoring_too_few(rule: Rule, measure: str, base: Base, own: int, moved: int) -> Withheld | None:
    return None if base.answers else Withheld.TOO_FEW


#: of each decision: what it becomes, the attack that must notice, and what it finds
MUTANTS: dict[str, list[tuple[object, Attack, str]]] = {
    "Rule.__post_init__": [(lambda rule: None, on_texts, "less than promised")],
    "Rule.is_weaker_than": [
        (lambda rule, other: False, on_texts, "thresholds lowered after launch")
    ],
    "Rule.needed": [
        (lambda rule, what: 1, on_figures, "small count"),
        (lambda rule, what: rule.index, on_figures, "small count"),
        (lambda rule, what: rule.index, on_texts, "a theme of few answers"),
    ],
    "Rule.smallest_team": [
        (lambda rule, what=INDEX: rule.roster, on_figures, "exchange of people"),
        (lambda rule, what=INDEX: rule.roster, on_texts, "everybody answered"),
        (lambda rule, what=INDEX: rule.needed(what) - 1, on_figures, "small count"),
    ],
    "Rule.is_too_small": [
        (lambda rule, team_size, what=INDEX: False, on_figures, "small count"),
        (lambda rule, team_size, what=INDEX: False, on_texts, "everybody answered"),
    ],
    "Rule.withheld": [(ignoring_too_few, on_figures, "small count")],
    "Rule.movers_tell": [
        (staticmethod(lambda answers, moved: False), on_figures, "sums of two waves")
    ],
    "Rule.tells_single_answers": [(staticmethod(lambda scores: False), on_figures, "insider")],
    "Rule.bound": [
        (staticmethod(lambda base: 30 if base.answers < 8 else 20), on_figures,
         "everybody answered"),
    ],
    "Rule.tells_spread": [(staticmethod(lambda answers: True), on_figures, "of one mind")],
    "Rule.answers_band": [
        (staticmethod(lambda n, team_size=None: str(n)), on_figures, "exchange of people"),
        # "8–11" in a team of eight: the band begins with the size of the team.
        (staticmethod(lambda n, team_size=None, band=Rule.answers_band: band(n)), on_figures,
         "exchange of people"),
        (staticmethod(lambda n, team_size=None: str(n)), on_texts, "exact answers"),
    ],
    "Rule.side_speaks": [
        (lambda rule, base: True, on_texts, "a theme of few answers"),
        (lambda rule, base: base.answers >= rule.verbatim, on_texts, "everybody answered"),
    ],
    "Rule.voices": [
        (lambda rule, first, second: Voices.SIDES, on_texts, "a comment of few"),
        (lambda rule, first, second: Voices.PAIR, on_texts, "a theme of few answers"),
    ],
    "Voices.sides_apart": [(property(lambda voices: True), on_texts, "a theme of few answers")],
    "Voices.readable": [(property(lambda voices: True), on_texts, "a comment of few")],
    "Rule.persons": [
        (lambda rule, number: "5–9" if number else None, on_texts, "few behind a theme"),
        (lambda rule, number: "5–9" if number else None, on_texts, "the tone of few"),
        (lambda rule, number: "5–9" if number >= 5 else None, on_texts, "few behind a theme"),
        (lambda rule, number: str(number), on_texts, "exact people"),
    ],
    "Rule.persons_by_side": [
        (apart_and_together, on_texts, "the pair less one side"),
        (apart_and_together, on_texts, "a theme of few answers"),
    ],
    "Rule.quoted_as": [
        (staticmethod(lambda side, shown: Quoted(side)), on_texts,
         "a quote beside what is shown"),
    ],
    "Rule.handover": [
        (lambda rule, base, hours: (rule.persons(len(hours)) or "", None), on_texts,
         "few behind a handover point"),
        (lambda rule, base, hours: (rule.persons(len(hours)) or "", None)
         if base.answers >= rule.verbatim else None, on_texts, "everybody answered"),
    ],
    "Rule.hours": [
        (staticmethod(lambda hours: "10–24"), on_texts, "one person's hours"),
        (staticmethod(lambda hours: str(sum(hours))), on_texts, "exact hours"),
    ],
    "Rule.participation": [
        (lambda rule, base: ShareBand(0, 50), on_texts, "participation of a small team"),
        (lambda rule, base: ShareBand(base.answers, None), on_texts, "exact participation"),
    ],
}  # fmt: skip


def decisions() -> set[str]:
    """All that `Rule` and `Voices` define: whoever adds one adds its mutant."""
    return {
        f"{owner.__name__}.{name}"
        for owner in (Rule, Voices)
        for name, value in vars(owner).items()
        if inspect.isfunction(value) or isinstance(value, property | staticmethod | classmethod)
        if inspect.getsourcefile(_function(value)) == inspect.getsourcefile(Rule)
    }


def _function(value: Any) -> Any:
    return value.fget if isinstance(value, property) else getattr(value, "__func__", value)


def test_every_decision_has_a_mutant() -> None:
    assert set(MUTANTS) == decisions()


def test_the_rule_as_it_is_tells_nothing() -> None:
    assert set(on_texts()) == set()


def test_there_is_something_to_find() -> None:
    """Random pairs in every state, each of which shows what it may."""
    rng, rule = np.random.default_rng(SEED), Rule()
    worlds = [text_attacks.random_pair(rng) for _ in range(400)]
    shown = [text_attacks.show(world, rule) for world in worlds]
    assert {rule.voices(*world.bases) for world in worlds} == set(Voices)
    for part in ("themes", "readable", "handovers", "shares"):
        assert sum(bool(getattr(one, part)) for one in shown) > 40
    themes = [theme for one in shown for theme in one.themes]
    assert {len(theme.bands) for theme in themes} == {1, 2}
    assert any(quoted.side is None for theme in themes for _, quoted in theme.quotes)


@pytest.mark.parametrize(
    ("decision", "mutant", "attacked", "finds"),
    [
        pytest.param(decision, *mutant, id=f"{decision} {number}")
        for decision, mutants in MUTANTS.items()
        for number, mutant in enumerate(mutants)
    ],
)
def test_a_decision_switched_off_is_caught(
    decision: str,
    mutant: object,
    attacked: Attack,
    finds: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owner, name = decision.split(".")
    # The rank gate would stop some of them by itself: here the decision alone is on trial.
    monkeypatch.setattr(release, "refused_groups", lambda rows, k: ())
    monkeypatch.setattr({"Rule": Rule, "Voices": Voices}[owner], name, mutant)
    assert finds in attacked()
