"""The release under attack: it leaks nothing, and without any one of its rules it does.

The decisions on single figures and texts are switched off one by one in `test_rule_mutants`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from analysis.disclosure import cell_rules, release
from analysis.disclosure.rank_gate import Row, exposed_groups
from analysis.lab import attack
from analysis.lab.attack_worlds import Seen, random_world

WORLDS = 60
SEED = 20_000


def no_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "refused_groups", lambda rows, k: ())


def no_base_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    no_gate(monkeypatch)  # the gate is what keeps groupings from overlapping


def no_once_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "refuse_repeats", lambda cells, history: None)


def own_base_for_each_figure(ratings: cell_rules.Ratings, measure: str) -> np.ndarray:
    """Rule 3 broken: whoever left an item out is left out of its figure."""
    weights = cell_rules_weights(ratings, measure)
    if measure != "index":
        column = cell_rules.measured_column(ratings, measure)
        weights[np.isnan(ratings.values[:, column])] = 0.0
    return weights


cell_rules_weights = cell_rules.answer_weights


def no_common_base(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cell_rules, release):
        monkeypatch.setattr(module, "answer_weights", own_base_for_each_figure)
    no_gate(monkeypatch)


MUTATIONS = [
    pytest.param(no_base_cells, "sums of one wave", id="rule 1: base cells only"),
    pytest.param(no_once_only, "sums of one wave", id="rule 2: published once"),
    pytest.param(no_common_base, "sums of one wave", id="rule 3: one base"),
]


def found(expected: str | None = None, worlds: int = WORLDS) -> set[str]:
    """Names of the attacks that found something; stops early once the expected one has."""
    names: set[str] = set()
    for number in range(worlds):
        names |= {leak.attack for leak in attack.attack_world(random_world(SEED + number))}
        if expected in names:
            break
    return names


def test_the_rule_leaks_nothing() -> None:
    assert found() == set()


@pytest.mark.parametrize(("mutation", "expected"), MUTATIONS)
def test_a_rule_switched_off_is_caught(
    mutation: Callable[[pytest.MonkeyPatch], None], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation(monkeypatch)
    assert expected in found(expected, worlds=300)


def with_totals(seen: Sequence[Seen]) -> list[list[Row]]:
    """Rule 5 broken: beside the figures, the total of all answers about a team in a wave."""
    systems: dict[tuple[str, int], list[Row]] = defaultdict(list)
    totals: dict[tuple[str, int], dict[tuple[object, object], float]] = defaultdict(dict)
    for cell, _, made in seen:
        where = (cell.key.target, cell.key.wave)
        row = release.gate_row(cell, "index")
        totals[where] |= row
        figure = made.get(cell.key.rater, cell.key.target, cell.key.wave)
        if not isinstance(figure, release.Withheld):
            systems[where].append(row)
    return [[*rows, totals[where]] for where, rows in systems.items()]


def test_rule_5_totals_of_answers_would_tell_what_was_withheld() -> None:
    worlds = [random_world(SEED + number) for number in range(WORLDS)]
    systems = [system for seen in worlds for system in with_totals(seen)]
    assert any(exposed_groups(system, attack.K) for system in systems)


def test_the_gate_alone_stops_a_broken_base(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (cell_rules, release):
        monkeypatch.setattr(module, "answer_weights", own_base_for_each_figure)
    assert "sums of one wave" not in found(worlds=30)
