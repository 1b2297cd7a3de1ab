"""Names of themes: distinctive phrases in the words that people used."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.themes.words import IDLE_WORDS, is_content, stem

_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,12}\]")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LONGEST = 3
_LENGTH_BONUS = (0.0, 1.0, 1.5, 1.6)  # people read "late forecast", not "late"
_PRIOR = 0.5
_CANDIDATES = 40
_IDLE = 0.1  # what a phrase unlike its group keeps of its score
_MOST_UNITS = 3000  # a theme's phrases do not change by reading more than this

Key = tuple[str, ...]
Nearness = Callable[[int, list[str]], Sequence[float]]


@dataclass
class _Count:
    """Documents in which each phrase key stands, and how it was written there."""

    documents: Counter[Key] = field(default_factory=Counter)
    forms: dict[Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    total: int = 0


def distinctive_phrases(
    groups: Sequence[Sequence[str]], count: int = 6, nearness: Nearness | None = None
) -> list[list[str]]:
    """For each group of texts the phrases that set it apart from the others, best first.

    Log-odds with a prior, in standard errors (Monroe, Colaresi, Quinn 2008), over texts rather
    than words, so that one long text does not decide. nearness(group, phrases) gives the
    phrases' likeness to the group's middle, which then counts too: a distinctive but idle phrase
    ("three weeks") falls behind. Phrases overlap in no word. A group may have none (no words, or
    nothing said twice and nothing apart).
    """
    counted = [_count(list(g)[:_MOST_UNITS]) for g in groups]
    overall: Counter[Key] = Counter()
    for group in counted:
        overall.update(group.documents)
    total = sum(group.total for group in counted)
    out = []
    for number, group in enumerate(counted):
        candidates = _candidates(group, overall, total)
        if nearness is not None and candidates:
            near = nearness(number, [form for _, _, form in candidates])
            candidates = [
                (score * (_IDLE + max(float(n), 0.0)), key, form)
                for (score, key, form), n in zip(candidates, near, strict=True)
            ]
        out.append(_chosen(candidates, count))
    return out


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
                if content[end] and not all(w in IDLE_WORDS for w in lower[start : end + 1]):
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


def _candidates(group: _Count, overall: Counter[Key], total: int) -> list[tuple[float, Key, str]]:
    """(score, key, written form) of the most distinctive phrases, best first."""
    least = 2 if group.total >= 4 else 1
    rest_total = total - group.total
    scored = []
    for key, inside in group.documents.items():
        if inside < least or len(set(key)) < len(key):
            continue
        outside = overall[key] - inside
        a, b = inside + _PRIOR, group.total - inside + _PRIOR
        c, d = outside + _PRIOR, rest_total - outside + _PRIOR
        z = np.log(a * d / (b * c)) / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        if z > 0:
            forms = group.forms[key]
            form = min(forms, key=lambda f: (-forms[f], len(f), f))
            scored.append((float(z) * _LENGTH_BONUS[len(key)], key, form))
    scored.sort(key=lambda item: (-round(item[0], 6), item[1]))
    return scored[:_CANDIDATES]


def _chosen(candidates: list[tuple[float, Key, str]], count: int) -> list[str]:
    """The best phrases that share no word."""
    chosen: list[str] = []
    used: set[str] = set()
    for _, key, form in sorted(candidates, key=lambda item: (-round(item[0], 4), item[1])):
        if not used.intersection(key) and len(chosen) < count:
            used.update(key)
            chosen.append(form)
    return chosen
