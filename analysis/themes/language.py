"""Which language a text is in, from its script and its commonest words."""

from __future__ import annotations

from analysis.themes.words import STOP_WORDS, tokens

# Words so common in one language and so rare in the others that two of them settle it.
_MARKER_WORDS: dict[str, str] = {
    "en": "the and to of is it in we they not for with are was that have on be our",
    "de": "der die das und ist nicht wir ich ein eine zu es mit den auf für sind wird",
    "fr": "le les la des et est une nous pas que pour dans du sont avec il qui ne",
    "es": "el los las y es una que no para con por del se nos son está muy pero",
    "it": "il gli di che è non per una con sono della ci si più anche molto del",
    "pt": "o os as que não para com uma do da em nós são muito mais mas é um",
    "nl": "de het een en niet van wij we voor met zijn op dat te aan er maar",
    "pl": "i w nie na się jest z do że to nas są od po jak ale dla",
    "sv": "och att det är inte som vi en för på med har till av den",
    "tr": "ve bir bu için ile çok değil biz da de ama daha gibi var yok",
}


def _evidence() -> dict[str, list[tuple[str, float]]]:
    """Word → (language, weight): a marker counts 1, another stop word 0.3, both 1.3."""
    out: dict[str, list[tuple[str, float]]] = {}
    for language, words in _MARKER_WORDS.items():
        markers = set(words.split())
        stops = STOP_WORDS.get(language, frozenset())
        for word in sorted(markers | stops):
            weight = (1.0 if word in markers else 0.0) + (0.3 if word in stops else 0.0)
            out.setdefault(word, []).append((language, weight))
    return out


_EVIDENCE = _evidence()
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
    return _by_words(tokens(sample))


def _by_script(letters: list[str]) -> str | None:
    """The language of a script that more than half of the letters are in."""
    counts = {code: sum(low <= c <= high for c in letters) for low, high, code in _SCRIPTS}
    if counts["ja"]:
        counts["ja"] += counts["zh"]  # Japanese writes with Chinese characters too
    script, most = max(counts.items(), key=lambda item: item[1])
    return script if most * 2 > len(letters) else None


def _by_words(found: list[str]) -> str | None:
    score: dict[str, float] = {}
    for token in found:
        for language, weight in _EVIDENCE.get(token, ()):
            score[language] = score.get(language, 0.0) + weight
    ranked = sorted(((round(-s, 3), code) for code, s in score.items()))
    if not ranked or ranked[0][0] > -1 or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]
