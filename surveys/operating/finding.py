"""One thing that the doctor looked at."""

from dataclasses import dataclass

GOOD, ADVICE, FAULT = "ok", "advice", "FAULT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `state` is ok, advice or FAULT; `says` is a sentence."""

    state: str
    about: str
    says: str
