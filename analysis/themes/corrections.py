"""What HR tells the model: kept as data, so that it can be stored, logged and undone by refit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can be corrected."""

    RENAME = "rename"
    MERGE = "merge"
    SPLIT = "split"
    MOVE = "move"
    PIN = "pin"
    DISMISS = "dismiss"
    RECODE = "recode"


class CorrectionError(ValueError):
    """A correction that cannot be carried out; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction.

    kind and what it needs: rename(theme, name) · merge(theme ← others) · split(theme) ·
    move(text → theme) · pin(theme) · dismiss(theme) · recode(text, code of the codebook).
    """

    kind: Kind
    theme: int | None = None
    others: tuple[int, ...] = ()
    text: str | None = None
    name: str | None = None
    code: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form without empty fields."""
        return {k: v for k, v in asdict(self).items() if v not in (None, ())}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Correction:
        """The inverse of `to_dict`. Raises ValueError for an unknown kind."""
        return cls(**{**data, "kind": Kind(data["kind"]), "others": tuple(data.get("others", ()))})
