"""Everyday sentences: what comments share whatever they are about.

Their mean is the prior for the mean of a small or one-topic set (`features.py`): twenty comments
on one subject would otherwise lose that subject when their own mean is taken away.
"""

from __future__ import annotations

from analysis.themes.lexicon import languages

GENERAL: dict[str, tuple[str, ...]] = {
    code: language.everyday for code, language in languages().items()
}


def general_sentences(spoken: set[str]) -> list[str]:
    """The sentences of the given languages; the English ones when none of them is known."""
    known = sorted(spoken & set(GENERAL)) or ["en"]
    return [sentence for language in known for sentence in GENERAL[language]]


def elsewhere() -> list[str]:
    """Sentences about other things than work between teams: what a frame must not claim."""
    return [sentence for language in languages().values() for sentence in language.elsewhere]
