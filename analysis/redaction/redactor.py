"""Names and identifiers in free text: found by the roster first, then by patterns.

A name that is a common word too ("Will", "Rose") counts only where it is written like a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.redaction.patterns import Span, blanked, find_patterns
from analysis.redaction.words import ACRONYMS, FUNCTION, HONORIFICS, PARTICLES, VERBAL, WORDS_TOO

REPLACEMENT = {
    "name": "[name]",
    "e-mail": "[e-mail]",
    "phone": "[phone]",
    "link": "[link]",
    "id": "[id]",
}


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A person of the directory. name: the full name as shown; first and last are taken from it
    when not given. title: the role, redacted where it is written out in full (two words or more).
    """

    name: str
    first: str | None = None
    last: str | None = None
    email: str | None = None
    nick: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text with placeholders, and where they stand in the original, in order."""

    text: str
    spans: tuple[Span, ...]


_WORD = re.compile(r"[^\W_][\w\u00ad\u200b-\u200d]{0,60}")
_ADDRESS_LIKE = re.compile(r"(?<![\w.\-])[^\W\d_][\w\-]{0,30}[._][\w.\-]{1,30}(?<![.\-])")
_DOTTED = re.compile(r"(?<![\w.])([^\W\d_])\.[ \-]?([^\W\d_])\.(?!\w)")
_SENTENCE_END = re.compile(r"[.!?:…\n\"“„»•]\s*$|^\s*$")
_JOIN = re.compile(r"[ \-.’']{1,3}|, ")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")

# Names that are words as well: they need a capital, and more at the start of a sentence.
_SPECIAL = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
_UMLAUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# What stands between the parts of one name: "Anna de Vries", "O'Brien", "A. Weber".
_BETWEEN = re.compile(
    r"[ \-.'’]{1,2}(?:(?:" + "|".join(sorted(PARTICLES)) + r")[ '’]){0,3}", re.IGNORECASE
)
_FUZZY_FROM = 5


def fold_name(text: str) -> str:
    """Key under which spellings of a name meet: case, diacritics and invisible marks removed."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPECIAL))
    return "".join(c for c in plain if c.isalnum())


class Redactor:
    """Redacts the names of a roster, and mail addresses, phones, links and ids of anybody."""

    def __init__(self, roster: Iterable[RosterEntry] = ()) -> None:
        self._single: set[str] = set()
        self._fuzzy: dict[str, set[str]] = {}
        self._initials: set[str] = set()
        self._particles: set[str] = set()
        self._locals: set[str] = set()
        self._titles: set[tuple[str, ...]] = set()
        self._unspaced: set[str] = set()
        for entry in roster:
            self._add(entry)
        for name in sorted(self._single):
            if len(name) >= _FUZZY_FROM:
                for key in _deletions(name):
                    self._fuzzy.setdefault(key, set()).add(name)

    def redact(self, text: str) -> Redacted:
        """Replace what is found; overlapping finds are joined, patterns win over names."""
        spans = find_patterns(text)
        spans = _joined([*spans, *self._names(blanked(text, spans))], text)
        out, last = [], 0
        for span in spans:
            out += [text[last : span.start], REPLACEMENT[span.kind]]
            last = span.end
        return Redacted("".join([*out, text[last:]]), tuple(spans))

    def _add(self, entry: RosterEntry) -> None:
        whole = [entry.name, entry.first or "", entry.last or "", entry.nick or ""]
        for part in (p for name in whole for p in re.split(r"[\s,]+", name) if p):
            if _UNSPACED.search(part):
                self._unspaced.add(part)
            pieces = [p for p in re.split(r"[-'’.]", part) if p]
            for piece in [*pieces, part]:
                self._single.update(k for k in _spellings(piece) if k and k not in PARTICLES)
        words = [w for w in re.split(r"[\s\-]+", entry.name) if w and fold_name(w) not in PARTICLES]
        self._particles.update(set(map(fold_name, entry.name.split())) & PARTICLES)
        if len(words) > 1:
            self._initials.add(fold_name(words[0])[:1] + fold_name(words[-1])[:1])
            self._single.add("".join(map(fold_name, words)))
        if entry.email and "@" in entry.email:
            local = fold_name(entry.email.split("@")[0])
            if len(local) >= 4:
                self._locals.add(local)
        if entry.title and len(entry.title.split()) > 1:
            self._titles.add(tuple(fold_name(w) for w in _WORD.findall(entry.title)))
        self._single.discard("")

    def _names(self, text: str) -> list[Span]:
        spans = [
            Span(m.start(), m.end(), "name")
            for name in sorted(self._unspaced)
            for m in re.finditer(re.escape(name), text)
        ]
        for m in _DOTTED.finditer(text):
            if fold_name(m[1] + m[2]) in self._initials:
                spans.append(Span(m.start(), m.end(), "name"))
        for m in _ADDRESS_LIKE.finditer(text):
            if fold_name(m[0]) in self._locals or fold_name(m[0]) in self._single:
                spans.append(Span(m.start(), m.end(), "name"))
        return spans + self._by_words(text)

    def _by_words(self, text: str) -> list[Span]:
        words = list(_WORD.finditer(text))
        keys = [fold_name(m[0]) for m in words]
        sure = [self._is_name(i, words, keys, text) for i in range(len(words))]
        self._titles_in(keys, sure)
        self._neighbours(words, keys, sure, text)
        return [Span(m.start(), m.end(), "name") for m, yes in zip(words, sure, strict=True) if yes]

    def _is_name(self, i: int, words: list[re.Match[str]], keys: list[str], text: str) -> bool:
        """Whether word i is a name on its own evidence."""
        key, written = keys[i], words[i][0]
        if written.isupper() and len(written) == 2 and key in self._initials:
            return key not in ACRONYMS
        if key in self._locals:
            return True
        known = next((k for k in (key, key[:-1]) if k in self._single), None)
        if known is not None and (known == key or (key.endswith("s") and len(known) > 3)):
            if known not in WORDS_TOO and len(known) > 2:
                return True
            return self._written_as_name(i, words, keys, text)
        return self._misspelt(key) and not _common(key)

    def _written_as_name(
        self, i: int, words: list[re.Match[str]], keys: list[str], text: str
    ) -> bool:
        before = keys[i - 1] if i else ""
        if before in HONORIFICS or (len(before) == 1 and before + keys[i][0] in self._initials):
            return True
        if not words[i][0][0].isupper():
            return False
        start = words[i].start()
        if not _SENTENCE_END.search(text[max(0, start - 3) : start]):
            return True
        after = keys[i + 1] if i + 1 < len(keys) else ""
        if keys[i] in VERBAL:
            return bool(after) and after not in FUNCTION
        return bool(after) and after not in FUNCTION - {"is", "was", "never", "always", "and"}

    def _misspelt(self, key: str) -> bool:
        if not _FUZZY_FROM - 1 <= len(key) <= 30:
            return False
        found = {name for k in _deletions(key) for name in self._fuzzy.get(k, ())}
        return any(_one_edit(key, name) for name in found)

    def _titles_in(self, keys: list[str], sure: list[bool]) -> None:
        for title in self._titles:
            for i in range(len(keys) - len(title) + 1):
                if keys[i] == title[0] and tuple(keys[i : i + len(title)]) == title:
                    sure[i : i + len(title)] = [True] * len(title)

    def _neighbours(
        self, words: list[re.Match[str]], keys: list[str], sure: list[bool], text: str
    ) -> None:
        """A doubtful name, a particle or an initial beside a sure name belongs to it."""
        for order in (range(len(words)), range(len(words) - 1, -1, -1)):
            for i in order:
                if sure[i]:
                    continue
                beside = [j for j in (i - 1, i + 1) if 0 <= j < len(words) and sure[j]]
                close = any(_touch(words[min(i, j)], words[max(i, j)], text) for j in beside)
                both = len(beside) == 2 and keys[i] in PARTICLES
                both |= keys[i] in self._particles and i + 1 in beside
                initial = len(keys[i]) == 1 and words[i][0].isupper() and keys[i] not in ("i", "a")
                initial |= len(keys[i]) == 1 and text[words[i].end() : words[i].end() + 1] == "."
                capital = words[i][0][0].isupper() and keys[i] in self._single
                sure[i] = close and (both or initial or capital)


def _spellings(name: str) -> set[str]:
    """Foldings of a name: Müller as muller and mueller, Mueller as mueller and muller."""
    plain = fold_name(name)
    wide = fold_name(name.casefold().translate(_UMLAUT))
    narrow = re.sub(r"([aou])e", r"\1", plain) if re.search(r"[aou]e[^\W\d]", plain) else plain
    return {plain, wide, narrow} if len(narrow) >= _FUZZY_FROM else {plain, wide}


def _deletions(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_edit(a: str, b: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes a into b."""
    if abs(len(a) - len(b)) > 1:
        return False
    i = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) == len(b):
        swapped = a[i + 1 : i + 2] + a[i : i + 1] == b[i : i + 2] and a[i + 2 :] == b[i + 2 :]
        return a[i + 1 :] == b[i + 1 :] or swapped
    return a[i + 1 :] == b[i:] if len(a) > len(b) else a[i:] == b[i + 1 :]


def _touch(left: re.Match[str], right: re.Match[str], text: str) -> bool:
    return bool(_JOIN.fullmatch(text[left.end() : right.start()]))


def _common(key: str) -> bool:
    from analysis.themes.embedding import common_words

    return key in common_words()


def _joined(spans: list[Span], text: str) -> list[Span]:
    """In order, overlaps joined, names that belong together ("Anna", "de", "Vries") as one."""
    out: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if out and span.start < out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end), out[-1].kind)
            continue
        together = out and out[-1].kind == span.kind == "name"
        if together and _BETWEEN.fullmatch(text[out[-1].end : span.start]):
            out[-1] = Span(out[-1].start, span.end, "name")
        else:
            out.append(span)
    return out
