"""The embedders by name, and vectors kept in a file between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.themes.embedding import Embedder, WordLlamaEmbedder
from analysis.themes.minilm import MiniLMEmbedder
from analysis.themes.multilingual import MultilingualEmbedder

FloatArray = NDArray[np.float32]

_MADE_BY: dict[str, Callable[[], Embedder]] = {
    "wordllama": WordLlamaEmbedder,
    "minilm": MiniLMEmbedder,
    "multilingual": MultilingualEmbedder,
}
EMBEDDERS = tuple(_MADE_BY)  # the default first
_BATCH_SIZE = 256


def make_embedder(name: str = EMBEDDERS[0], cache: Path | None = None) -> Embedder:
    """The embedder of a name in EMBEDDERS; with a file `cache` its vectors are kept there.

    Raises ValueError for an unknown name, EmbedderNotInstalledError without the extra.
    """
    if name not in _MADE_BY:
        raise ValueError(f"There is no embedder {name}; there are {', '.join(EMBEDDERS)}.")
    embedder = _MADE_BY[name]()
    embedder.embed(["loads, or says what to install"])
    return CachedEmbedder(embedder, cache) if cache else embedder


class CachedEmbedder:
    """An embedder that computes each text once and remembers it in a file.

    The file (npz, no pickle) holds hashes of texts and their vectors in half precision. Vectors
    tell something of the text they came from: keep the file as you keep the comments. It is for
    the command line and the bench; the service keeps no vectors of comments.
    """

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self.embedder = embedder
        self.path = path
        self.dimension = embedder.dimension
        self.name = embedder.name
        self._known: dict[str, NDArray[np.float16]] = {}
        self._read()

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """See `Embedder.embed`; new vectors are written to the file at once."""
        keys = [self._key(text) for text in texts]
        new = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        for start in range(0, len(new), _BATCH_SIZE):
            some = sorted(new)[start : start + _BATCH_SIZE]
            rows = self.embedder.embed([new[k] for k in some]).astype(np.float16)
            self._known.update(zip(some, rows, strict=True))
        if len(new) >= _BATCH_SIZE:
            self.write()
        found = [self._known[k] for k in keys]
        return np.asarray(found, dtype=np.float32).reshape(len(texts), self.dimension)

    def write(self) -> None:
        """Write the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        keys = sorted(self._known)
        vectors = np.array([self._known[k] for k in keys], dtype="<f2")
        with self.path.open("wb") as file:
            np.savez(file, embedder=self.name, keys=np.array(keys), vectors=vectors)

    def _key(self, text: str) -> str:
        return hashlib.blake2b(f"{self.name}\0{text}".encode(), digest_size=16).hexdigest()

    def _read(self) -> None:
        """Vectors of the same embedder; a file of another one, or a broken one, is made anew."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                if str(file["embedder"]) == self.name:
                    self._known = dict(zip(file["keys"].tolist(), file["vectors"], strict=True))
        except (OSError, ValueError, KeyError):
            self._known = {}
