"""Cut a comment into segments: sentences, and clauses that a contrast sets apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A sentence ends at .!?… and their relatives, or at a line break. "3.5" and "e.g." do not end one.
# Patterns expect text whose runs of space were made one: a run of thousands costs no time then.
_SPACES = re.compile(r"[^\S\r\n]+")
_SENTENCE = re.compile(r"(?<=[.!?…。！？؟۔।])[\"'”’)\]]*\s|(?<=[。！？])|[\r\n]+|\s[•·▪–—]\s")
_CONTRAST = re.compile(
    r"[,;:]?\s\b(?:but|however|although|though|whereas|yet|nevertheless|aber|jedoch|allerdings|"
    r"obwohl|sondern|mais|cependant|pourtant|pero|aunque|mas|porém|però|maar|ale|men)\b[,:]?\s|;\s",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|no|nr|z\.B|d\.h|bzw|ca|usw|p\.ex|ej|mr|mrs|ms|dr|st)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_MAX_SEGMENTS = 60
_MAX_CHARACTERS = 20_000
_MIN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text `owner` (its index in the input); `weight` sums to 1 over one text."""

    owner: int
    text: str
    weight: float


def split(text: str) -> list[str]:
    """Segments of one text, in order; [] for a text without any word.

    A clause of fewer than three words stays with its neighbour. A text without sentence marks is
    one segment. At most 60 segments; what follows is joined to the last.
    """
    text = _SPACES.sub(" ", text[:_MAX_CHARACTERS]).strip()
    if not any(c.isalnum() for c in text):
        return []
    pieces = [p for s in _sentences(text) for p in _clauses(s)]
    joined = _join_short(pieces)
    if len(joined) > _MAX_SEGMENTS:
        joined = [*joined[: _MAX_SEGMENTS - 1], " ".join(joined[_MAX_SEGMENTS - 1 :])]
    return joined


def segment_all(texts: Sequence[str]) -> list[Segment]:
    """Segments of all texts in order; weights by length, so that an aside counts for less."""
    out: list[Segment] = []
    for owner, text in enumerate(texts):
        pieces = split(text)
        lengths = [max(1, len(p.split())) for p in pieces]
        total = sum(lengths)
        out.extend(Segment(owner, p, n / total) for p, n in zip(pieces, lengths, strict=True))
    return out


def _sentences(text: str) -> list[str]:
    out: list[str] = []
    for piece in _SENTENCE.split(text):
        piece = piece.strip()
        if not piece:
            continue
        if out and _ABBREVIATION.search(out[-1][-8:]):
            out[-1] = f"{out[-1]} {piece}"
        else:
            out.append(piece)
    return out


def _clauses(sentence: str) -> list[str]:
    return [p.strip() for p in _CONTRAST.split(sentence) if p and p.strip()]


def _join_short(pieces: list[str]) -> list[str]:
    out: list[str] = []
    carry = ""
    for piece in pieces:
        piece = f"{carry} {piece}".strip()
        carry = ""
        words = len(piece.split())
        if words >= _MIN_WORDS or _unspaced(piece):
            out.append(piece)
        elif out:
            out[-1] = f"{out[-1]} {piece}"
        else:
            carry = piece
    if carry:
        out.append(carry)
    return out


def _unspaced(text: str) -> bool:
    """Whether the script writes without spaces (Chinese, Japanese, Thai …)."""
    return len(text) >= 6 and any(
        "\u0e00" <= c <= "\u0e7f" or "\u3040" <= c <= "\u9fff" for c in text
    )
