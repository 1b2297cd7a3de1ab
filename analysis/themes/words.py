"""Words of a text: tokens, stop words, folding."""

from __future__ import annotations

import re
import unicodedata

from analysis.themes.lexicon import languages

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*", re.UNICODE)

STOP_WORDS: dict[str, frozenset[str]] = {
    code: language.stop for code, language in languages().items()
}
ALL_STOP_WORDS: frozenset[str] = frozenset().union(*STOP_WORDS.values())

_IDLE_WORDS = """second seconds minute minutes hour hours day days week weeks month months year
    years monday tuesday wednesday thursday friday saturday sunday january
    february march april june july august september october november december
    spring summer autumn winter today yesterday tomorrow weekly monthly daily
    yearly three four five six seven eight nine ten eleven twelve twenty half full
    open different short times tag tage woche wochen monat monate jahr jahre
    stunde stunden montag freitag drei vier fünf zehn jour jours semaine semaines
    mois heure heures année années lundi vendredi trois quatre cinq dix día días
    semana semanas mes meses hora horas año años lunes viernes tres cuatro cinco
    diez"""
IDLE_WORDS: frozenset[str] = frozenset(_IDLE_WORDS.split())  # true of any theme, so they name none


def fold(text: str) -> str:
    """Lower case without diacritics; ß becomes ss. Length may change."""
    lowered = text.casefold()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    """Words of a text in lower case, in order, stop words included. Empty for no words."""
    return [t.replace("’", "'") for t in _TOKEN.findall(text.lower())]


def content_words(text: str) -> list[str]:
    """Words that carry meaning: no stop words, no single letters, no bare numbers."""
    return [t for t in tokens(text) if is_content(t)]


def is_content(token: str) -> bool:
    """Whether a lower-case token may stand for a subject."""
    return len(token) > 1 and token not in ALL_STOP_WORDS and not token.isdigit()


def stem(token: str) -> str:
    """A crude, language-neutral key under which forms of one word meet ("orders", "order").

    Only a key for counting: never shown to anybody.
    """
    word = fold(token)
    for ending in ("'s", "ing", "ies", "es", "ed", "en", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            base = word[: -len(ending)]
            return base + "y" if ending == "ies" else base
    return word
