"""Names of themes: distinctive phrases in the words that several people used, or a quote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from analysis.themes.lexicon import everyday_sentences, languages
from analysis.themes.phrases import Counts, Key, count_phrases, plain_case
from analysis.themes.tone import tone
from analysis.themes.words import fold

Nearness = Callable[[int, list[str]], Sequence[float]]

MIXED = "Mixed comments"
_LENGTH_BONUS = (0.0, 1.0, 1.8, 2.0)  # people read "late forecast", not "late"
_CLEAR_SHARE = (0.0, 0.15, 0.07, 0.06)  # of a theme's texts that a phrase of so many words is in
_PRIOR = 0.5
_CANDIDATES = 40
_WORSE = 0.2  # a phrase with less than this of the best one's score is not shown
_ALONE_FROM = 0.4  # a single word is a name by itself if this share of the texts has it
_IDLE = 0.1  # what a phrase unlike its group keeps of its score
_NO_NOUN = 0.25  # what a word that no article leads keeps
_JUDGING = 0.5  # what a lone word of praise or blame keeps: it says how, not what
_VERBAL = 0.5  # what a lone word in -ed or -ing keeps
_EMPTY = 0.3  # what a lone word keeps that says little of anything
_MAX_UNITS = 3000  # a theme's phrases do not change by reading more than this
_QUOTED_WORDS = 6
_SAYING_LITTLE = """first look looks feel felt nothing nobody better best right lot bit way people
    time times work works overall everything side sides company case cases help helps issue issues
    problem problems place part parts point points whole early later past end start day"""
_WEAK = frozenset(_SAYING_LITTLE.split())


def distinctive_phrases(
    groups: Sequence[Sequence[str]], count: int = 6, nearness: Nearness | None = None
) -> list[list[str]]:
    """For each group of texts the phrases that set it apart from the others, best first.

    Log-odds with a prior, in standard errors (Monroe, Colaresi, Quinn 2008), over texts rather
    than words, so that one long text does not decide; everyday sentences are one of the others.
    A phrase counts only if several texts of the group, and a clear share of them, have it.
    nearness(group, phrases) gives the phrases' likeness to the group's middle, which then counts
    too. Phrases overlap in no word. A group may have none.
    """
    counted = [count_phrases(list(g)[:_MAX_UNITS]) for g in groups]
    everyday = _everyday()
    overall: Counter[Key] = Counter(everyday.documents)
    everything = Counts()
    for group in counted:
        overall.update(group.documents)
        everything.add_places(group)
    total = everyday.total + sum(group.total for group in counted)
    out = []
    for number, group in enumerate(counted):
        candidates = _candidates(group, overall, total, everything)
        if nearness is not None and candidates:
            near = nearness(number, [form for _, _, form in candidates])
            candidates = [
                (score * (_IDLE + max(float(n), 0.0)), key, form)
                for (score, key, form), n in zip(candidates, near, strict=True)
            ]
        out.append(_chosen(candidates, group, count))
    return out


def theme_name(phrases: Sequence[str], quote: str = "", taken: Sequence[str] = ()) -> str:
    """A short name that is not taken: two phrases ("Late forecast · cut-off"), the start of a
    quote where there are none, "Mixed comments" where there is neither.
    """
    tried = ""
    for tried in _proposals(phrases, quote):
        if tried not in taken:
            return tried
    number = 2
    while f"{tried} ({number})" in taken:
        number += 1
    return f"{tried} ({number})"


def shortened(quote: str) -> str:
    """The first six words of a quote, in quotation marks; empty for a quote without words."""
    words = [
        plain_case(w) for w in re.split(r"(?<=[.!?])\s+(?=\w+\W+\w+)", quote.strip())[0].split()
    ]
    if not any(c.isalnum() for c in quote):
        return ""
    ending = " …" if len(words) > _QUOTED_WORDS else ""
    return f"“{' '.join(words[:_QUOTED_WORDS]).rstrip('.,;:!? ')}{ending}”"


def best_quote(quotes: Sequence[str]) -> str:
    """Of central quotes, best first, the first that can be shown whole; else the first."""
    whole = [q for q in quotes if len(q.split()) > 1 and "…" not in shortened(q)]
    return next(iter([*whole, *quotes]), "")


def _proposals(phrases: Sequence[str], quote: str) -> Iterator[str]:
    if phrases:
        first = phrases[0][:1].upper() + phrases[0][1:]
        for other in sorted(phrases[1:], key=_is_verdict):  # what it is about before how it is
            yield f"{first} · {other}"
        yield first
    else:
        yield shortened(quote) or MIXED


def _is_verdict(phrase: str) -> bool:
    """Whether a lone word says how something is rather than what: "good", "thanks", "late"."""
    return any(phrase.lower() in known.good | known.bad for known in languages().values())


@cache
def _everyday() -> Counts:
    return count_phrases(everyday_sentences(set(languages())))


def _candidates(
    group: Counts, overall: Counter[Key], total: int, everything: Counts
) -> list[tuple[float, Key, str]]:
    """(score, key, written form) of the most distinctive phrases, best first."""
    scored = []
    for key, inside in group.documents.items():
        least = min(2, group.total - 1)
        if inside < max(least, 1, _CLEAR_SHARE[len(key)] * group.total):
            continue
        # Everyday sentences are in `overall`, but of no group.
        odds = _log_odds(inside, group.total, overall[key] - inside, total - group.total)
        if odds <= 0:
            continue
        forms = group.forms[key]
        form = min(forms, key=lambda f: (-forms[f], len(f), f))
        worth = _LENGTH_BONUS[len(key)] * _fit(key, form, everything)
        scored.append((odds * worth, key, form))
    scored.sort(key=lambda item: (-round(item[0], 6), item[1]))
    return scored[:_CANDIDATES]


def _log_odds(inside: int, of: int, outside: int, of_rest: int) -> float:
    a, b = inside + _PRIOR, of - inside + _PRIOR
    c, d = outside + _PRIOR, of_rest - outside + _PRIOR
    return float(np.log(a * d / (b * c)) / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def _fit(key: Key, form: str, everything: Counts) -> float:
    """How well a phrase would stand as a name by its form alone, in (0, 1]."""
    fit = _NO_NOUN + (1 - _NO_NOUN) * min(1.0, 2 * everything.noun_like(key))
    if form.isupper() and len(form) > 1:
        fit = 1.0
    fit *= 0.3 + 0.7 * everything.whole(key)
    if len(key) == 1:
        if tone(form):
            fit *= _JUDGING
        if fold(form).endswith(("ed", "ing")):
            fit *= _VERBAL
        if form.lower() in _WEAK:
            fit *= _EMPTY
    return fit


def _chosen(candidates: list[tuple[float, Key, str]], group: Counts, count: int) -> list[str]:
    """The best phrases that share no word; none when all there is is one word of a few texts."""
    chosen: list[str] = []
    used: set[str] = set()
    ranked = sorted(candidates, key=lambda item: (-round(item[0], 4), item[1]))
    for score, key, form in ranked:
        if score < _WORSE * ranked[0][0]:
            break
        if not used.intersection(key) and len(chosen) < count:
            used.update(key)
            chosen.append(form)
    if len(used) == 1 and group.documents[tuple(used)] < _ALONE_FROM * group.total:
        return []
    return chosen
