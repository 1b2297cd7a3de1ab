"""Measure the engine on labelled texts, beside the usual baselines, in one run.

The engines compared are in `bench_baselines`, the made-up material in `bench_months`, the clock in
`bench_speed`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.lab.themes_baselines import FIND_THE_NUMBER, OURS, Engine, engines, ours
from analysis.lab.themes_months import enough_for_months, months_with_events, several_themes
from analysis.themes.codebook import Codebook
from analysis.themes.coding import CodebookCoder
from analysis.themes.embedding import Embedder, WordLlamaEmbedder

Progress = Callable[[str, int, int], None]

LABELS_PER_CODE = (0, 1, 5, 20)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: mean and standard deviation over seeds.

    measure: "AMI" (agreement with people's coding, corrected for chance, at most 1), "stability"
    (ARI of a run on 80 % of the texts with the full run), "themes ÷ truth" (1 is best),
    "same in another order" (share of seeds with the very same themes), "unassigned" (share),
    "accuracy, m labels" (share right), the measures of `bench_months`, or "seconds".
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
    compared = engines(shared)
    rows: list[Row] = []
    for done, (name, (texts, labels)) in enumerate(sorted(sets.items())):
        _tell(progress, name, done, len(sets))
        drawn = [subsample(texts, labels, sample, most_labels, seed) for seed in seeds]
        rows += _unguided(name, drawn, seeds, compared)
        rows += _stability(name, drawn, seeds, shared)
        rows += _guided(name, drawn, seeds, labels_per_code, shared)
        rows += _made_up(name, texts, labels, drawn, seeds, shared)
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
    compared: Mapping[str, Engine],
) -> list[Row]:
    from sklearn.metrics import adjusted_mutual_info_score

    rows = []
    for engine, run in compared.items():
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
        if engine in FIND_THE_NUMBER:
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

    values, same = [], []
    for (texts, _), seed in zip(drawn, seeds, strict=True):
        whole = ours(texts, seed, embedder)
        kept = sorted(random.Random(seed).sample(range(len(texts)), round(0.8 * len(texts))))
        part = ours([texts[i] for i in kept], seed, embedder)
        values.append(float(adjusted_rand_score(whole[kept], part)))
        turned = ours(texts[::-1], seed, embedder)[::-1]
        same.append(float(np.array_equal(whole, turned)))
    return [
        _row(name, drawn, OURS, "stability", values),
        _row(name, drawn, OURS, "same in another order", same),
    ]


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
            names = spoken(labels)
            given = _give(names, count, seed)
            coder = CodebookCoder(Codebook.from_names(sorted(set(names))), embedder)
            guessed = coder.fit(texts, given).predict(texts)
            left = [i for i, label in enumerate(given) if label is None]
            if left:
                values.append(float(np.mean([guessed[i] == names[i] for i in left])))
        if values:
            rows.append(_row(name, drawn, "coder", f"accuracy, {count} labels", values))
    return rows


def _made_up(
    name: str,
    texts: Sequence[str],
    labels: Sequence[str],
    drawn: Sequence[tuple[list[str], list[str]]],
    seeds: Sequence[int],
    embedder: Embedder,
) -> list[Row]:
    """Several themes a comment, and months with events where the set has topics enough."""
    several = [
        several_themes(some, spoken(y), embedder, seed)
        for (some, y), seed in zip(drawn, seeds, strict=True)
    ]
    rows = [_row(name, drawn, "coder", "several themes, 20 labels, micro-F1", several)]
    if enough_for_months(labels):
        months = [months_with_events(texts, labels, embedder, seed) for seed in seeds]
        rows.append(_row(name, drawn, OURS, "events over months, F1", [m.f1() for m in months]))
        kept = [m.kept / max(m.asked, 1) for m in months]
        rows.append(_row(name, drawn, OURS, "ids kept over months", kept))
    return rows


def spoken(labels: Sequence[str]) -> list[str]:
    """Labels as names that people read."""
    return [label.replace("_", " ").replace("/", " ") for label in labels]


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


def _tell(progress: Progress | None, name: str, done: int, total: int) -> None:
    if progress is not None:
        progress(name, done, total)
