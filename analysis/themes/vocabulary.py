"""Everyday words: what a large general vocabulary writes in lower case as one whole word."""

from __future__ import annotations

import json
from functools import cache

from analysis.themes.embedding import EmbedderNotInstalledError, tokenizer_file
from analysis.themes.words import ALL_STOP_WORDS

_WORD_START = "\u2581"  # how the tokenizer writes a space before a word
_SHORTEST = 4


@cache
def common_words() -> frozenset[str]:
    """Lower-case words of four letters or more that are no rare names; about 9,000.

    Read once from the default embedder's tokenizer; only stop words when it is not installed.
    """
    try:
        vocabulary = json.loads(tokenizer_file().read_text(encoding="utf-8"))["model"]["vocab"]
    except (EmbedderNotInstalledError, KeyError):
        return ALL_STOP_WORDS
    words = (piece[1:] for piece in vocabulary if piece.startswith(_WORD_START))
    return ALL_STOP_WORDS | {
        w for w in words if len(w) >= _SHORTEST and w.isalpha() and w.islower()
    }
