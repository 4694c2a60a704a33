"""Products of a query with vectors as they lie on disk, and the best of them.

faiss multiplies half precision as it is, twenty times faster than numpy, which widens it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from bridge.search._faiss import faiss_module
from bridge.search.vectors import Floats, Halves, Rows, VectorFile

__all__ = ["Best", "Mask", "Wanted", "add_halves", "half_store", "products", "scan", "selecting", "top"]

_BLOCK = 4096
Mask: TypeAlias = npt.NDArray[np.bool_]
Best: TypeAlias = tuple[Rows, Floats]
"""Rows and their products with the query, the best first; rows of the same product in their order."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Which rows a search may find: (rows of the file,), and how many of them it may."""

    mask: Mask
    many: int


def half_store(dimensions: int) -> Any:
    """An index of vectors in half precision, exact by inner product."""
    faiss = faiss_module()
    store = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    store.is_trained = True
    return store


def add_halves(store: Any, halves: Halves) -> None:
    if len(halves):
        store.add_sa_codes(np.ascontiguousarray(halves).view(np.uint8))


def products(query: Floats, halves: Halves) -> Floats:
    """(n,) of a query with (n, dimensions); minus infinity where that is no number."""
    if not len(halves):
        return np.empty(0, np.float32)
    store = half_store(len(query))
    add_halves(store, halves)
    found, places = store.search(query[None], len(halves))
    result = np.full(len(halves) + 1, -np.inf, np.float32)
    result[places[0]] = found[0]  # place -1, the one too many, is where what is no number ends
    return result[:-1]


def selecting(mask: Mask) -> Any:
    """For faiss's search parameters: rows of True are looked at."""
    return faiss_module().IDSelectorBitmap(np.packbits(mask, bitorder="little"))


def top(k: int, rows: Rows, scores: Floats) -> Best:
    if len(rows) > 4 * k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        kept = scores >= least
        rows, scores = rows[kept], scores[kept]
    order = np.lexsort((rows, -scores))[:k]
    return rows[order], scores[order]


def scan(vectors: VectorFile, query: Floats, k: int, wanted: Wanted) -> Best:
    """The best ``k`` of all that are wanted, read from their file."""
    rows: Rows = np.empty(0, np.int64)
    scores: Floats = np.empty(0, np.float32)
    for first, halves in vectors.blocks(_BLOCK, checked=False):
        here = np.flatnonzero(wanted.mask[first : first + len(halves)])
        if len(here):
            rows = np.concatenate((rows, here + first))
            scores = np.concatenate((scores, products(query, halves[here])))
            rows, scores = top(k, rows, scores)
    return rows, scores
