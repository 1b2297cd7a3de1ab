"""Tone of a segment from a small lexicon with negation; silent in languages it does not know.

Complaints at work are often plain facts ("the forecast came on the 28th again"), so a neutral
tone says nothing. What matters is to see *praise*, and "no complaints", for what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from analysis.themes.language import detect
from analysis.themes.lexicon import Language, languages
from analysis.themes.segments import split
from analysis.themes.words import tokens

KNOWN_LANGUAGES = tuple(languages())
_NEGATED_BEFORE = ("tr", "ja")  # the negation follows what it turns
_FIXED = re.compile(r"\b(?:as well as|looks? good|look good|well aware)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?()،؛؟、。！？]+")
_ARTICLE = re.compile(r"^(?:و|ف)?(?:ال|بال|لل|ب|ل)?")
_SHORT = 8  # words from which a language is told safely
_REACH = 3  # words after a negation that it may turn, inside one clause


def tone(text: str) -> float | None:
    """Tone of a text, −1 (bad) … 1 (good), 0 neutral; None in a language not known.

    The mean over segments that say something, so that "good people, but never on time" is mixed.
    Known: KNOWN_LANGUAGES.
    """
    language = _language(text)
    if language is None:
        return None
    scores = [_score(s, language) for s in split(_FIXED.sub(" ", text))]
    telling = [s for s in scores if s != 0.0]
    return round(sum(telling) / len(telling), 3) if telling else 0.0


def _language(text: str) -> str | None:
    """The known language to read a text in; None for a language that is not known.

    A few words are not enough to tell a language ("no" is English and Spanish): then the one
    whose lexicon knows most of them.
    """
    detected = detect(text)
    found = tokens(text)
    if len(found) >= _SHORT or (
        detected and not text.isascii() and detected not in KNOWN_LANGUAGES
    ):
        return detected if detected in KNOWN_LANGUAGES else None if detected else "en"
    hits = {
        code: sum(t in known.good or t in known.bad for t in found)
        for code, known in languages().items()
    }
    best = max(KNOWN_LANGUAGES, key=lambda language: (hits[language], language == detected))
    if hits[best]:
        return best
    return (detected if detected in KNOWN_LANGUAGES else None) if detected else "en"


def tones(texts: Sequence[str]) -> list[float | None]:
    """`tone` of each text."""
    return [tone(t) for t in texts]


def is_praise(text: str) -> bool:
    """Whether a segment says that something is *well*: praise, thanks, "no complaints".

    A wish ("it would be good if …") is no praise. False in languages not known.
    """
    value = tone(text)
    if value is None or value < 0.5:
        return False
    found = set(_words_of(text, _language(text) or "en"))
    return not any(found & known.wish for known in languages().values())


def _words_of(text: str, language: str) -> list[str]:
    """Words to look up: Arabic ones without article and "and", Japanese ones cut by the lexicon."""
    if language == "ja":
        return _japanese().findall(text)
    words = tokens(text)
    if language != "ar":
        return words
    known = languages()["ar"]
    every = known.good | known.bad | known.negation | known.wish
    return [w if w in every else _ARTICLE.sub("", w) for w in words]


@cache
def _japanese() -> re.Pattern[str]:
    """The lexicon's words, longest first; any other character is a word."""
    known = languages()["ja"]
    every = sorted(known.good | known.bad | known.negation | known.wish, key=lambda w: (-len(w), w))
    return re.compile("|".join(map(re.escape, every)) + "|.")


def _score(segment: str, language: str) -> float:
    """Balance of good and bad words in [−1, 1]; a negation turns the next words of its clause."""
    good = bad = 0.0
    for clause in _CLAUSE.split(segment):
        words = _words_of(clause, language)
        turned = words[::-1] if language in _NEGATED_BEFORE else words
        up, down = _count(turned, languages()[language])
        good, bad = good + up, bad + down
    return (good - bad) / (good + bad) if good + bad else 0.0


def _count(words: list[str], known: Language) -> tuple[float, float]:
    """Good and bad words of one clause after negation."""
    good = bad = 0.0
    negation, since = "", _REACH + 1
    for word in words:
        since += 1
        turned = since <= _REACH
        if word in known.bad:
            if not turned:
                bad += 1.0
            elif negation in known.absence:
                good += 1.0
        elif word in known.negation:
            negation, since = word, 0
        elif word in known.good:
            good, bad = (good, bad + 1.0) if turned else (good + 1.0, bad)
    return good, bad
