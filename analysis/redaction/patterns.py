"""Identifiers that have a form: mail addresses, links, phone numbers, numbers of things.

Every pattern is linear: bounded repeats, anchored starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """text[start:end] of the *original* text; kind is a key of REPLACEMENT."""

    start: int
    end: int
    kind: str


_LINK = re.compile(
    r"\b(?:https?://|www\.)[^\s<>\"]{1,2000}"
    r"|(?<![\w@.\-])(?:[a-z0-9\-]{1,63}\.){1,4}(?:com|org|net|io|eu|de|fr|es|it|nl|at|ch|uk|local)"
    r"(?:/[^\s<>\"]{0,2000})?(?![\w@])",
    re.IGNORECASE,
)
_EMAIL = re.compile(
    r"(?<![\w.+\-])[\w.+\-]{1,64}\s?(?:@|\(at\)|\[at\])\s?(?:[\w\-]{1,63}\.){1,6}[^\W\d_]{2,24}(?!\w)"
)
_PHONE = re.compile(r"(?<![\w.,])(?:\+|\(|\d)[\d ().\-/]{5,22}\d(?:\s?x\d{1,5})?(?![\w])")
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|\d{4}\s?[\-/]\s?\d{2,4}"
)
_ISO_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_ID = re.compile(
    r"(?<![\w])(?:[A-Z]{1,5}[\-_/#]?\d{4,14}"
    r"|[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?"
    r"|\d{7,18})(?![\w])"
    r"|(?<=#)\d{3,14}(?!\w)"
)


def find_patterns(text: str) -> list[Span]:
    """Mail addresses, links, phones and ids of a text, in order of kind, never overlapping."""
    spans: list[Span] = []
    rest = text
    for kind, pattern in (("e-mail", _EMAIL), ("link", _LINK), ("phone", _PHONE), ("id", _ID)):
        found = [
            Span(m.start(), m.end(), kind)
            for m in pattern.finditer(rest)
            if kind != "phone" or _is_phone(m[0])
        ]
        rest = blanked(rest, found)
        spans += found
    return spans


def _is_phone(written: str) -> bool:
    """Seven to fifteen digits that begin like a number to dial, and no date or amount."""
    digits = sum(c.isdigit() for c in written)
    if not 7 <= digits <= 15 or _DATE.fullmatch(written.strip("() ")):
        return False
    if written[0] in "+(" or written[0] == "0":
        return True
    if _ISO_DATE.match(written):
        return False
    groups = [g for g in re.split(r"[^\d]+", written.split("x")[0]) if g]
    if len(groups) == 2:
        years = all(len(g) == 4 and g[:2] in ("19", "20") for g in groups)
        return len(groups[1]) >= 4 and not years
    thousands = all(len(g) == 3 for g in groups[1:]) and (len(groups[0]) < 3 or "." in written)
    return 3 <= len(groups) <= 6 and not thousands


def blanked(text: str, spans: list[Span]) -> str:
    """The text with spans as line breaks (same length), so that later patterns skip them."""
    if not spans:
        return text
    letters = list(text)
    for span in spans:
        letters[span.start : span.end] = ["\n"] * (span.end - span.start)
    return "".join(letters)
