"""Find groups and their number: consensus of Louvain partitions over resamples.

One run of a community method depends on its seed and on who happened to answer. So: partition
many subsamples, note for each pair of neighbours how often they fell together, and partition the
graph of these agreements (after Lancichinetti & Fortunato, 2012).
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.themes.graph import centroids, graph_among, micro_clusters, nearest
from analysis.themes.joining import duplicates, join_close
from analysis.themes.louvain import communities, modularity, relabel

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

# Chosen on the development half of the open sets (docs/themes.md).
VOTED_ON = 10  # nearest neighbours of each text whose togetherness is voted on
NEIGHBOURS = (20, 30)  # in the graphs that are partitioned
RESAMPLES = (16, 40)  # fewest and most; large sets need fewer, and take longer each
ROWS_DRAWN = 20_000  # rows in all resamples together, between these
KEEP = 0.85
RESOLUTIONS = (1.5, 2.5)
FINAL_RESOLUTION = 2.5
FINAL_TRIES = 10
AGREEMENT = 0.3
MAX_GRAPH_SIZE = 2500
_SPARE = 2  # neighbours looked up for each that is needed: some are not in a resample
MIN_TEXTS = 10  # different texts under which each starts as its own group


def discover(
    rows: FloatArray, seed: int = 0, min_size: int = 2, twins: IntArray | None = None
) -> IntArray:
    """Group label per row, every row in one group, groups numbered by falling size.

    Parameters: rows (n, d) unit length, zero rows get −1; seed; min_size: smaller groups are
    dissolved into the nearest; twins (n,): equal numbers for texts that must stay together.
    Returns (n,) ints in −1…c−1. Deterministic for a given order of
    rows: callers put rows into a canonical order first.
    """
    labels = np.full(len(rows), -1, dtype=np.int64)
    speaking = np.flatnonzero(rows.any(axis=1))
    if len(speaking) == 0:
        return labels
    kept = rows[speaking]
    same = duplicates(kept, None if twins is None else twins[speaking])
    if len(kept) <= MAX_GRAPH_SIZE:
        single = centroids(kept, same, int(same.max()) + 1)
    else:  # the first of each: a mean of so many rows would cost memory and tell no more
        single = kept[np.unique(same, return_index=True)[1]]
    if len(single) < MIN_TEXTS:
        found = np.arange(len(single))
    elif len(single) <= MAX_GRAPH_SIZE:
        found = consensus(single, seed)
    else:
        micro = micro_clusters(single, MAX_GRAPH_SIZE, seed)
        found = consensus(centroids(single, micro, int(micro.max()) + 1), seed)[micro]
    labels[speaking] = dissolve(kept, join_close(single, found)[same], min_size)
    return labels


def consensus(rows: FloatArray, seed: int) -> IntArray:
    """The agreed partition (n,) of rows (n, d); see the module's first lines."""
    n = len(rows)
    if n < 3:
        return np.zeros(n, dtype=np.int64)
    near = nearest(rows, _SPARE * max(NEIGHBOURS))
    everyone = np.ones(n, dtype=bool)
    head, tail = graph_among(near, everyone, neighbours_for(n, VOTED_ON)).nonzero()
    together = np.zeros(len(head))
    drawn = np.zeros(len(head))
    rng = np.random.default_rng(seed)
    # Every resolution with every number of neighbours in turn.
    ways = list(product(NEIGHBOURS, RESOLUTIONS))
    for run in range(min(RESAMPLES[1], max(RESAMPLES[0], ROWS_DRAWN // n))):
        width, resolution = ways[run % len(ways)]
        kept = np.zeros(n, dtype=bool)
        kept[rng.permutation(n)[: max(2, round(KEEP * n))]] = True
        sample = graph_among(near, kept, neighbours_for(n, width))
        part = np.full(n, -1, dtype=np.int64)
        part[kept] = communities(sample[kept][:, kept], resolution, int(rng.integers(2**31)))
        both = (part[head] >= 0) & (part[tail] >= 0)
        drawn += both
        together += both & (part[head] == part[tail])
    share = together / np.maximum(drawn, 1)
    agreed = np.where(share > AGREEMENT, share, 0.0)
    votes = sparse.csr_matrix((agreed, (head, tail)), shape=(n, n))
    votes.eliminate_zeros()
    tries = [communities(votes, FINAL_RESOLUTION, seed + t) for t in range(FINAL_TRIES)]
    return max(tries, key=lambda found: round(modularity(votes, found, FINAL_RESOLUTION), 9))


def neighbours_for(n: int, most: int) -> int:
    """Neighbours per row: at most a seventh of a small set, at least three."""
    return int(min(most, max(3, round(n / 7))))


def dissolve(rows: FloatArray, labels: IntArray, min_size: int) -> IntArray:
    """Give members of groups below min_size to the nearest large enough group; renumber by size.

    When no group is large enough, all become one.
    """
    counts = np.bincount(labels)
    large = np.flatnonzero(counts >= min_size)
    if len(large) == 0:
        return np.zeros(len(labels), dtype=np.int64)
    centres = centroids(rows, labels, len(counts))[large]
    lost = np.flatnonzero(counts[labels] < min_size)
    out = labels.copy()
    if len(lost):
        out[lost] = large[np.argmax(np.round(rows[lost] @ centres.T, 4), axis=1)]
    return by_size(out)


def by_size(labels: IntArray) -> IntArray:
    """Renumber groups by falling size; equal sizes by first appearance."""
    labels = relabel(labels)
    counts = np.bincount(labels)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[labels], dtype=np.int64)
