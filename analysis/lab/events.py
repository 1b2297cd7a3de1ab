"""What happens in a simulated company, and whether such a company can exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.measurement.instrument import CAUSES


class WorldError(ValueError):
    """A company, event or month that does not exist."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that moves both seams of a pair from `month` on, by `size` latent units.

    A shock adds friction (a negative size takes it away), an action takes it away; the full size
    is reached after `ramp` months. With a cause its item moves most.
    """

    kind: Literal["shock", "action"]
    pair: tuple[str, str]
    month: int
    size: float
    cause: str | None = None
    ramp: int = 0

    def at(self, month: int) -> float:
        """Signed latent effect in a month."""
        if month < self.month:
            return 0.0
        grown = 1.0 if self.ramp < 1 else min(1.0, (month - self.month + 1) / self.ramp)
        return self.size * grown * (1.0 if self.kind == "shock" else -1.0)


def check_world(
    team_sizes: Mapping[str, int],
    seams: Sequence[tuple[str, str]],
    months: int,
    events: Sequence[Event],
) -> None:
    """Raise WorldError unless teams, seams and events fit together."""
    if months < 1 or any(size < 0 for size in team_sizes.values()):
        raise WorldError("a company needs at least one month, and teams of at least nobody")
    if len(set(seams)) != len(seams) or any(
        a == b or not {a, b} <= set(team_sizes) for a, b in seams
    ):
        raise WorldError("every seam joins two different known teams, and is named once")
    for event in events:
        if event.cause is not None and event.cause not in CAUSES:
            raise WorldError(f"no root cause is called {event.cause}")
        if not {event.pair, event.pair[::-1]} & set(seams):
            raise WorldError(f"no seam joins {event.pair[0]} and {event.pair[1]}")
