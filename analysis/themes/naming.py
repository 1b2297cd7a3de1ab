"""Names of themes: distinctive phrases in the words that people used."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.themes.words import is_content, stem

_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,12}\]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LONGEST = 3
_LENGTH_BONUS = (0.0, 1.0, 1.35, 1.45)  # people read "late forecast", not "late"
_PRIOR = 0.5
_MOST_UNITS = 3000  # a theme's phrases do not change by reading more than this

Key = tuple[str, ...]


@dataclass
class _Count:
    """Documents in which each phrase key stands, and how it was written there."""

    documents: Counter[Key] = field(default_factory=Counter)
    forms: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    total: int = 0


def distinctive_phrases(groups: Sequence[Sequence[str]], count: int = 6) -> list[list[str]]:
    """For each group of texts the phrases that set it apart from the others, best first.

    Log-odds with a prior, in standard errors (Monroe, Colaresi, Quinn 2008), over texts rather
    than words, so that one long text does not decide. Phrases overlap in no word. A group may
    have none (no words, or nothing said twice and nothing apart).
    """
    counted = [_count(list(g)[:_MOST_UNITS]) for g in groups]
    overall: Counter[Key] = Counter()
    for group in counted:
        overall.update(group.documents)
    total = sum(group.total for group in counted)
    return [_best(group, overall, total, count) for group in counted]


def theme_name(phrases: Sequence[str]) -> str:
    """A short name from the phrases: the first two, "Late forecast · cut-off"."""
    if not phrases:
        return "Without a common word"
    first = phrases[0][:1].upper() + phrases[0][1:]
    return " · ".join([first, *phrases[1:2]])


def _count(texts: list[str]) -> _Count:
    out = _Count(total=len(texts))
    for text in texts:
        seen: set[Key] = set()
        for key, form in _phrases(_PLACEHOLDER.sub(" . ", text)):
            out.forms[key][form] += 1
            seen.add(key)
        out.documents.update(seen)
    return out


def _phrases(text: str) -> list[tuple[Key, str]]:
    """All runs of one to three words that begin and end with a content word, inside a clause."""
    out: list[tuple[Key, str]] = []
    for clause in re.split(r"[.!?;:,()\n\"“”„«»]+", text):
        words = _WORD.findall(clause)
        lower = [w.lower().replace("’", "'") for w in words]
        content = [is_content(w) for w in lower]
        for start in range(len(words)):
            if not content[start]:
                continue
            for end in range(start, min(start + _LONGEST, len(words))):
                if content[end]:
                    key = tuple(
                        stem(w)
                        for w, c in zip(
                            lower[start : end + 1], content[start : end + 1], strict=True
                        )
                        if c
                    )
                    out.append((key, _written(words, start, end)))
    return out


def _written(words: list[str], start: int, end: int) -> str:
    """As written, but a capital at the start of a clause is not taken for a name's."""
    shown = list(words[start : end + 1])
    if start == 0 and not shown[0].isupper():
        shown[0] = shown[0].lower()
    return " ".join(shown)


def _best(group: _Count, overall: Counter[Key], total: int, count: int) -> list[str]:
    least = 2 if group.total >= 4 else 1
    rest_total = total - group.total
    scored = []
    for key, inside in group.documents.items():
        if inside < least:
            continue
        outside = overall[key] - inside
        a, b = inside + _PRIOR, group.total - inside + _PRIOR
        c, d = outside + _PRIOR, rest_total - outside + _PRIOR
        z = np.log(a * d / (b * c)) / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        if z > 0:
            scored.append((round(float(z) * _LENGTH_BONUS[len(key)], 6), key))
    scored.sort(key=lambda item: (-item[0], item[1]))
    chosen: list[str] = []
    used: set[str] = set()
    for _, key in scored:
        if not used.intersection(key) and len(set(key)) == len(key):
            used.update(key)
            forms = group.forms[key]
            chosen.append(min(forms, key=lambda f: (-forms[f], len(f), f)))
        if len(chosen) == count:
            break
    return chosen
