"""The rank gate: does a set of released sums tell the sum of a group smaller than k?

Released figures are linear in the answers. Somebody who knows who is in which figure can add and
subtract them; what can be reached is the row space of the system. A group under k is exposed if
some reachable sum involves nobody else, that is if leaving its columns out lowers the rank.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Atom = tuple[Hashable, Hashable]
"""(person, variable): one keyed answer of one person."""

Row = Mapping[Atom, float]
"""One released figure: the weight of every answer in it."""

TOLERANCE = 1e-9
DEALS = 8
MANY_CLASSES = 40
"""With more classes than this only the smallest exposed groups are named."""


def leaks(released_sets: Sequence[Collection[Hashable]], k: int) -> tuple[frozenset[Hashable], ...]:
    """Groups of fewer than k persons whose sum follows from the released sums.

    `released_sets`: for each released sum, the persons in it. Returns the smallest exposed
    groups, none of them containing another; empty means safe.
    """
    return exposed_groups([{(who, 0): 1.0 for who in people} for people in released_sets], k)


def exposed_groups(rows: Sequence[Row], k: int) -> tuple[frozenset[Hashable], ...]:
    """As `leaks`, for weighted sums over (person, variable) atoms.

    Persons with equal columns cannot be told apart, so whole classes are left out at a time;
    figures that share no person are examined apart. Groups tried: all unions of classes with
    fewer than k persons.
    """
    found: list[frozenset[Hashable]] = []
    for part in _components(rows):
        found.extend(_exposed_in(part, k))
    return tuple(found)


def _components(rows: Sequence[Row]) -> Iterable[list[Row]]:
    """Rows that share persons, directly or through others, belong together."""
    parts: list[tuple[set[Hashable], list[Row]]] = []
    for row in rows:
        people: set[Hashable] = {person for person, _ in row}
        joined = [part for part in parts if part[0] & people]
        merged = [other for part in joined for other in part[1]]
        parts = [part for part in parts if not part[0] & people]
        parts.append((people.union(*(part[0] for part in joined)), [*merged, row]))
    return (part[1] for part in parts)


def _exposed_in(rows: Sequence[Row], k: int) -> list[frozenset[Hashable]]:
    classes = _classes(rows)
    small = [members for members in classes if len(members) < k]
    if not small:
        return []
    matrix, owner = _matrix(rows, [members[0] for members in classes])
    full = _rank(matrix)
    if _certainly_safe(matrix, owner, classes, full, k):
        return []
    found: list[frozenset[Hashable]] = []
    for size in range(1, k):
        for group in combinations(small, size):
            people = frozenset(person for members in group for person in members)
            if len(people) >= k or any(known <= people for known in found):
                continue
            heads = {members[0] for members in group}
            kept = np.array([person not in heads for person in owner], dtype=bool)
            if _rank(matrix[:, kept]) < full:
                found.append(people)
        if found and len(small) > MANY_CLASSES:
            break
    return found


def _certainly_safe(
    matrix: NDArray[np.float64],
    owner: Sequence[Hashable],
    classes: Sequence[Sequence[Hashable]],
    full: int,
    k: int,
) -> bool:
    """Can the people be dealt to k hands, each of which alone has the full rank?

    Then fewer than k people leave at least one hand untouched, so no group under k is missed.
    This settles nearly every safe release at once; trying all groups of a team of forty would
    take minutes. False only means that this proof was not found.
    """
    columns: dict[Hashable, list[int]] = defaultdict(list)
    for column, person in enumerate(owner):
        columns[person].append(column)
    rng = np.random.default_rng(0)
    for _ in range(DEALS):
        hands: list[list[int]] = [[] for _ in range(k)]
        turn = 0
        for number in rng.permutation(len(classes)):
            for _ in range(min(len(classes[number]), k)):
                hands[turn % k] += columns[classes[number][0]]
                turn += 1
        if all(_rank(matrix[:, hand]) == full for hand in hands):
            return True
    return False


def _classes(rows: Sequence[Row]) -> list[list[Hashable]]:
    """Persons grouped by identical columns."""
    columns: dict[Hashable, list[tuple[int, str, float]]] = defaultdict(list)
    for number, row in enumerate(rows):
        for (person, variable), weight in row.items():
            columns[person].append((number, repr(variable), round(weight, 9)))
    alike: dict[tuple[tuple[int, str, float], ...], list[Hashable]] = defaultdict(list)
    for person, column in columns.items():
        alike[tuple(sorted(column))].append(person)
    return list(alike.values())


def _matrix(
    rows: Sequence[Row], heads: Sequence[Hashable]
) -> tuple[NDArray[np.float64], list[Hashable]]:
    """Weights of one head per class (its members' columns are equal), and each column's owner."""
    wanted = set(heads)
    position: dict[Atom, int] = {}
    for row in rows:
        for atom in row:
            if atom[0] in wanted:
                position.setdefault(atom, len(position))
    matrix = np.zeros((len(rows), len(position)))
    for number, row in enumerate(rows):
        for atom, weight in row.items():
            if atom in position:
                matrix[number, position[atom]] = weight
    return matrix, [person for person, _ in position]


def _rank(matrix: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(matrix, tol=TOLERANCE)) if matrix.size else 0
