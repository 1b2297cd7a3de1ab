"""What a theme is, to those who read it and to the model that remembers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.themes.arrays import pack, unpack

FloatArray = NDArray[np.float32]


class Fate(StrEnum):
    """What became of a theme since the month before."""

    NEW = "new"
    SAME = "same"
    GROWN = "grown"
    FADED = "faded"
    SPLIT = "split"
    MERGED = "merged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of one month.

    id: never reused, kept over months. phrases: its distinctive words, best first; the quoted
    start of a central comment where its texts are alike but share no phrase; none, and the name
    "Mixed comments", for leftovers, which are no theme to show. size: texts whose primary theme
    it is. representatives: indices of up to eight texts that stand for it, best first. cause:
    code of the codebook, None outside the frame. tone: mean of the known tones of its texts in
    [−1, 1], None if none is known. too_few: not a theme, but the honest answer that there is too
    little to group.
    """

    id: int
    name: str
    phrases: tuple[str, ...]
    size: int
    representatives: tuple[int, ...]
    cause: str | None = None
    tone: float | None = None
    fate: Fate = Fate.NEW
    pinned: bool = False
    dismissed: bool = False
    too_few: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A theme's change since the last month: sizes, and the themes it came from or went into."""

    theme: int
    fate: Fate
    before: int
    after: int
    related: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """Why a text is in its theme.

    similar: indices of the nearest texts in the theme with their cosine. words: phrases of the
    theme that stand in the text. moved: a person put it (or its like) there.
    """

    theme: int | None
    name: str
    similar: tuple[tuple[int, float], ...]
    words: tuple[str, ...]
    moved: bool
    cause: str | None

    def sentence(self) -> str:
        """The reason in one line for people."""
        if self.theme is None:
            return "No words to go by."
        parts = ["moved here by a person"] if self.moved else []
        if self.words:
            parts.append("says " + ", ".join(f"“{w}”" for w in self.words))
        if self.similar:
            parts.append("nearest comments " + ", ".join(f"#{i + 1}" for i, _ in self.similar))
        return "; ".join(parts) or "nearest in meaning"


@dataclass
class Memory:
    """What the model keeps of a theme between months: no text, only vectors and figures.

    exemplars: (m, d) rows that cover the theme; held: (h, d) rows that a person put here;
    low: cosine to the nearest exemplars below which a text is unlike the theme.
    """

    id: int
    centre: FloatArray
    exemplars: FloatArray
    low: float
    name: str
    given_name: str | None = None
    cause: str | None = None
    sizes: list[int] = field(default_factory=list)
    months_unseen: int = 0
    pinned: bool = False
    dismissed: bool = False
    held: list[FloatArray] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Texts in the last month."""
        return self.sizes[-1] if self.sizes else 0

    def rows(self) -> FloatArray:
        """Exemplars and what people put here."""
        return np.vstack([self.exemplars, *(r[None, :] for r in self.held)])

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form."""
        return {
            "id": self.id,
            "centre": pack(self.centre),
            "exemplars": pack(self.exemplars),
            "low": self.low,
            "name": self.name,
            "given_name": self.given_name,
            "cause": self.cause,
            "sizes": self.sizes,
            "months_unseen": self.months_unseen,
            "pinned": self.pinned,
            "dismissed": self.dismissed,
            "held": [pack(r) for r in self.held],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Memory:
        """The inverse of `to_dict`."""
        return cls(
            **{
                **data,
                "centre": unpack(data["centre"]),
                "exemplars": unpack(data["exemplars"]),
                "held": [unpack(r) for r in data["held"]],
            }
        )
