"""Attacks on what is shown beside figures: themes, quotes, handover points and participation.

An attack judges what one team pair shows by the numbers printed on the form (the fields of `Rule`)
and by the truth. It never asks the methods of `Rule`, which are what is attacked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from analysis.disclosure.rule import Base, Quoted, Rule, RuleTooWeak, ShareBand, Voices

PROMISED: Final = {"index": 5, "causes": 8, "items": 10, "verbatim": 10, "roster": 6}
"""What we promise everywhere; an organisation may promise more."""
RAISED: Final = (Rule(), Rule(index=6, verbatim=12), Rule(index=8, verbatim=15))
MOST: Final = 60
"""The largest count that the attackers try."""
FIRST, SECOND = 0, 1


@dataclass(frozen=True, slots=True)
class Theme:
    """How many people of each side raise a theme, and of how many of them the tone is known."""

    persons: tuple[int, int]
    toned: tuple[int, int]


@dataclass(frozen=True, slots=True)
class World:
    """The truth about one team pair in one wave. `hours`: of one handover point, by side."""

    bases: tuple[Base, Base]
    themes: tuple[Theme, ...]
    hours: tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(slots=True)
class ShownTheme:
    """A theme as shown: bands by side, or under None for the pair; tones; quotes by writer."""

    truth: Theme
    bands: dict[int | None, str]
    toned: set[int | None] = field(default_factory=set)
    quotes: list[tuple[int, Quoted[int]]] = field(default_factory=list)


@dataclass(slots=True)
class ShownTexts:
    """All that a pair shows beside figures, and whose comments HR may read."""

    themes: list[ShownTheme]
    readable: set[int]
    handovers: dict[int, tuple[str, str | None]]
    shares: dict[int, ShareBand]


def random_pair(rng: np.random.Generator) -> World:
    """A team pair of 3 to 25 people a side, of whom many or few answer."""
    sizes = rng.integers(3, 26, 2)
    bases = tuple(Base(int(rng.binomial(size, rng.choice([1.0, 0.8, 0.5]))), int(size))
                  for size in sizes)  # fmt: skip
    themes = []
    for _ in range(4):
        persons = tuple(int(rng.integers(0, base.answers + 1)) for base in bases)
        toned = tuple(int(rng.integers(0, number + 1)) for number in persons)
        themes.append(Theme((persons[0], persons[1]), (toned[0], toned[1])))
    named = [int(rng.integers(0, base.answers + 1)) for base in bases]
    hours = [tuple(int(h) for h in rng.choice([0, 1, 2, 5, 80], n)) for n in named]
    return World((bases[0], bases[1]), tuple(themes), (hours[0], hours[1]))


def show(world: World, rule: Rule) -> ShownTexts:
    """What the service would show of it (surveys.publishing asks the rule in the same way)."""
    voices = rule.voices(*world.bases)
    heard = {
        Voices.FIRST: (FIRST,), Voices.SECOND: (SECOND,), Voices.NOBODY: ()
    }.get(voices, (FIRST, SECOND))  # fmt: skip
    themes = [_show_theme(theme, voices, heard, rule) for theme in world.themes]
    made = ((side, rule.handover(world.bases[side], world.hours[side])) for side in (FIRST, SECOND))
    shares = ((side, rule.participation(world.bases[side])) for side in (FIRST, SECOND))
    return ShownTexts(
        [theme for theme in themes if theme.bands],
        set(heard) if voices.readable else set(),
        {side: point for side, point in made if point},
        {side: share for side, share in shares if share},
    )


def _show_theme(theme: Theme, voices: Voices, heard: Sequence[int], rule: Rule) -> ShownTheme:
    bands = rule.persons_by_side({side: theme.persons[side] for side in heard}, voices)
    shown = ShownTheme(theme, bands)
    for key in bands:
        people = sum(theme.toned[side] for side in heard) if key is None else theme.toned[key]
        if rule.persons(people) is not None:
            shown.toned.add(key)
    for side in heard if voices.readable and bands else ():
        quoted = rule.quoted_as(side, bands) if theme.persons[side] else None
        if quoted is not None:
            shown.quotes.append((side, quoted))
    return shown


def attack_pairs(count: int, seed: int) -> Iterator[str]:
    """Names of the attacks that find something out in `count` random pairs, and about the bands."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        world, rule = random_pair(rng), RAISED[number % len(RAISED)]
        yield from attack_texts(world, show(world, rule), rule)
    yield from attack_bands(Rule())
    yield from attack_thresholds()


def attack_texts(world: World, shown: ShownTexts, rule: Rule) -> Iterator[str]:
    """Names of the attacks that find something out."""
    k = {name: max(least, getattr(rule, name)) for name, least in PROMISED.items()}
    for theme in shown.themes:
        yield from _attack_theme(theme, world, k)
    for side in shown.readable:
        if world.bases[side].answers < k["verbatim"]:
            yield "a comment of few"
    for side, (_, hours) in shown.handovers.items():
        named, base = world.hours[side], world.bases[side]
        if len(named) < k["index"] or base.answers < k["verbatim"]:
            yield "few behind a handover point"
        if base.team_size <= k["verbatim"]:
            yield "everybody answered"
        if hours and 2 * max(named) > sum(named):
            yield "one person's hours"
    if any(world.bases[side].team_size < k["roster"] for side in shown.shares):
        yield "participation of a small team"


def _attack_theme(theme: ShownTheme, world: World, k: dict[str, int]) -> Iterator[str]:
    for key in theme.bands:
        sides = (FIRST, SECOND) if key is None else (key,)
        answers = [world.bases[side].answers for side in sides]
        people = [world.bases[side].team_size for side in sides]
        if sum(theme.truth.persons[side] for side in sides) < k["index"]:
            yield "few behind a theme"
        if min(people) < k["roster"] or min(answers) < k["index"] or sum(answers) < k["verbatim"]:
            yield "a theme of few answers"
        # Shown at all, it proves as many answers as are needed.
        if sum(people) <= k["verbatim"] or min(people) <= k["index"]:
            yield "everybody answered"
        if key in theme.toned and sum(theme.truth.toned[side] for side in sides) < k["index"]:
            yield "the tone of few"
    for side in theme.bands.keys() - {None}:
        other = theme.truth.persons[1 - side] if side is not None else 0
        if None in theme.bands and 0 < other < k["index"]:
            yield "the pair less one side"
    if any(
        quoted.side is not None and quoted.side not in theme.bands for _, quoted in theme.quotes
    ):
        yield "a quote beside what is shown"


def attack_bands(rule: Rule) -> Iterator[str]:
    """Printed bands that fit so few counts that they tell how many people there are."""
    sizes = range(rule.roster + 1, MOST)
    bands: list[tuple[str, int, dict[int, Hashable]]] = [
        ("people", 3, {n: rule.persons(n) for n in range(1, MOST)}),
        ("hours", 3, {total: rule.hours(_shared(total)) for total in range(MOST)}),
    ]
    for size in sizes:
        shares = {n: rule.participation(Base(n, size)) for n in range(size + 1)}
        answers = {n: rule.answers_band(n, size) for n in range(rule.index, size + 1)}
        bands += [("participation", 3, dict(shares)), ("answers", 2, dict(answers))]
    for name, fewest, printed in bands:
        fits = Counter(band for band in printed.values() if band is not None)
        if min(fits.values()) < fewest:
            yield f"exact {name}"


def attack_thresholds() -> Iterator[str]:
    """An organisation that asks for less than we promise everywhere, or for less than it did."""
    try:
        rule = Rule(index=2, causes=2, items=2, verbatim=2, roster=2)
    except RuleTooWeak:
        rule = Rule()
    if any(getattr(rule, name) < least for name, least in PROMISED.items()):
        yield "less than promised"
    for kept in RAISED[1:]:
        if not Rule().is_weaker_than(kept):
            yield "thresholds lowered after launch"


def _shared(total: int) -> list[int]:
    """Hours of five people who lost about as many each."""
    return [total // 5 + (place < total % 5) for place in range(5)]
