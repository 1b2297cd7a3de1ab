"""Who is near whom: the graph of nearest neighbours, and micro-clusters for large sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

_BLOCK = 1024


def nearest(rows: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
    """The k nearest rows of each by cosine, itself left out.

    rows (n, d) of unit length. Returns indices and similarities, both (n, min(k, n−1)), best
    first; ties go to the smaller index, so that the order of computation does not matter.
    """
    n = len(rows)
    k = min(k, n - 1)
    if k <= 0:
        return np.zeros((n, 0), dtype=np.int64), np.zeros((n, 0), dtype=np.float32)
    indices = np.empty((n, k), dtype=np.int64)
    values = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        similar = np.round(rows[start : start + _BLOCK] @ rows.T, 4)
        at = np.arange(len(similar))
        similar[at, at + start] = -2.0
        best, found = top(similar, k)
        indices[start : start + _BLOCK] = best
        values[start : start + _BLOCK] = found
    return indices, values


def top(similar: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
    """Positions and values of the k largest of each row (n, m), best first, then by position."""
    if k < similar.shape[1]:
        at = np.sort(np.argpartition(-similar, k - 1, axis=1)[:, :k], axis=1)
    else:
        at = np.broadcast_to(np.arange(similar.shape[1]), similar.shape)
    values = np.take_along_axis(similar, at, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(at, order, axis=1), np.take_along_axis(values, order, axis=1)


def neighbour_graph(rows: FloatArray, k: int) -> sparse.csr_matrix:
    """Symmetric graph (n, n): an edge where either is among the other's k nearest.

    Weight = cosine, at least 1e−6 so that nobody is left without an edge.
    """
    return graph_among(nearest(rows, k), np.ones(len(rows), dtype=bool), k)


def graph_among(
    near: tuple[IntArray, FloatArray], kept: NDArray[np.bool_], k: int
) -> sparse.csr_matrix:
    """As `neighbour_graph` among the kept rows (n,), from the nearest of all (see `nearest`).

    Shape (n, n), without edges for those not kept. Look up more neighbours than k, as some of
    them may not be kept.
    """
    indices, values = near
    n = len(indices)
    there = kept[indices] & kept[:, None]
    there &= np.cumsum(there, axis=1) <= k
    head, rank = np.nonzero(there)
    weights = np.maximum(values[head, rank], 1e-6).astype(np.float64)
    directed = sparse.csr_matrix((weights, (head, indices[head, rank])), shape=(n, n))
    return sparse.csr_matrix(directed.maximum(directed.T))


def micro_clusters(rows: FloatArray, count: int, seed: int, rounds: int = 4) -> IntArray:
    """Labels 0…c−1 (c ≤ count) of many small round groups: spherical k-means, few rounds.

    A clustering of the groups' centres then costs the same for 10,000 comments as for 100,000.
    """
    rng = np.random.default_rng(seed)
    centres = rows[np.sort(rng.choice(len(rows), size=count, replace=False))]
    labels = np.zeros(len(rows), dtype=np.int64)
    for _ in range(rounds):
        for start in range(0, len(rows), _BLOCK * 4):
            block = rows[start : start + _BLOCK * 4] @ centres.T
            labels[start : start + _BLOCK * 4] = np.argmax(np.round(block, 4), axis=1)
        centres = centroids(rows, labels, count)
    _, labels = np.unique(labels, return_inverse=True)
    return labels.astype(np.int64)


def centroids(rows: FloatArray, labels: IntArray, count: int) -> FloatArray:
    """Unit mean row of each label 0…count−1 (count, d); zero for an empty one; −1 is ignored."""
    used = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix(
        (np.ones(len(used), dtype=np.float32), (labels[used], used)), shape=(count, len(rows))
    )
    sums = np.asarray(member @ rows, dtype=np.float64)
    lengths = np.sqrt((sums**2).sum(axis=1, keepdims=True))
    return np.asarray(np.round(sums / np.maximum(lengths, 1e-9), 6), dtype=np.float32)
