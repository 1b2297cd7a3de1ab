"""Comments that a person must read first: threats, harassment, discrimination, self-harm, law.

A lexicon of patterns in the product's twelve languages, on the side of caution: somebody who
quotes an insult is found as well as who insults. It finds what is said in plain words; it does
not judge, and it misses what is only hinted at. Measured in docs/themes.md.
"""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from analysis.themes.segments import split
from analysis.themes.words import fold

_ALIKE = str.maketrans({"’": "'", "ł": "l", "ı": "i", "ø": "o"})  # letters no folding takes apart
_UNSPACED = ("ar", "ja")  # words run together with articles or with each other


class SensitiveKind(StrEnum):
    """Why a comment should be read first."""

    THREAT = "threat"
    HARASSMENT = "harassment"
    DISCRIMINATION = "discrimination"
    SELF_HARM = "self_harm"
    LEGAL = "legal"


def is_sensitive(text: str) -> bool:
    """Whether a text should be read by a person before anything else."""
    return bool(sensitive_kinds(text))


def sensitive_kinds(text: str) -> tuple[SensitiveKind, ...]:
    """Why a text is sensitive, in the order of the kinds; empty if it is not."""
    plain = fold(text).translate(_ALIKE)
    found = [kind for kind in SensitiveKind if _patterns()[kind].search(plain)]
    if SensitiveKind.DISCRIMINATION not in found and _is_hateful(plain):
        found.append(SensitiveKind.DISCRIMINATION)
    return tuple(kind for kind in SensitiveKind if kind in found)


def _is_hateful(plain: str) -> bool:
    """Whether there is a slur, or one sentence names a group of people and a word of hatred."""
    if _patterns()["slurs"].search(plain):
        return True
    groups, hostile = _patterns()["groups"], _patterns()["hostile"]
    return any(groups.search(s) and hostile.search(s) for s in split(plain))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """One pattern for each table of the lexicon, all languages at once."""
    path = Path(__file__).with_name("sensitive.toml")
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: re.compile("|".join(_forms(table))) for name, table in tables.items()}


def _forms(table: dict[str, list[str]]) -> list[str]:
    spaced = [form for code, forms in table.items() if code not in _UNSPACED for form in forms]
    joined = [
        re.escape(fold(f).translate(_ALIKE)) for code in _UNSPACED for f in table.get(code, [])
    ]
    return [rf"(?<!\w)(?:{'|'.join(spaced)})", *joined]
