"""What people of the example company write: comments by cause, side and question."""

import tomllib
from pathlib import Path
from random import Random
from typing import Any

FILE = Path(__file__).with_name("comments.toml")
#: how often a comment is about something outside the frame, and how often O2 is answered
OUTSIDE = 0.08
SECOND = 0.35
OPEN_HEARTED = 0.06


class Remarks:
    """Draws comments; those of one month are all different as long as there are enough."""

    def __init__(self, seed: int, names: list[str]) -> None:
        self._all: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["comment"]
        self._rng = Random(seed)
        self._names = names
        self._used: set[str] = set()

    def new_month(self) -> None:
        """Everything may be said again."""
        self._used.clear()

    def about(self, cause: str | None, team: str, target: str, core: bool) -> dict[str, str]:
        """Comments by question of one person about one team; `core`: the founding pair."""
        written: dict[str, str] = {}
        if cause is not None:
            topic = "other" if self._rng.random() < OUTSIDE else cause
            written["O1"] = self._pick("O1", topic, team, target, core)
            if self._rng.random() < SECOND:
                topic = self._rng.choice([cause, "praise"])
                written["O2"] = self._pick("O2", topic, team, target, core)
        elif self._rng.random() < SECOND:
            written["O2"] = self._pick("O2", "praise", team, target, core)
        return {question: text for question, text in written.items() if text}

    def _pick(self, question: str, cause: str, team: str, target: str, core: bool) -> str:
        names = self._rng.random() < OPEN_HEARTED
        sides = {team, "any"} if core else {"any"}
        asked = [
            c
            for c in self._all
            if c["question"] == question and c["side"] in sides and not c.get("sensitive")
        ]
        naming = [c for c in asked if c.get("names")]
        fitting = [c for c in asked if c["cause"] == cause and not c.get("names")]
        pool = (naming if names else fitting) or fitting or asked
        fresh = [c for c in pool if c["text"] not in self._used] or pool
        chosen = self._rng.choice(fresh)["text"]
        self._used.add(chosen)
        person = self._rng.choice(self._names)
        return (
            str(chosen)
            .replace("{T}", target)
            .replace("{person}", person)
            .replace("{first}", person.split()[0])
            .replace("{email}", person.lower().replace(" ", ".") + "@example.com")
            .replace("{phone}", "+49 89 1234567")
        )
