"""Phrases of texts: runs of words that could stand as a name, as people wrote them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis.themes.embedding import common_words
from analysis.themes.words import IDLE_WORDS, is_content, stem

Key = tuple[str, ...]

_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,12}\]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_CLAUSE_END = re.compile(r"[.!?;:,()\n\"“”„«»]+")
_MASKED = re.compile(r"(.)\1+")  # "xxxx" stands for what somebody blacked out
_LONGEST = 4  # words, small ones between included

# What may stand between two words of a name; "the customer a date" is no phrase.
_JOINED = """of for and to with in on at de du des d la le les et pour del los las y para con von
    und für der zum zur mit im am"""
_JOINTS = frozenset(_JOINED.split())
_LEADING = """the a an our their my your his her its this that these those no every each any some
    more of for with without about from in on by der die das den dem des ein eine einen einem einer
    kein keine unser unsere ihr ihre mit ohne für von im am zur zum le la les l un une des du de
    nos notre leur leurs pour avec sans el los las una unos nuestro nuestra su sus con sin para
    del"""
_BEFORE_NOUNS = frozenset(_LEADING.split())
_ACTING = """i we they you he she it who to not never always just only also am is are was were be
    been being have has had do does did will would can could should may might must very too so more
    don't doesn't didn't won't can't couldn't wouldn't isn't wasn't aren't haven't ich wir sie er
    nicht zu ist sind war wird werden sehr je nous ils elles il ne pas est sont très no es son
    está muy se"""
_BEFORE_VERBS = frozenset(_ACTING.split()) - {"more", "zu", "no"}

_NOBODY = frozenset(["nobody", "niemand", "personne", "nadie"])  # who does: no part of a thing


@dataclass
class Counts:
    """Texts in which each phrase stands, how it was written, and how often after an article.

    led: occurrences after an article or the like; acting: after a pronoun, an auxiliary or "to";
    cut: before another content word, so that the phrase is likely a piece of a longer one.
    """

    documents: Counter[Key] = field(default_factory=Counter)
    forms: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    times: Counter[Key] = field(default_factory=Counter)
    led: Counter[Key] = field(default_factory=Counter)
    acting: Counter[Key] = field(default_factory=Counter)
    cut: Counter[Key] = field(default_factory=Counter)
    total: int = 0

    def add_places(self, other: Counts) -> None:
        """Add another count's places of phrases, but not its texts."""
        self.times.update(other.times)
        self.led.update(other.led)
        self.acting.update(other.acting)
        self.cut.update(other.cut)

    def noun_like(self, key: Key) -> float:
        """How likely a phrase names a thing, in (0, 1); one half without any sign."""
        return (self.led[key] + 0.5) / (self.led[key] + self.acting[key] + 1)

    def whole(self, key: Key) -> float:
        """Share of a phrase's occurrences that end where it ends, in [0, 1]."""
        return 1 - self.cut[key] / max(self.times[key], 1)


def count_phrases(texts: Sequence[str]) -> Counts:
    """Count the phrases of texts: one to three content words inside a clause."""
    out = Counts(total=len(texts))
    for text in texts:
        seen: set[Key] = set()
        for clause in _CLAUSE_END.split(_PLACEHOLDER.sub(" . ", text)):
            _count_clause(_WORD.findall(clause), out, seen)
        out.documents.update(seen)
    return out


def _count_clause(words: list[str], out: Counts, seen: set[Key]) -> None:
    lower = [w.lower().replace("’", "'") for w in words]
    content = [is_content(w) and not _MASKED.fullmatch(w) for w in lower]
    for start in range(len(words)):
        if not content[start]:
            continue
        for end in range(start, min(start + _LONGEST, len(words))):
            if not content[end] and lower[end] not in _JOINTS:
                break
            if end > start and not _NOBODY.isdisjoint(lower[start : end + 1]):
                break
            if not content[end] or all(w in IDLE_WORDS for w in lower[start : end + 1]):
                continue
            key = tuple(stem(w) for w in lower[start : end + 1] if is_content(w))
            if len(key) > 3 or len(set(key)) < len(key):
                continue
            out.forms[key][written(words[start : end + 1])] += 1
            out.times[key] += 1
            out.led[key] += start > 0 and lower[start - 1] in _BEFORE_NOUNS
            out.acting[key] += start > 0 and lower[start - 1] in _BEFORE_VERBS
            out.cut[key] += end + 1 < len(words) and content[end + 1]
            seen.add(key)


def written(words: Sequence[str]) -> str:
    """As people wrote it, but everyday words in lower case whatever a sentence or a caps-lock key
    made of them; "ERP" and names stay.
    """
    common = common_words()
    shown = []
    for word in words:
        lower = word.lower()
        acronym = word.isupper() and len(word) <= 5
        shown.append(lower if not acronym and (lower in common or not is_content(lower)) else word)
    return " ".join(shown)


def plain_case(word: str) -> str:
    """An everyday word with capitals inside ("advIce") in lower case; any other as it is."""
    odd = not (word.islower() or word.isupper() or word.istitle())
    return word.lower() if odd and word.lower().strip(".,;:!?") in common_words() else word
