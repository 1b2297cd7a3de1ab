"""The texts of one fit in canonical form: unique units, sorted, with who they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.themes.segments import split

Floats = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Corpus:
    """units: unique segments, sorted, so that the order of input cannot matter.

    owner, unit, weight: one entry per segment occurrence; weights of a text sum to 1.
    size: number of texts.
    """

    units: list[str]
    owner: IntArray
    unit: IntArray
    weight: Floats
    size: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> Corpus:
        """Segment all texts."""
        pieces = [split(t) for t in texts]
        units = sorted({p for parts in pieces for p in parts})
        at = {u: i for i, u in enumerate(units)}
        owner, unit, weight = [], [], []
        for index, parts in enumerate(pieces):
            lengths = [max(1, len(p.split())) for p in parts]
            for part, length in zip(parts, lengths, strict=True):
                owner.append(index)
                unit.append(at[part])
                weight.append(length / sum(lengths))
        return cls(
            units,
            np.asarray(owner, dtype=np.int64),
            np.asarray(unit, dtype=np.int64),
            np.asarray(weight, dtype=np.float64),
            len(texts),
        )

    def pool(self, per_unit: NDArray[Any]) -> NDArray[Any]:
        """Weighted sum over each text's segments: (units, c) → (texts, c)."""
        member = sparse.csr_matrix(
            (self.weight.astype(per_unit.dtype), (self.owner, self.unit)),
            shape=(self.size, len(self.units)),
        )
        return np.asarray(member @ per_unit)

    def speaking(self) -> IntArray:
        """Indices of the texts that have at least one segment."""
        return np.unique(self.owner)
