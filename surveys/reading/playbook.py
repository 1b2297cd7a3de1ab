"""The playbook: strategies, the root causes they answer, and what one would do first.

Ours stand in playbook.toml beside this file. An organisation adds its own by a file of the same
name in the instance folder; it is read once, when the server starts.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _

from analysis.measures import Cause
from surveys.errors import SettingsError
from surveys.web import Installation

NAME = "playbook.toml"
FILE = Path(__file__).with_name(NAME)
#: what an agreement may be about: a root cause, or something else
ABOUT = tuple(Cause)
CODE = re.compile(r"[a-z0-9_]{1,40}")
KEYS = {"code", "name", "causes", "practice", "steps"}
MAX_NAME_LENGTH, MAX_PRACTICE_LENGTH, MAX_STEP_LENGTH, MAX_STEPS = 120, 300, 200, 5
_NOBODY = Flask("nobody")


@dataclass(frozen=True, slots=True)
class Strategy:
    """One strategy; `practice` says concretely what one would do, `steps` with what to begin."""

    code: str
    name: str
    causes: tuple[Cause, ...]
    practice: str
    steps: tuple[str, ...] = ()


def playbook() -> tuple[Strategy, ...]:
    """All strategies: ours in the order of the file, then those of the running installation."""
    # Mails and the demo are written where no app is running, or one without an installation.
    running: Installation | None = (current_app or _NOBODY).extensions.get("tribometer")
    return read_playbook(FILE) + (read_own(running.settings.instance) if running else ())


def read_own(instance: Path) -> tuple[Strategy, ...]:
    """The organisation's own strategies; raises SettingsError for a file that cannot be used."""
    return read_playbook(instance / NAME)


def strategies_for(cause: str) -> tuple[Strategy, ...]:
    """The strategies that answer a root cause; all of them for something else."""
    found = tuple(s for s in playbook() if cause in s.causes)
    return found or playbook()


def strategy_of(code: str) -> Strategy | None:
    """The strategy with this code."""
    return next((s for s in playbook() if s.code == code), None)


def strategy_name(code: str) -> str:
    """What a strategy is called, in the reader's language; its code if nobody knows it any more."""
    found = strategy_of(code)
    return str(_(found.name)) if found else code


@cache
def read_playbook(path: Path) -> tuple[Strategy, ...]:
    """The strategies of a file, none if there is no such file.

    Raises SettingsError, which names the file and the strategy, for one that cannot be used.
    """
    if not path.exists():
        return ()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}.") from error
    entries = raw.get("strategy")
    if not isinstance(entries, list) or set(raw) != {"strategy"}:
        raise SettingsError(f"{path} needs one or more [[strategy]] and nothing beside them.")
    made: list[Strategy] = []
    for number, entry in enumerate(entries, start=1):
        wrong = _fault(entry, {s.code for s in made} | _codes_before(path))
        if wrong:
            raise SettingsError(f"{path}, strategy {number}: {wrong}.")
        steps, causes = tuple(entry.get("steps", ())), tuple(map(Cause, entry["causes"]))
        made.append(Strategy(entry["code"], entry["name"], causes, entry["practice"], steps))
    return tuple(made)


def _codes_before(path: Path) -> set[str]:
    return set() if path == FILE else {s.code for s in read_playbook(FILE)}


def _fault(entry: dict[str, Any], taken: set[str]) -> str:
    """What is wrong with an entry of the file, or nothing."""
    unknown = sorted(set(entry) - KEYS)
    causes, steps = entry.get("causes"), entry.get("steps", [])
    checks = (
        (not unknown, f"“{', '.join(unknown)}” means nothing here"),
        (_text(entry.get("code"), 40) and CODE.fullmatch(str(entry.get("code"))),
         "it needs a code of small letters, digits and underscores"),
        (entry.get("code") not in taken, f"the code “{entry.get('code')}” is taken"),
        (_text(entry.get("name"), MAX_NAME_LENGTH),
         f"it needs a name, up to {MAX_NAME_LENGTH} letters"),
        (_text(entry.get("practice"), MAX_PRACTICE_LENGTH),
         f"it needs a practice, up to {MAX_PRACTICE_LENGTH} letters"),
        (isinstance(causes, list) and causes and set(map(str, causes)) <= set(ABOUT),
         f"its causes must be some of {', '.join(ABOUT)}"),
        (isinstance(steps, list) and len(steps) <= MAX_STEPS
         and all(_text(step, MAX_STEP_LENGTH) for step in steps),
         f"its steps must be up to {MAX_STEPS} texts of up to {MAX_STEP_LENGTH} letters"),
    )  # fmt: skip
    return next((says for fine, says in checks if not fine), "")


def _text(given: object, longest: int) -> bool:
    return isinstance(given, str) and 0 < len(given.strip()) <= longest
