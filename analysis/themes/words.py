"""Words of a text: tokens, stop words, folding. No data files, no network."""

from __future__ import annotations

import re
import unicodedata

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*", re.UNICODE)

_STOP: dict[str, str] = {
    "en": """a about above actually after again all almost already also although always am an and
    any anyone anything are aren't as at away back be became because been before being
    below between both but by call called came can can't cannot come comes could
    couldn't did didn't do does doesn't doing don't done down during each either else
    enough especially even ever every everyone everything few for from further gave get
    gets getting give given gives go goes going gone got had hadn't has hasn't have
    haven't having he her here hers herself him himself his how however i i'd i'll i'm
    i've if in instead into is isn't it it's its itself just keep kept know last least
    let like lot made make makes many may maybe me mean might more most much must my
    myself need needed needs never new next no none nor not nothing now of off often oh
    ok on once one only onto or other others our ours ourselves out over own perhaps put
    quite rather really said same say says see seem seems seen several shall she should
    shouldn't since so some someone something sometimes soon still such take taken takes
    tell than that that's the their theirs them themselves then there these they thing
    things think this those though through thus to together told too two under until up
    upon us use used using usually very via want wants was wasn't way we we'd we'll
    we're we've well went were weren't what when where whether which while who whole
    whom whose why will with within without won't would wouldn't yes yet you you're your
    yours yourself dont didnt doesnt cant wont isnt im ive thats whats please also would
    etc""",
    "de": """aber alle allem allen aller alles als also am an ander andere anderen auch auf aus
    bei bin bis bist da damit dann das dass dein dem den denn der des dessen die dies
    diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer
    eines er es etwas euch euer für gegen gibt haben hat hatte hatten hier hin hinter
    ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in indem ins ist ja jede jedem
    jeden jeder jedes jetzt kann kein keine keinem keinen keiner können man manche mehr
    mein meine mich mir mit muss müssen nach nicht nichts noch nun nur ob oder ohne
    schon sehr sein seine seinem seinen seiner seit sich sie sind so soll sondern sonst
    über um und uns unser unsere unserem unseren unter viel vom von vor war waren warum
    was weil weiter welche wenn wer werde werden wie wieder will wir wird wo wollen
    wurde wurden zu zum zur zwar zwischen""",
    "fr": """à ai ainsi alors au aucun aussi autre aux avait avant avec avoir avons ça car ce
    ceci cela celle ces cet cette ceux chaque chez comme comment d dans de des donc dont
    du elle elles en encore est et été être eu eux fait faut il ils j je jamais l la là
    le les leur leurs lui m ma mais me même mes moi moins mon n ne ni nos notre nous on
    ont ou où par parce pas peu peut plus pour pourquoi qu quand que quel quelle qui
    quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton tous tout toute
    toutes très trop tu un une va vers vos votre vous y était""",
    "es": """a al algo alguna algunos ante antes así aún aunque cada como con contra cual cuando
    cómo de del desde donde dos e el él ella ellas ellos en entre era es esa ese eso
    esta está están este esto estos fue ha había han hasta hay la las le les lo los más
    me mi mis mucho muchos muy nada ni no nos nosotros nuestra nuestro o os otra otro
    otros para pero poco por porque pues que qué quien se sea según ser si sí sin sobre
    solo son su sus también tan tanto te tiene tienen toda todo todos tu tus un una uno
    unos y ya yo""",
}

STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _STOP.items()
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
