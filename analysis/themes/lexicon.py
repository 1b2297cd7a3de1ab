"""What the engine knows of each language of the product: everyday words and sentences, tone."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Language:
    """One language's words in lower case; what each field means stands in lexicon.toml."""

    letters: str
    stop: Words
    telling: Words
    good: Words
    bad: Words
    negation: Words
    absence: Words
    wish: Words
    everyday: tuple[str, ...]
    elsewhere: tuple[str, ...]


@cache
def languages() -> dict[str, Language]:
    """The known languages by ISO 639-1 code, English first."""
    path = Path(__file__).with_name("lexicon.toml")
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        code: Language(
            letters=entry.pop("letters", ""),
            **{k: frozenset(v.split()) for k, v in entry.items() if isinstance(v, str)},
            everyday=tuple(entry["everyday"]),
            elsewhere=tuple(entry.get("elsewhere", ())),
        )
        for code, entry in content.items()
    }


def everyday_sentences(spoken: set[str]) -> list[str]:
    """What comments share whatever they are about; in English when none of these is known.

    Their mean is the prior for the mean of a small or one-topic set (`features.py`): twenty
    comments on one subject would otherwise lose that subject when their own mean is taken away.
    """
    known = sorted(spoken & set(languages())) or ["en"]
    return [sentence for code in known for sentence in languages()[code].everyday]


def elsewhere() -> list[str]:
    """Sentences about other things than work between teams: what a frame must not claim."""
    return [sentence for language in languages().values() for sentence in language.elsewhere]
