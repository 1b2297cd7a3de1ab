"""The scoring key of the instrument, without numpy: items, their keys and their root causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ItemKey:
    """How one item is keyed: `reverse` False ('+' item) means a high answer is little friction."""

    code: str
    reverse: bool
    cause: str | None


CORE: Final[tuple[ItemKey, ...]] = (
    ItemKey("C1", False, "objectives"),
    ItemKey("C2", False, "communication"),
    ItemKey("C3", True, "competitiveness"),
    ItemKey("C4", True, "resources"),
    ItemKey("C5", False, "respect"),
)
"""The five items of the friction index, each also the core item of one root cause."""

EXTRA: Final[tuple[ItemKey, ...]] = (
    ItemKey("K1", True, None),
    ItemKey("M1", False, None),
    ItemKey("R1", True, "objectives"),
    ItemKey("R2", False, "communication"),
    ItemKey("R3", True, "competitiveness"),
    ItemKey("R4", False, "resources"),
    ItemKey("R5", False, None),
    ItemKey("R6", False, None),
    ItemKey("R7", False, None),
    ItemKey("S1", False, None),
    ItemKey("A1", False, None),
)
"""Items outside the index: criterion, guess, rotating items, mirror, change noticed."""

CAUSES: Final[tuple[str, ...]] = (
    "objectives",
    "communication",
    "competitiveness",
    "resources",
    "respect",
)
"""Root causes, in the order of their core items."""

CORE_CODES: Final[tuple[str, ...]] = tuple(item.code for item in CORE)
