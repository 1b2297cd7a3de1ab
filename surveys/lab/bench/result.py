"""One measured figure beside the bar that it should reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Timed:
    """What was measured, the figure with its unit, the bar, and whether it was reached."""

    what: str
    measured: str
    bar: str = ""
    reached: bool | None = None


def table(results: Sequence[Timed]) -> str:
    """The results as aligned text, one a line."""
    width = max(len(line.what) for line in results)
    middle = max(len(line.measured) for line in results)
    marks = {True: "ok    ", False: "MISSED", None: "      "}
    lines = (
        f"{marks[line.reached]}  {line.what:<{width}}  {line.measured:>{middle}}  {line.bar}"
        for line in results
    )
    return "\n".join(line.rstrip() for line in lines)


def percentile(seconds: Sequence[float], share: int) -> float:
    """The value below which `share` of 100 lie; needs two values."""
    return quantiles(seconds, n=100, method="inclusive")[share - 1]
