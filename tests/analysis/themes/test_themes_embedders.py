"""Embedders by name, vectors kept in a file, and the numpy forward pass of the stronger one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from analysis.themes import CodebookCoder, Embedder, EmbedderNotInstalledError, WordLlamaEmbedder
from analysis.themes.embedders import EMBEDDERS, CachedEmbedder, make_embedder
from analysis.themes.minilm import MiniLMEmbedder, weights_file
from analysis.themes.multilingual import MultilingualEmbedder
from analysis.themes.onnx_weights import read_weights

TEXTS = ["How do I boil an egg?", "Ways of cooking eggs", "The stock market fell", "", "!?"]


def installed(name: str) -> Embedder:
    try:
        return make_embedder(name)
    except EmbedderNotInstalledError:
        pytest.skip(f"the extra of {name} is not installed")


@pytest.mark.parametrize("name", EMBEDDERS)
def test_every_embedder_keeps_the_interface(name: str) -> None:
    embedder = installed(name)
    rows = embedder.embed(TEXTS)
    assert isinstance(embedder, Embedder)
    assert rows.shape == (len(TEXTS), embedder.dimension)
    assert np.allclose(np.linalg.norm(rows[:3], axis=1), 1, atol=1e-4)
    assert not rows[3].any()
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2
    assert np.allclose(embedder.embed(TEXTS[1:2])[0], rows[1], atol=1e-5)
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_minilm_gives_the_vectors_of_the_original_model() -> None:
    # Cosines of the makers' own model with full-precision weights, rounded.
    installed("minilm")
    rows = MiniLMEmbedder().embed(TEXTS[:3])
    assert rows[0] @ rows[1] == pytest.approx(0.781, abs=0.01)
    assert abs(rows[0] @ rows[2]) < 0.1


def test_multilingual_joins_languages() -> None:
    installed("multilingual")
    rows = MultilingualEmbedder().embed(
        [
            "nobody told us about the change",
            "niemand hat uns informiert",
            "誰も知らせてくれなかった",
        ]
    )
    other = MultilingualEmbedder().embed(["the canteen is closed"])
    assert rows[0] @ rows[1] > rows[0] @ other[0] + 0.2
    assert rows[0] @ rows[2] > rows[0] @ other[0] + 0.1


def test_unknown_and_missing_embedders_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="There is no embedder word2vec; there are wordllama"):
        make_embedder("word2vec")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmbedderNotInstalledError, match="extra “embedder”"):
        weights_file()


class Counting:
    """The default embedder, counting what it is asked."""

    name, dimension = "counting/1", 256

    def __init__(self) -> None:
        self.inner = WordLlamaEmbedder()
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += list(texts)
        return self.inner.embed(texts)


def test_vectors_are_computed_once_and_the_file_holds_no_text(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    first = Counting()
    cached = CachedEmbedder(first, path)
    rows = cached.embed(["late forecast", "late forecast", "rude tone"])
    cached.write()
    second = Counting()
    again = CachedEmbedder(second, path).embed(["rude tone", "late forecast"])
    assert sorted(first.asked) == ["late forecast", "rude tone"]
    assert second.asked == []
    assert (again == rows[[2, 0]]).all()
    assert b"forecast" not in path.read_bytes()


def test_a_broken_or_foreign_cache_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(b"no archive")
    assert CachedEmbedder(Counting(), path).embed(["a word"]).any()
    other = Counting()
    other.name = "counting/2"
    CachedEmbedder(Counting(), path).write()
    assert CachedEmbedder(other, path).embed(["a word"]).any()


def test_weights_are_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"\x3a\x7f\x2a")
    with pytest.raises(ValueError, match="not a readable ONNX file"):
        read_weights(path)


def test_a_stronger_embedder_serves_the_coder() -> None:
    coder = CodebookCoder(embedder=installed("minilm"))
    coder.fit(["Nobody told us that the order was changed", "Our bonus rewards the opposite"])
    assert coder.predict(["Nobody told us that the order was changed"]) == ["communication"]
