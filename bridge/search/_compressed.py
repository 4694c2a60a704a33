"""Many vectors: codes in memory say which ones may be the best, and those are looked at exactly in their file."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from bridge.search._body import Body
from bridge.search._exact import Best, Mask, Wanted, selecting
from bridge.search._faiss import faiss_module
from bridge.search._looking import Looking
from bridge.search._trained import CompressedOptions, Trained
from bridge.search.vectors import Floats, Halves, Rows, VectorFile

__all__ = ["Compressed"]

_WATCHED = 8
"""Every eighth vector's distance to its centre is noted, and every first one's of what is added at once."""
_TELLING = 64
"""So many notes, and no fewer, say something."""


class Drift:
    """How far vectors lie from the centres: those that the index was built of, and those that came later."""

    def __init__(self, built: float = 0.0, built_many: int = 0, later: float = 0.0, later_many: int = 0) -> None:
        self.built, self.built_many = built, built_many
        self.later, self.later_many = later, later_many

    def note(self, distances: Floats, built: bool) -> None:
        total, many = float(distances.sum()), len(distances)
        if built:
            self.built, self.built_many = self.built + total, self.built_many + many
        else:
            self.later, self.later_many = self.later + total, self.later_many + many

    @property
    def ratio(self) -> float:
        if not self.built or self.later_many < _TELLING:
            return 1.0
        return (self.later / self.later_many) / (self.built / self.built_many)


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Groups around a query, the most promising first."""

    query: Floats
    """Projected."""
    groups: Rows
    scores: Floats
    """Products of the query and the centres."""
    reached: Floats
    """And as far as the groups reach."""
    sizes: Rows
    """Vectors in a group and those before it."""

    def __getitem__(self, which: slice | Mask) -> Near:
        return Near(
            self.query,
            np.ascontiguousarray(self.groups[which]),
            np.ascontiguousarray(self.scores[which]),
            self.reached[which],
            self.sizes[which],
        )


class Compressed(Body):
    """Rows are numbered by the file, in faiss's index too; ``count`` may be more than the codes there are."""

    kind = "compressed"

    def __init__(
        self,
        vectors: VectorFile,
        trained: Trained,
        options: CompressedOptions,
        count: int = 0,
        drift: Drift | None = None,
    ) -> None:
        """``count``: rows of the file that ``trained.codes`` knows of already."""
        self._vectors = vectors
        self._options = options
        self._lock = threading.Lock()
        self._count = count
        self.drift = drift or Drift()
        self._projection = trained.projection
        self.codes = trained.codes
        self._centres = trained.centres[:, :-1].astype(np.float32)
        self._reach = trained.centres[:, -1].astype(np.float32)
        self._sizes = np.zeros(len(self._reach), np.int64)
        self._sized = 0

    @property
    def count(self) -> int:
        return self._count

    @property
    def trained(self) -> Trained:
        centres = np.column_stack((self._centres, self._reach)).astype(np.float16)
        return Trained(self._projection, centres, self.codes)

    def extend(self, halves: Halves) -> None:
        self._put(halves, ~np.isnan(halves[:, 0]), False)

    def build(self, halves: Halves, here: Mask) -> None:
        """As ``extend``, for those of the next rows that are ``here``; the others take a number and are never found."""
        self._put(halves, here & ~np.isnan(halves[:, 0]), True)

    def search(self, query: Floats, k: int, wanted: Wanted) -> Best:
        found = self._search(query, k, wanted, everywhere=wanted.many < self._count / 2)
        if len(found[0]) < min(k, wanted.many):
            found = self._search(query, k, wanted, everywhere=True)
        return found

    def _put(self, halves: Halves, here: Mask, building: bool) -> None:
        rows = np.flatnonzero(here)
        short = np.ascontiguousarray(halves[here].astype(np.float32) @ self._projection.T)
        faiss_module()
        with self._lock:
            if len(rows):
                self.codes.add_with_ids(short, rows + self._count)
                self.drift.note(self.codes.quantizer.search(np.ascontiguousarray(short[::_WATCHED]), 1)[0], building)
            self._count += len(halves)

    def _search(self, query: Floats, k: int, wanted: Wanted, *, everywhere: bool) -> Best:
        """``everywhere``: in all groups, where few rows of each are wanted. Else in the most promising ones, and then
        in those that may still hold something better than the k-th best by then."""
        near = self._groups(query)
        size, options = self.codes.ntotal, self._options
        few = size <= options.few
        most = max(options.most_of_few if few else options.most, 8 * k)
        doubt = options.doubt_of_few if few else options.doubt
        looking = Looking(self._vectors, query, k, options, doubt, most)
        if everywhere:
            return looking.at(*self._scan(near, wanted, most)).best()
        surely, at_most = (
            int(np.searchsorted(near.sizes, max(part * size, options.probed_least))) + 1
            for part in (options.probed, options.probed_most)
        )
        looking = looking.at(*self._scan(near[:surely], wanted, most))
        promising = near[surely:at_most]
        promising = promising[promising.reached >= looking.kth]
        if len(promising.groups):
            looking = looking.at(*self._scan(promising, wanted, most))
        return looking.best()

    def _groups(self, query: Floats) -> Near:
        scores = self._centres @ query
        reached = scores + self._reach
        groups = np.argsort(-reached)
        with self._lock:
            self._count_groups()
        sizes = np.cumsum(self._sizes[groups])
        return Near(self._projection @ query, groups, scores[groups], reached[groups], sizes)

    def _scan(self, near: Near, wanted: Wanted, most: int) -> tuple[Rows, Floats]:
        """Rows of some groups with the best estimates."""
        faiss = faiss_module()
        found, estimates = np.empty(most, np.int64), np.empty(most, np.float32)
        parameters = faiss.SearchParametersIVF(nprobe=len(near.groups))
        if wanted.many < self._count:
            parameters = faiss.SearchParametersIVF(nprobe=len(near.groups), sel=selecting(wanted.mask))
        # faiss's wrapper of this call refuses parameters; the call itself takes them.
        pointers = [faiss.swig_ptr(array) for array in (near.groups, near.scores, estimates, found)]
        with self._lock:
            self.codes.search_preassigned_c(1, faiss.swig_ptr(near.query), most, *pointers, False, parameters)
        there = found >= 0
        return found[there], estimates[there]

    def _count_groups(self) -> None:
        """Anew where there are a hundredth more vectors than when they were counted."""
        if self.codes.ntotal > 1.01 * self._sized:
            lists = self.codes.invlists
            self._sizes = np.array([lists.list_size(group) for group in range(lists.nlist)])
            self._sized = self.codes.ntotal
