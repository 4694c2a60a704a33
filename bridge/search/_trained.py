"""What a compressed index learns from a sample of the vectors.

A product of a query and a vector is estimated as ``query . centre + (A query) . code``: vectors are grouped around
centres, and what a vector has beyond its centre is projected onto the directions in which vectors differ most (``A``)
and written in half a byte for every two of them. The centres keep all dimensions, so that what all photos share, which
is most of a vector and in the way of a text query, costs no precision. ``A`` is not centred: that would change the
order of products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from bridge.search._faiss import faiss_module
from bridge.search.vectors import Floats, Halves

__all__ = ["CompressedOptions", "Trained", "sample_size", "train"]


@dataclass(frozen=True, slots=True)
class CompressedOptions:
    """Measured on a million vectors of 768 (benchmarks/search.py)."""

    directions: int = 320
    """That are kept of a vector, two to half a byte: 80 bytes a vector."""
    probed: float = 0.08
    """Part of the vectors whose codes a search looks at in any case, the most promising groups first."""
    probed_most: float = 0.4
    """And at most, of groups that may hold something better than what was found so far."""
    probed_least: int = 50_000
    """Vectors; fewer than this cost nothing."""
    reach: float = 0.25
    """How much of its radius a group is taken to reach towards the query: a wide one may hold something near although
    its centre is not. Without, a third of the vectors held 0.95 of what texts look for; with it a fifth 0.99."""
    doubt: float = 3.5
    """Estimates this many of their errors' standard deviations below the k-th best are not looked at exactly."""
    first: int = 256
    """Candidates that are looked at exactly in any case: their errors tell how far estimates can be trusted."""
    most: int = 2560
    """Candidates at most; eight for each result where those are more."""
    few: int = 200_000
    """Vectors; of no more than these more are looked at, which costs little. Views of one photo may be very alike, and
    the errors of real photos have a long tail."""
    doubt_of_few: float = 6.0
    most_of_few: int = 8192
    rounds: int = 6
    """Of k-means."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    projection: Floats
    """(kept directions, dimensions)."""
    centres: Halves
    """(groups, dimensions + 1): a centre, then how far its group reaches."""
    codes: Any
    """faiss's index of the codes, over projected vectors."""


def groups_for(many: int) -> int:
    return max(4, round(2 * sqrt(many)))


def sample_size(many: int) -> int:
    return min(many, max(40 * groups_for(many), 1 << 14))


def train(
    sample: Floats, many: int, options: CompressedOptions, tell: Callable[[float], None], stop: Callable[[], None]
) -> Trained:
    """From (n, dimensions) of ``many`` vectors. ``stop`` raises where nobody waits for it any more."""
    faiss = faiss_module()
    projection = _main_directions(sample, options.directions)
    stop()
    short = np.ascontiguousarray(sample @ projection.T)
    kept, groups = len(projection), groups_for(many)
    means = faiss.Kmeans(kept, groups, niter=1, max_points_per_centroid=1 << 30, min_points_per_centroid=1, seed=1)
    for round_ in range(options.rounds):
        means.train(short, init_centroids=means.centroids)
        tell((round_ + 1) / options.rounds)
        stop()
    nearest = faiss.IndexFlatL2(kept)
    nearest.add(means.centroids)
    group = nearest.search(short, 1)[1][:, 0]
    stop()
    centres = _averages(sample, group, means.centroids @ projection)
    codes = faiss.IndexIVFPQFastScan(nearest, kept, groups, kept // 2, 4, faiss.METRIC_INNER_PRODUCT)
    codes.own_fields = True
    nearest.this.disown()
    codes.by_residual = True
    quantizer = faiss.ProductQuantizer(kept, kept // 2, 4)
    quantizer.train(short - means.centroids[group])
    faiss.copy_array_to_vector(faiss.vector_to_array(quantizer.centroids), codes.pq.centroids)
    codes.is_trained = True
    reaching = np.empty((groups, sample.shape[1] + 1), np.float16)
    reaching[:, :-1] = centres
    reaching[:, -1] = options.reach * _radii(sample, group, centres)
    return Trained(projection, reaching, codes)


def _main_directions(sample: Floats, most: int) -> Floats:
    """The directions of most variance, turned so that each holds as much as any other: codes of one size suit them."""
    mean = sample.mean(axis=0)
    spread = sample.T @ sample / len(sample) - np.outer(mean, mean)
    _, directions = np.linalg.eigh(spread.astype(np.float64))
    kept = min(most, sample.shape[1]) // 2 * 2
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((kept, kept)))[0]
    result: Floats = np.ascontiguousarray(turn @ directions[:, ::-1][:, :kept].T, np.float32)
    return result


def _averages(sample: Floats, group: npt.NDArray[np.int64], instead: Floats) -> Floats:
    """Of each group; ``instead`` where nobody is in it."""
    order = np.argsort(group, kind="stable")
    filled, starts, sizes = np.unique(group[order], return_index=True, return_counts=True)
    result = instead.astype(np.float32)
    result[filled] = np.add.reduceat(sample[order], starts) / sizes[:, None]
    return result


def _radii(sample: Floats, group: npt.NDArray[np.int64], centres: Floats) -> Floats:
    """(groups,): root mean square distance of a group's vectors from its centre.

    A group of few in the sample is taken to be more like the others: its own radius is chance."""
    squares = np.array([float(((row - centres[at]) ** 2).sum()) for row, at in zip(sample, group, strict=True)])
    sums, sizes = (np.bincount(group, weights, len(centres)) for weights in (squares, None))
    like_others = 3
    result: Floats = np.sqrt((sums + like_others * squares.mean()) / (sizes + like_others)).astype(np.float32)
    return result
