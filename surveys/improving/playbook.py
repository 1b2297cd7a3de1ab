"""The playbook: strategies and the root causes they answer."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("playbook.toml")


@dataclass(frozen=True, slots=True)
class Strategy:
    """One strategy; `practice` says concretely what one would do."""

    code: str
    name: str
    causes: tuple[str, ...]
    practice: str


@cache
def playbook() -> tuple[Strategy, ...]:
    """All strategies, in the order of the file."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Strategy(s["code"], s["name"], tuple(s["causes"]), s["practice"]) for s in raw["strategy"]
    )


def strategies_for(cause: str) -> tuple[Strategy, ...]:
    """The strategies that answer a root cause."""
    return tuple(s for s in playbook() if cause in s.causes)
