"""Which rows of a vector file can be found."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np

from bridge.search._exact import Mask, Wanted
from bridge.search.vectors import Floats, Halves, Rows

__all__ = ["Alive", "checked"]


class Alive:
    """Rows from 0 on. Safe to use from several threads: the mask is replaced by another and never changed."""

    def __init__(self, count: int = 0, damaged: Sequence[int] = ()) -> None:
        self._lock = threading.Lock()
        self.mask: Mask = np.ones(count, np.bool_)
        self.damaged = list(damaged)
        """Rows whose vectors are damaged in the file."""
        self.mask[self.damaged] = False

    def __len__(self) -> int:
        return int(np.count_nonzero(self.mask))

    def extend(self, first: int, halves: Halves) -> None:
        """The next rows; those of NaN are damaged."""
        sound = ~np.isnan(halves[:, 0])
        with self._lock:
            self.damaged.extend((np.flatnonzero(~sound) + first).tolist())
            self.mask = np.concatenate((self.mask, sound))

    def remove(self, rows: Iterable[int]) -> None:
        """Those that are not there are passed over."""
        gone = np.fromiter(rows, np.int64)
        with self._lock:
            alive = self.mask.copy()
            alive[gone[(gone >= 0) & (gone < len(alive))]] = False
            self.mask = alive

    def among(self, allowed: Rows | Sequence[int] | None) -> Wanted:
        """What a search may find."""
        alive = self.mask
        if allowed is None:
            return Wanted(alive, int(np.count_nonzero(alive)))
        rows = np.asarray(allowed, np.int64)
        rows = rows[(rows >= 0) & (rows < len(alive))]
        mask = np.zeros(len(alive), np.bool_)
        mask[rows] = alive[rows]
        return Wanted(mask, int(np.count_nonzero(mask)))


def checked(query: Floats, dimensions: int) -> Floats:
    """A query as indexes take it."""
    result: Floats = np.ascontiguousarray(query, np.float32)
    if result.shape != (dimensions,):
        raise ValueError(f"a query of {result.shape}, not ({dimensions},)")
    return result
