"""The engines that the theme engine is measured beside.

All but ours, kNN + Louvain and BERTopic are *told* the number of themes. scikit-learn is imported
when the bench runs, so that the engine itself stays quick to import; BERTopic only where it is
installed (without torch: its embeddings are ours).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.themes.corpus import Corpus
from analysis.themes.embedding import Embedder
from analysis.themes.features import Features
from analysis.themes.graph import neighbour_graph
from analysis.themes.louvain import communities
from analysis.themes.model import ThemeModel
from analysis.themes.month import unit

IntArray = NDArray[np.int64]
Texts = list[str]
Engine = Callable[[Texts, int, int], IntArray]

OURS, LOUVAIN, BERTOPIC = "tribometer", "kNN + Louvain", "BERTopic + reduce_outliers"
FIND_THE_NUMBER = (OURS, LOUVAIN, BERTOPIC)


def engines(embedder: Embedder) -> dict[str, Engine]:
    """Engines by name: (texts, number of themes to those that are told, seed) → labels (n,)."""
    known: dict[str, Engine] = {
        OURS: lambda texts, k, seed: ours(texts, seed, embedder),
        LOUVAIN: lambda texts, k, seed: _louvain(texts, seed, embedder),
        "LSA + k-means": _lsa_kmeans,
        "tf-idf + NMF": _nmf,
        "tf-idf + k-means": _tfidf_kmeans,
    }
    if importlib.util.find_spec("bertopic") and importlib.util.find_spec("umap"):
        known[BERTOPIC] = lambda texts, k, seed: _bertopic(texts, seed, embedder)
    return known


def ours(texts: Texts, seed: int, embedder: Embedder) -> IntArray:
    """Labels (n,) of the theme engine without a codebook."""
    return ThemeModel(embedder=embedder, random_state=seed).fit(texts).labels_


def _louvain(texts: Texts, seed: int, embedder: Embedder) -> IntArray:
    corpus = Corpus.of(texts)
    features = Features(embedder, share=0.0).fit(corpus.units)
    rows = unit(corpus.pool(features.transform(corpus.units)))
    return communities(neighbour_graph(rows, 15), 1.0, seed)


def _lsa_kmeans(texts: Texts, k: int, seed: int) -> IntArray:
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    tfidf = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts)
    reduced = TruncatedSVD(min(50, min(tfidf.shape) - 1), random_state=seed).fit_transform(tfidf)
    found = KMeans(k, n_init=5, random_state=seed).fit_predict(normalize(reduced))
    return np.asarray(found, dtype=np.int64)


def _tfidf_kmeans(texts: Texts, k: int, seed: int) -> IntArray:
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import TfidfVectorizer

    tfidf = TfidfVectorizer(stop_words="english").fit_transform(texts)
    found = KMeans(k, n_init=5, random_state=seed).fit_predict(tfidf)
    return np.asarray(found, dtype=np.int64)


def _nmf(texts: Texts, k: int, seed: int) -> IntArray:
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    tfidf = TfidfVectorizer(stop_words="english").fit_transform(texts)
    weights = NMF(k, random_state=seed, init="nndsvda", max_iter=500).fit_transform(tfidf)
    return np.asarray(weights.argmax(axis=1), dtype=np.int64)


def _bertopic(texts: Texts, seed: int, embedder: Embedder) -> IntArray:
    """BERTopic with its own settings, then its outliers given to the nearest topic."""
    from bertopic import BERTopic
    from umap import UMAP

    rows = embedder.embed(texts)
    reduced = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(umap_model=reduced)
    topics, _ = model.fit_transform(texts, rows)
    if -1 in topics and len(set(topics)) > 1:
        topics = model.reduce_outliers(texts, topics, strategy="embeddings", embeddings=rows)
    return np.asarray(topics, dtype=np.int64)
