"""Measure the engine on labelled texts, beside the usual baselines, in one run.

Every engine but ours and kNN + Louvain is *told* the number of themes. scikit-learn is imported
when the bench runs, so that the engine itself stays quick to import.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.themes.codebook import Codebook
from analysis.themes.coding import CodebookCoder
from analysis.themes.corpus import Corpus
from analysis.themes.embedding import Embedder, WordLlamaEmbedder
from analysis.themes.features import Features
from analysis.themes.graph import neighbour_graph
from analysis.themes.louvain import communities
from analysis.themes.model import ThemeModel
from analysis.themes.month import unit

IntArray = NDArray[np.int64]
Texts = list[str]
Engine = Callable[[Texts, int, int], IntArray]
Progress = Callable[[str, int, int], None]

LABELS_PER_CODE = (0, 1, 5, 20)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: mean and standard deviation over seeds.

    measure: "AMI" (agreement with people's coding, corrected for chance, at most 1), "stability"
    (ARI of a run on 80 % of the texts with the full run), "themes ÷ truth" (1 is best),
    "unassigned" (share), "accuracy, m labels" (share right) or "seconds".
    """

    dataset: str
    texts: int
    truth: int
    engine: str
    measure: str
    mean: float
    deviation: float


def bench(
    sets: Mapping[str, tuple[list[str], list[str]]],
    seeds: Sequence[int] = (0, 1, 2),
    sample: int = 500,
    most_labels: int = 20,
    labels_per_code: Sequence[int] = LABELS_PER_CODE,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
) -> list[Row]:
    """Rows of the table for labelled sets (name → texts and their labels, of one length).

    Per seed a subsample of at most `sample` texts of at most `most_labels` labels is drawn; the
    guided figures use the labels' names only as codebook, and are counted on texts that were not
    given as labels. Deterministic but for the seconds.
    """
    shared = embedder or WordLlamaEmbedder()
    engines: dict[str, Engine] = {
        "tribometer": lambda texts, k, seed: _ours(texts, seed, shared),
        "kNN + Louvain": lambda texts, k, seed: _louvain(texts, seed, shared),
        "LSA + k-means": _lsa_kmeans,
        "tf-idf + NMF": _nmf,
        "tf-idf + k-means": _tfidf_kmeans,
    }
    rows: list[Row] = []
    for done, (name, (texts, labels)) in enumerate(sorted(sets.items())):
        _tell(progress, name, done, len(sets))
        drawn = [subsample(texts, labels, sample, most_labels, seed) for seed in seeds]
        rows += _unguided(name, drawn, seeds, engines)
        rows += _stability(name, drawn, seeds, shared)
        rows += _guided(name, drawn, seeds, labels_per_code, shared)
    _tell(progress, "done", len(sets), len(sets))
    return rows


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table: one line per engine and measure, one column per set."""
    names = list(dict.fromkeys(r.dataset for r in rows))
    lines = ["| engine | measure | " + " | ".join(names) + " | mean |"]
    lines.append("|" + "---|" * (len(names) + 3))
    for engine, measure in dict.fromkeys((r.engine, r.measure) for r in rows):
        found = {r.dataset: r for r in rows if (r.engine, r.measure) == (engine, measure)}
        cells = [
            f"{found[n].mean:.3f} ± {found[n].deviation:.3f}" if n in found else "–" for n in names
        ]
        mean = np.mean([r.mean for r in found.values()])
        lines.append(f"| {engine} | {measure} | " + " | ".join(cells) + f" | {mean:.3f} |")
    return "\n".join(lines) + "\n"


def subsample(
    texts: Sequence[str], labels: Sequence[str], size: int, most_labels: int, seed: int
) -> tuple[list[str], list[str]]:
    """At most `size` texts of at most `most_labels` labels, the same ones for the same seed."""
    rng = random.Random(seed)
    chosen = sorted(set(labels))
    rng.shuffle(chosen)
    kept = set(chosen[:most_labels])
    pool = [(t, y) for t, y in zip(texts, labels, strict=True) if y in kept]
    rng.shuffle(pool)
    return [t for t, _ in pool[:size]], [y for _, y in pool[:size]]


def _unguided(
    name: str,
    drawn: Sequence[tuple[list[str], list[str]]],
    seeds: Sequence[int],
    engines: Mapping[str, Engine],
) -> list[Row]:
    from sklearn.metrics import adjusted_mutual_info_score

    rows = []
    for engine, run in engines.items():
        scores, ratios, silent, seconds = [], [], [], []
        for (texts, labels), seed in zip(drawn, seeds, strict=True):
            truth = len(set(labels))
            start = time.process_time()
            found = run(texts, truth, seed)
            seconds.append(time.process_time() - start)
            scores.append(float(adjusted_mutual_info_score(labels, found)))
            ratios.append(len(set(found[found >= 0].tolist())) / truth)
            silent.append(float(np.mean(found < 0)))
        measured = {"AMI": scores, "seconds": seconds}
        if engine in ("tribometer", "kNN + Louvain"):
            measured |= {"themes ÷ truth": ratios, "unassigned": silent}
        rows += [_row(name, drawn, engine, m, values) for m, values in measured.items()]
    return rows


def _stability(
    name: str,
    drawn: Sequence[tuple[list[str], list[str]]],
    seeds: Sequence[int],
    embedder: Embedder,
) -> list[Row]:
    from sklearn.metrics import adjusted_rand_score

    values = []
    for (texts, _), seed in zip(drawn, seeds, strict=True):
        whole = _ours(texts, seed, embedder)
        kept = sorted(random.Random(seed).sample(range(len(texts)), round(0.8 * len(texts))))
        part = _ours([texts[i] for i in kept], seed, embedder)
        values.append(float(adjusted_rand_score(whole[kept], part)))
    return [_row(name, drawn, "tribometer", "stability", values)]


def _guided(
    name: str,
    drawn: Sequence[tuple[list[str], list[str]]],
    seeds: Sequence[int],
    labels_per_code: Sequence[int],
    embedder: Embedder,
) -> list[Row]:
    rows = []
    for count in labels_per_code:
        values = []
        for (texts, labels), seed in zip(drawn, seeds, strict=True):
            spoken = [label.replace("_", " ").replace("/", " ") for label in labels]
            given = _give(spoken, count, seed)
            coder = CodebookCoder(Codebook.from_names(sorted(set(spoken))), embedder)
            guessed = coder.fit(texts, given).predict(texts)
            left = [i for i, label in enumerate(given) if label is None]
            if left:
                values.append(float(np.mean([guessed[i] == spoken[i] for i in left])))
        if values:
            rows.append(_row(name, drawn, "coder", f"accuracy, {count} labels", values))
    return rows


def _give(labels: Sequence[str], count: int, seed: int) -> list[str | None]:
    """Labels of `count` random texts per code (at most half of a code's), None for the others."""
    rng = random.Random(seed)
    given: list[str | None] = [None] * len(labels)
    for code in sorted(set(labels)):
        mine = [i for i, label in enumerate(labels) if label == code]
        for i in rng.sample(mine, min(count, len(mine) // 2)):
            given[i] = code
    return given


def _row(
    name: str,
    drawn: Sequence[tuple[list[str], list[str]]],
    engine: str,
    measure: str,
    values: Sequence[float],
) -> Row:
    texts, labels = drawn[0]
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Row(name, len(texts), len(set(labels)), engine, measure, float(np.mean(values)), spread)


def _ours(texts: Texts, seed: int, embedder: Embedder) -> IntArray:
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


def _tell(progress: Progress | None, name: str, done: int, total: int) -> None:
    if progress is not None:
        progress(name, done, total)
