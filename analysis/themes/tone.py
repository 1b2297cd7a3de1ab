"""Tone of a segment from a small lexicon with negation; silent in languages it does not know.

Complaints at work are often plain facts ("the forecast came on the 28th again"), so a neutral
tone says nothing. What matters is to see *praise*, and "no complaints", for what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.themes.language import detect
from analysis.themes.segments import split
from analysis.themes.words import tokens

KNOWN_LANGUAGES = ("en", "de", "fr", "es")

_POSITIVE: dict[str, str] = {
    "en": """good great nice excellent perfect happy glad pleased pleasure helpful friendly kind
    thanks thank thankful grateful smooth smoothly easy easily quick quickly fast prompt
    reliable reachable honest supportive support supported super wonderful fantastic
    amazing brilliant outstanding love loved enjoy enjoyed best better improved
    improvement improving success successful successfully useful valuable efficient
    professional polite respectful respected fine pleasant positive appreciate
    appreciated well clear clearer clean calm comfortable safe caring patient
    understanding flexible impressed recommend satisfied trust trusted constructive
    proud""",
    "de": """gut gute guter gutes guten super toll tolle toller prima freundlich freundliche
    hilfsbereit hilfreich zufrieden danke dank dankbar schnell schnelle zuverlässig
    ehrlich offen fair klar klare besser verbessert angenehm reibungslos perfekt
    ausgezeichnet hervorragend freue gerne lob pünktlich konstruktiv klappt funktioniert
    einfach""",
    "fr": """bon bonne bons bonnes bien super excellent excellente parfait parfaite agréable
    merci utile rapide rapidement fiable honnête clair claire mieux amélioré satisfait
    satisfaite content contente aimable sympa efficace facile facilement bravo apprécié
    fluide respectueux""",
    "es": """bueno buena buenos buenas bien excelente perfecto perfecta gracias útil rápido
    rápida rápidamente fiable honesto claro clara mejor mejorado mejoró satisfecho
    contenta contento amable eficaz eficiente fácil genial estupendo agradable fluido
    puntual respetuoso""",
}
_NEGATIVE: dict[str, str] = {
    "en": """bad poor worse worst terrible horrible awful late delay delayed delays slow slowly
    rude unfriendly problem problems issue issues wrong mistake mistakes error errors
    fail failed fails failure complain complained complaint complaints trouble difficult
    difficulty hard impossible missing lost lose chaos chaotic mess confusing confused
    frustrating frustrated annoying annoyed angry stress stressful stressed pressure
    blame blamed conflict fight fights unfair unclear useless unhelpful ignored ignore
    disappear disappointed disappointing waste wasted blocked block stuck broken crash
    crashes down disaster overloaded overtime understaffed unreliable unrealistic
    escalate escalated escalation escalations lie lied bullying harassment shouts
    shouting cried hurts hate lack lacking risk shortage shortages surprise surprises
    suffer condescending lottery embarrassing upset hurt rejected cancelled pain sick
    ill worried urgent""",
    "de": """schlecht schlechte schlechter schlimm spät verspätet verspätung langsam unfreundlich
    problem probleme fehler falsch ärger ärgerlich beschwerde beschwerden schwierig
    unmöglich fehlt fehlen chaos verwirrend frustrierend stress druck schuld streit
    unfair unklar nutzlos ignoriert enttäuscht verschwendet blockiert kaputt überlastet
    unzuverlässig mangel katastrophe nie""",
    "fr": """mauvais mauvaise pire terrible tard retard retards lent lente problème problèmes
    erreur erreurs faux plainte plaintes difficile impossible manque chaos confus
    frustrant stress pression faute conflit injuste inutile ignoré déçu déçue bloqué
    cassé surchargé impoli jamais""",
    "es": """malo mala mal peor terrible tarde retraso retrasos lento lenta problema problemas
    error errores falso queja quejas difícil imposible falta caos confuso frustrante
    estrés presión culpa conflicto injusto inútil ignorado decepcionado bloqueado roto
    sobrecargado grosero nunca""",
}
_NEGATION: dict[str, str] = {
    "en": """no not never none nothing nobody neither nor without hardly barely isn't wasn't
    aren't weren't don't doesn't didn't won't can't cannot couldn't wouldn't shouldn't
    haven't hasn't hadn't dont doesnt didnt isnt wasnt cant wont""",
    "de": "nicht kein keine keinen keiner keinem nie niemals nichts niemand ohne weder kaum",
    "fr": "pas ne n'est aucun aucune jamais rien personne sans ni sauf",
    "es": "no nunca ningún ninguna nada nadie sin ni tampoco jamás",
}
_WISH_WORDS = """would could should please if wish want need needs let must würde könnte sollte
    bitte wenn voudrais pourrait faudrait si debería podría quisiera favor"""
# Only these turn something bad into something good: "no problems", but not "not their problem".
_ABSENCE_WORDS = """no never without nothing nobody none kein keine keinen nie ohne aucun aucune
    jamais sans ningún ninguna nunca sin"""
_WISH = frozenset(_WISH_WORDS.split())
_ABSENCE = frozenset(_ABSENCE_WORDS.split())
_FIXED = re.compile(r"\b(?:as well as|looks? good|look good|well aware)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?()]+")
_SHORT = 8  # words from which a language is told safely
_REACH = 3  # words after a negation that it may turn, inside one clause


def _lexicon(words: dict[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(text.split()) for language, text in words.items()}


_POS, _NEG, _NOT = _lexicon(_POSITIVE), _lexicon(_NEGATIVE), _lexicon(_NEGATION)


def tone(text: str) -> float | None:
    """Tone of a text, −1 (bad) … 1 (good), 0 neutral; None in a language not known.

    The mean over segments that say something, so that "good people, but never on time" is mixed.
    Known: English, German, French, Spanish.
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
        language: sum(t in _POS[language] or t in _NEG[language] for t in found)
        for language in KNOWN_LANGUAGES
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
    return not _WISH.intersection(tokens(text))


def _score(segment: str, language: str) -> float:
    """Balance of good and bad words in [−1, 1]; a negation turns the next words of its clause."""
    good = bad = 0.0
    for clause in _CLAUSE.split(segment):
        up, down = _count(tokens(clause), language)
        good, bad = good + up, bad + down
    return (good - bad) / (good + bad) if good + bad else 0.0


def _count(words: list[str], language: str) -> tuple[float, float]:
    """Good and bad words of one clause after negation."""
    good = bad = 0.0
    negation, since = "", _REACH + 1
    for word in words:
        since += 1
        turned = since <= _REACH
        if word in _NEG[language]:
            if not turned:
                bad += 1.0
            elif negation in _ABSENCE:
                good += 1.0
        elif word in _NOT[language]:
            negation, since = word, 0
        elif word in _POS[language]:
            good, bad = (good, bad + 1.0) if turned else (good + 1.0, bad)
    return good, bad
