"""The names of what is measured and published. No numpy: the web process may load this."""

from enum import StrEnum
from typing import Final


class Cause(StrEnum):
    """A root cause of friction; OTHER is what fits none of them."""

    OBJECTIVES = "objectives"
    COMMUNICATION = "communication"
    COMPETITIVENESS = "competitiveness"
    RESOURCES = "resources"
    RESPECT = "respect"
    KNOWLEDGE = "knowledge"
    OTHER = "other"


ROOT_CAUSES: Final = tuple(cause for cause in Cause if cause is not Cause.OTHER)
"""In the order in which they are shown."""


class Measure(StrEnum):
    """What a published figure is of, beside root causes, their profiles and single items.

    Of a seam: its INDEX, and the BLIND_SPOT, what the raters guessed less what the others said. Of
    a pair: the mean of both seams (PAIR), their difference (GAP), that mean drawn towards all pairs
    (RANKED), and its change from QUARTER to quarter.
    """

    INDEX = "index"
    BLIND_SPOT = "blind spot"
    PAIR = "pair"
    GAP = "gap"
    RANKED = "ranked"
    QUARTER = "quarter"


def profile_of(cause: Cause) -> str:
    """The measure of a root cause over several months, such as "objectives profile"."""
    return f"{cause} profile"


class Words(StrEnum):
    """Where on the scale an interval lies; of a QUARTER that its change MOVED beyond chance."""

    LOW = "low"
    LOW_TO_MIDDLE = "low to middle"
    LOW_TO_HIGH = "low to high"
    MIDDLE = "middle"
    MIDDLE_TO_HIGH = "middle to high"
    HIGH = "high"
    MOVED = "moved"


class Design(StrEnum):
    """By which comparison an effect was judged."""

    BEFORE_AFTER = "before and after"
    SEGMENTED = "segmented regression"
    DIFFERENCES = "difference in differences"
