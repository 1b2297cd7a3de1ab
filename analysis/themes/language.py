"""Which language a text is in, from its script, its letters and its commonest words."""

from __future__ import annotations

from analysis.themes.lexicon import languages
from analysis.themes.words import tokens


def _evidence() -> dict[str, list[tuple[str, float]]]:
    """Word → (language, weight): a telling word counts 1, a stop word 0.3, both 1.3."""
    out: dict[str, list[tuple[str, float]]] = {}
    for language, known in languages().items():
        for word in sorted(known.telling | known.stop):
            weight = (1.0 if word in known.telling else 0.0) + (0.3 if word in known.stop else 0.0)
            out.setdefault(word, []).append((language, weight))
    return out


_EVIDENCE = _evidence()
_LETTERS = [(c, code) for code, known in languages().items() for c in known.letters]
_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    ("\u0590", "\u05ff", "he"),
    ("\u0600", "\u06ff", "ar"),
    ("\u0400", "\u04ff", "ru"),
    ("\u0370", "\u03ff", "el"),
    ("\u3040", "\u30ff", "ja"),
    ("\uac00", "\ud7af", "ko"),
    ("\u4e00", "\u9fff", "zh"),
    ("\u0e00", "\u0e7f", "th"),
    ("\u0900", "\u097f", "hi"),
)
_LOOKED_AT = 1000


def detect(text: str) -> str | None:
    """ISO 639-1 code of a text's main language, or None when the text is too short to tell."""
    sample = text[:_LOOKED_AT]
    if not sample.isascii():
        script = _by_script([c for c in sample if c.isalpha()])
        if script is not None:
            return script
    return _by_words(tokens(sample), sample)


def _by_script(letters: list[str]) -> str | None:
    """The language of a script that more than half of the letters are in."""
    counts = {code: sum(low <= c <= high for c in letters) for low, high, code in _SCRIPTS}
    if counts["ja"]:
        counts["ja"] += counts["zh"]  # Japanese writes with Chinese characters too
    script, most = max(counts.items(), key=lambda item: item[1])
    return script if most * 2 > len(letters) else None


def _by_words(found: list[str], sample: str) -> str | None:
    score = {code: 1.0 for letter, code in _LETTERS if letter in sample}
    for token in found:
        for language, weight in _EVIDENCE.get(token, ()):
            score[language] = score.get(language, 0.0) + weight
    ranked = sorted(((round(-s, 3), code) for code, s in score.items()))
    if not ranked or ranked[0][0] > -1 or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]
