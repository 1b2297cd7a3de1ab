"""The scoring key of the instrument, without numpy: items, their keys and their root causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analysis.measures import Cause


@dataclass(frozen=True, slots=True)
class ItemKey:
    """How one item is keyed: `reverse` False ('+' item) means a high answer is little friction."""

    code: str
    reverse: bool
    cause: Cause | None


CORE: Final[tuple[ItemKey, ...]] = (
    ItemKey("C1", False, Cause.OBJECTIVES),
    ItemKey("C2", False, Cause.COMMUNICATION),
    ItemKey("C3", True, Cause.COMPETITIVENESS),
    ItemKey("C4", True, Cause.RESOURCES),
    ItemKey("C5", False, Cause.RESPECT),
)
"""The five items of the friction index, each also the core item of one root cause."""

EXTRA: Final[tuple[ItemKey, ...]] = (
    ItemKey("K1", True, None),
    ItemKey("M1", False, None),
    ItemKey("R1", True, Cause.OBJECTIVES),
    ItemKey("R2", False, Cause.COMMUNICATION),
    ItemKey("R3", True, Cause.COMPETITIVENESS),
    ItemKey("R4", False, Cause.RESOURCES),
    ItemKey("R5", False, None),
    ItemKey("R6", False, None),
    ItemKey("R7", False, None),
    ItemKey("S1", False, None),
    ItemKey("A1", False, None),
)
"""Items outside the index: criterion, guess, rotating items, mirror, change noticed."""

CAUSES: Final[tuple[Cause, ...]] = (
    Cause.OBJECTIVES,
    Cause.COMMUNICATION,
    Cause.COMPETITIVENESS,
    Cause.RESOURCES,
    Cause.RESPECT,
)
"""Root causes, in the order of their core items."""

CORE_CODES: Final[tuple[str, ...]] = tuple(item.code for item in CORE)
