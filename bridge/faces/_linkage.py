"""Average linkage over the nearest neighbours, with what must not be one group."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bridge.engines.onnx import FloatArray

IntArray = npt.NDArray[np.int64]

NEIGHBOURS = 32
SLACK = 0.1
"""How far below the threshold a pair is still remembered: its groups may grow more alike."""
ROUNDS = 5
ALL_PAIRS = 4_000_000
"""Products that are simply computed: 2,000 faces among themselves."""
MANY = 4096
"""Vectors from which on candidates are sought by a part of them."""
REDUCED = 128
LOST = 0.06
"""What a product may lose by that."""
CHUNK = 16384
"""Pairs that are multiplied at a time: 64 MB each side."""
ANYONE = -1


@dataclass(slots=True, eq=False)
class Clusters:
    """c clusters, each by its sum. ``fixed`` ones take others in and are never taken in."""

    sums: FloatArray
    """(c, dimensions)"""
    weights: FloatArray
    fixed: npt.NDArray[np.bool_]
    persons: IntArray
    photos: list[set[int]]
    refused: dict[int, set[int]] = field(default_factory=dict)
    """By cluster, fixed ones that it is not."""
    parents: list[int] = field(init=False)
    stamps: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.parents = list(range(len(self.sums)))
        self.stamps = [0] * len(self.sums)

    def find(self, at: int) -> int:
        """The cluster that this one is part of by now."""
        root = at
        while self.parents[root] != root:
            root = self.parents[root]
        while self.parents[at] != root:
            self.parents[at], at = root, self.parents[at]
        return root

    def alive(self) -> IntArray:
        return np.array([at for at, parent in enumerate(self.parents) if at == parent], np.int64)

    def means(self, which: IntArray) -> FloatArray:
        means: FloatArray = (self.sums[which] / self.weights[which, None]).astype(np.float32)
        return means

    def likeness(self, one: int, other: int) -> float:
        """Mean over all pairs of their faces, to five places: ties are broken by order, not by rounding."""
        product = float(self.sums[one] @ self.sums[other])
        return round(product / float(self.weights[one] * self.weights[other]), 5)

    def may_join(self, one: int, other: int) -> bool:
        if self.fixed[one] and self.fixed[other]:
            return False
        persons = self.persons[one], self.persons[other]
        if ANYONE not in persons and persons[0] != persons[1]:
            return False
        if other in self.refused.get(one, ()) or one in self.refused.get(other, ()):
            return False
        return self.photos[one].isdisjoint(self.photos[other])

    def join(self, one: int, other: int) -> int:
        """Both as one, whatever is against it; which of them it is."""
        kept, gone = (other, one) if self.fixed[other] or (other < one and not self.fixed[one]) else (one, other)
        self.sums[kept] += self.sums[gone]
        self.weights[kept] += self.weights[gone]
        if self.persons[kept] == ANYONE:
            self.persons[kept] = self.persons[gone]
        small, large = sorted((self.photos[kept], self.photos[gone]), key=len)
        large |= small
        self.photos[kept], self.photos[gone] = large, set()
        if gone in self.refused:
            self.refused.setdefault(kept, set()).update(self.refused.pop(gone))
        self.parents[gone] = kept
        self.stamps[kept] += 1
        return kept


def link(clusters: Clusters, same: float) -> None:
    """Join the two clusters that are most alike until none are by ``same``.

    Only pairs of neighbours are looked at; since clusters change their neighbours, they are sought again until nothing
    joins any more.
    """
    for _ in range(ROUNDS):
        if not _round(clusters, same):
            return


def nearest(queries: FloatArray, base: FloatArray, least: float) -> Iterator[tuple[int, int, float]]:
    """Row of ``queries``, row of ``base`` and product of those that are alike by ``least``: of few all, of many the
    ``NEIGHBOURS`` most alike of each.

    Candidates among many are sought in the ``REDUCED`` directions in which they differ most, an eighth of the work;
    the products are of the whole vectors.
    """
    if len(queries) * len(base) <= ALL_PAIRS:
        products = queries @ base.T
        at, rows = np.nonzero(products >= least)
        found = products[at, rows]
    else:
        at, rows = _candidates(queries, base, least)
        found = _products(queries, base, at, rows)
    for one, other, product in zip(at.tolist(), rows.tolist(), found.tolist(), strict=True):
        if product >= least:
            yield one, other, round(product, 5)


def _candidates(queries: FloatArray, base: FloatArray, least: float) -> tuple[IntArray, IntArray]:
    """Rows of ``queries`` and of ``base``, one of each for a pair."""
    import faiss

    lost = 0.0
    if len(base) > MANY and base.shape[1] > REDUCED:
        queries, base = _reduced(queries, base)
        lost = LOST
    count = min(NEIGHBOURS + 1, len(base))
    products, rows = faiss.knn(queries, base, count, faiss.METRIC_INNER_PRODUCT)
    at, column = np.nonzero(products >= least - lost)
    return at, rows[at, column]


def _reduced(queries: FloatArray, base: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Both in fewer numbers and of nearly the same products: x y = (x - m)(y - m) + x m + y m - m m, of which only the
    first is an estimate."""
    sample = base[:: len(base) // MANY]
    mean = sample.mean(axis=0)
    centred = sample - mean
    directions = np.linalg.eigh(centred.T @ centred)[1][:, -REDUCED:]

    def turned(vectors: FloatArray, *more: FloatArray) -> FloatArray:
        reduced: FloatArray = np.column_stack([vectors @ directions - mean @ directions, *more]).astype(np.float32)
        return reduced

    ones = np.ones(max(len(queries), len(base)), np.float32)
    return (
        turned(queries, ones[: len(queries)], queries @ mean - mean @ mean),
        turned(base, base @ mean, ones[: len(base)]),
    )


def _products(queries: FloatArray, base: FloatArray, at: IntArray, rows: IntArray) -> FloatArray:
    products = np.zeros(len(at), np.float32)
    for start in range(0, len(at), CHUNK):
        part = slice(start, start + CHUNK)
        products[part] = np.einsum("ij,ij->i", queries[at[part]], base[rows[part]])
    return products


def _round(clusters: Clusters, same: float) -> bool:
    """Whether anything was joined."""
    pairs = _pairs(clusters, same - SLACK)
    heapq.heapify(pairs)
    seen: set[tuple[int, int, int]] = set()
    joined = False
    while pairs:
        negative, one, other, stamp = heapq.heappop(pairs)
        one, other = clusters.find(one), clusters.find(other)
        if one == other or not clusters.may_join(one, other):
            continue
        one, other = min(one, other), max(one, other)
        now = clusters.stamps[one] + clusters.stamps[other]
        if stamp == now and -negative >= same:
            clusters.join(one, other)
            joined = True
        elif stamp != now and (one, other, now) not in seen:
            # One of them has grown since: the pair waits for its turn again, by what it is now.
            seen.add((one, other, now))
            likeness = clusters.likeness(one, other)
            if likeness >= same:
                heapq.heappush(pairs, (-likeness, one, other, now))
    return joined


def _pairs(clusters: Clusters, least: float) -> list[tuple[float, int, int, int]]:
    """(-likeness, cluster, cluster, stamps) of neighbours that are alike by ``least``; one of each is not fixed."""
    alive = clusters.alive()
    free = alive[~clusters.fixed[alive]]
    if not len(free):
        return []
    found: dict[tuple[int, int], float] = {}
    for at, row, likeness in nearest(clusters.means(free), clusters.means(alive), least):
        one, other = int(free[at]), int(alive[row])
        if one != other:
            found[min(one, other), max(one, other)] = likeness
    stamps = clusters.stamps
    return [(-likeness, one, other, stamps[one] + stamps[other]) for (one, other), likeness in found.items()]
