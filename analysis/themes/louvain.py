"""Communities of a weighted graph by the Louvain method, deterministic for a given seed.

Blondel, Guillaume, Lambiotte, Lefebvre (2008), with a resolution (Reichardt, Bornholdt 2006).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

IntArray = NDArray[np.int64]


def communities(graph: sparse.csr_matrix, resolution: float = 1.0, seed: int = 0) -> IntArray:
    """Label per node of an undirected graph.

    Parameters: graph (n, n) symmetric, weights ≥ 0, zero diagonal; resolution > 0, higher gives
    more communities; seed orders the visits. Returns (n,) ints 0…c−1 in order of first
    appearance. An isolated node is a community of its own.
    """
    rng = np.random.default_rng(seed)
    n = graph.shape[0]
    labels = np.arange(n)
    level = sparse.csr_matrix(graph, dtype=np.float64)
    while True:
        moved, local = _move(level, resolution, rng)
        labels = local[labels]
        if not moved or local.max(initial=-1) + 1 == level.shape[0]:
            return relabel(labels)
        level = _aggregate(level, local)


def relabel(labels: IntArray) -> IntArray:
    """The same partition numbered 0…c−1 in order of first appearance."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)


def modularity(graph: sparse.csr_matrix, labels: IntArray, resolution: float = 1.0) -> float:
    """How much more weight lies inside the communities than chance would put there, at most 1."""
    degree = np.asarray(graph.sum(axis=1)).ravel()
    total = float(degree.sum())
    if total <= 0:
        return 0.0
    edges = graph.tocoo()
    inside = float(edges.data[labels[edges.row] == labels[edges.col]].sum())
    mass = np.bincount(labels, weights=degree) / total
    return inside / total - resolution * float((mass**2).sum())


def _aggregate(graph: sparse.csr_matrix, labels: IntArray) -> sparse.csr_matrix:
    n, c = len(labels), int(labels.max()) + 1
    member = sparse.csr_matrix((np.ones(n), (np.arange(n), labels)), shape=(n, c))
    return sparse.csr_matrix(member.T @ graph @ member)


def _move(
    graph: sparse.csr_matrix, resolution: float, rng: np.random.Generator
) -> tuple[bool, IntArray]:
    """One level: move nodes to the best neighbouring community until nothing gains.

    The diagonal holds weight inside a merged node (counted twice by symmetry). A node whose
    neighbour moved is looked at again.
    """
    n = graph.shape[0]
    indptr, indices, weights = graph.indptr.tolist(), graph.indices.tolist(), graph.data.tolist()
    degree = np.asarray(graph.sum(axis=1)).ravel().tolist()
    total = sum(degree)
    if total <= 0:
        return False, np.arange(n)
    community, mass = list(range(n)), list(degree)
    any_moved = False
    queue = rng.permutation(n).tolist()
    waiting = [True] * n
    for node in queue:  # grows while it is walked
        waiting[node] = False
        own = community[node]
        around = range(indptr[node], indptr[node + 1])
        links: dict[int, float] = {own: 0.0}
        for at in around:
            if indices[at] != node:
                there = community[indices[at]]
                links[there] = links.get(there, 0.0) + weights[at]
        mass[own] -= degree[node]
        best = _best(own, links, mass, resolution * degree[node] / total)
        mass[best] += degree[node]
        if best != own:
            community[node] = best
            any_moved = True
            for at in around:
                other = indices[at]
                if not waiting[other] and community[other] != best:
                    waiting[other] = True
                    queue.append(other)
    return any_moved, relabel(np.asarray(community, dtype=np.int64))


def _best(own: int, links: dict[int, float], mass: list[float], factor: float) -> int:
    """The linked community with the largest gain in modularity; its own if none is better."""
    best, best_gain = own, links[own] - factor * mass[own]
    for there, weight in links.items():
        gain = weight - factor * mass[there]
        if gain > best_gain + 1e-12:
            best, best_gain = there, gain
    return best
