"""From texts to vectors: the `Embedder` interface and the default that ships in a wheel.

The default reads the static token vectors and the tokenizer that lie inside the `wordllama`
package, and pools them itself. The package's own loader is not imported: it looks for files in
a folder that does not exist, would then ask the network, and reconfigures logging.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from analysis.themes.words import ALL_STOP_WORDS

FloatArray = NDArray[np.float32]

_WEIGHTS = "weights/l2_supercat_256.safetensors"
_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_BATCH = 256
_WORD_START = "\u2581"  # how the tokenizer writes a space before a word
_SHORTEST = 4
_MAX_CHARACTERS = 4000  # the rest of a longer text adds nothing to a mean over its words


@runtime_checkable
class Embedder(Protocol):
    """Anything that turns texts into vectors of one length."""

    @property
    def name(self) -> str:
        """Name and version; vectors of different names are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Vectors (n, dimension), unit length; a text without words gives a zero vector.

        The vector of a text depends on that text only, never on its neighbours.
        """
        ...


class EmbedderNotInstalledError(RuntimeError):
    """The files of the default embedder are not in this environment."""


def _package_file(name: str) -> Path:
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise EmbedderNotInstalledError(
            "The package wordllama is not installed; install Tribometer with its dependencies."
        )
    path = Path(spec.origin).parent / name
    if not path.is_file():
        raise EmbedderNotInstalledError(
            f"The package wordllama lacks {name}; install the version named in requirements.txt."
        )
    return path


def tokenizer_file() -> Path:
    """Path of the tokenizer's JSON inside the package. Raises EmbedderNotInstalledError."""
    return _package_file(_TOKENIZER)


@cache
def common_words() -> frozenset[str]:
    """Everyday words: what a large general vocabulary writes in lower case as one whole word.

    Of four letters or more, and no rare names; about 9,000.

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


def _read_tensor(path: Path) -> FloatArray:
    """The one matrix of a safetensors file: 8 bytes of header length, JSON header, raw data."""
    with path.open("rb") as file:
        header_length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(header_length))
        entry = next(v for k, v in header.items() if k != "__metadata__")
        start, end = entry["data_offsets"]
        file.seek(8 + header_length + start)
        raw = file.read(end - start)
    dtype = {"F16": "<f2", "F32": "<f4"}[entry["dtype"]]
    return np.frombuffer(raw, dtype=dtype).reshape(entry["shape"]).astype(np.float32)


class WordLlamaEmbedder:
    """Static token vectors (256 numbers a token), pooled here, offline by construction.

    Loading happens at the first call of `embed`, so that importing costs nothing.
    """

    dimension = 256

    def __init__(self) -> None:
        self._vectors: FloatArray | None = None
        self._tokenizer: Any = None

    @property
    def name(self) -> str:
        """Name and version of the vectors."""
        return "wordllama-l2-supercat-256/1"

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """See `Embedder.embed`. About 5,000 short comments a second on one core."""
        self._load()
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [t[:_MAX_CHARACTERS] for t in texts[start : start + _BATCH]]
            encoded = self._tokenizer.encode_batch(batch, add_special_tokens=False)
            for row, item in enumerate(encoded, start=start):
                if item.ids:
                    out[row] = self._pool(np.asarray(item.ids, dtype=np.int64))
        return out

    def _pool(self, ids: NDArray[np.int64]) -> FloatArray:
        vectors = cast(FloatArray, self._vectors)
        mean = vectors[np.minimum(ids, len(vectors) - 1)].mean(axis=0, dtype=np.float64)
        length = float(np.sqrt(mean @ mean))
        return np.asarray(mean / length if length > 0 else mean, dtype=np.float32)

    def _load(self) -> None:
        if self._vectors is None:
            self._tokenizer, self._vectors = _loaded()


@cache
def _loaded() -> tuple[Any, FloatArray]:
    """Tokenizer and token vectors, once a process."""
    from tokenizers import Tokenizer  # heavy, and needed only when texts are embedded

    tokenizer = Tokenizer.from_file(str(tokenizer_file()))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer, _read_tensor(_package_file(_WEIGHTS))
