"""What an attack found out, and the table of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class AttackResult:
    """`successes` of `tries` against `chance`, the successes that blind guessing would have had.

    `says` tells what was tried, or, if the attack succeeded, what it found.
    """

    name: str
    tries: int
    successes: int
    chance: float
    passed: bool
    says: str


def judged(
    name: str, tries: int, found: Sequence[str], says: str, chance: float = 0.0
) -> AttackResult:
    """A result of an attack that should find nothing: every entry of `found` is a success."""
    if found:
        says = found[0] + (f" (and {len(found) - 1} more)" if len(found) > 1 else "")
    return AttackResult(name, tries, len(found), chance, not found, says)


def within_chance(successes: int, chance: float, variance: float) -> bool:
    """Whether successes stay within three standard deviations of blind guessing."""
    return successes <= chance + 3 * sqrt(variance)


def table(results: Sequence[AttackResult]) -> str:
    """The table as text, one attack a line."""
    width = max(len(r.name) for r in results)
    head = f"{'':8}{'attack':<{width}}  {'tries':>6}  {'success':>7}  {'by chance':>9}"
    lines = [
        f"{'ok' if r.passed else 'BROKEN':<8}{r.name:<{width}}  {r.tries:>6}  {r.successes:>7}"
        f"  {r.chance:>9.0f}  {r.says}"
        for r in results
    ]
    return "\n".join([head, *lines])
