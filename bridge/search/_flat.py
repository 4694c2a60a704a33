"""Every vector is looked at: exact, and fast enough while there are few."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from bridge.search._body import Body
from bridge.search._exact import Best, Wanted, add_halves, half_store, scan, selecting, top
from bridge.search._faiss import faiss_module
from bridge.search.vectors import Floats, Halves, VectorFile

__all__ = ["Flat"]

_TIES = 32
"""More than are wanted: copies of a photo are as near as it is, and the one that came first is named first."""


class Flat(Body):
    """Holds the vectors in memory up to ``held`` bytes; beyond that it reads the file for every search."""

    kind = "flat"

    def __init__(self, vectors: VectorFile, held: int) -> None:
        self._vectors = vectors
        self._held = held
        self._lock = threading.Lock()
        self._store: Any = half_store(vectors.dimensions)
        self._count = 0

    @property
    def count(self) -> int:
        return self._count

    def extend(self, halves: Halves) -> None:
        with self._lock:
            self._count += len(halves)
            if self._count * self._vectors.dimensions * 2 > self._held:
                self._store = None
            if self._store is not None:
                add_halves(self._store, halves)

    def search(self, query: Floats, k: int, wanted: Wanted) -> Best:
        with self._lock:
            if self._store is not None:
                return self._in_memory(query, k, wanted)
        return scan(self._vectors, query, k, wanted)

    def _in_memory(self, query: Floats, k: int, wanted: Wanted) -> Best:
        asked = min(k + _TIES, wanted.many)
        if not asked:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if wanted.many < self._count:
            parameters = faiss_module().SearchParameters(sel=selecting(wanted.mask))
        scores, rows = self._store.search(query[None], asked, params=parameters)
        found = rows[0] >= 0
        return top(k, rows[0][found], scores[0][found])
