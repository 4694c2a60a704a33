"""Which photos' vectors are nearest to a query: exact while they are few, compressed and looked at twice when many.

Nothing here is the only copy of anything: the vectors are in their file, and which of them count is for the owner of
the keys to say. The folder may be emptied at any time; that costs a rebuild.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bridge.errors import DiskFull, WriteDenied
from bridge.paths import shown
from bridge.search._body import Body, Kind
from bridge.search._compressed import Compressed, Drift
from bridge.search._exact import Best, Mask, Wanted, products, top
from bridge.search._flat import Flat
from bridge.search._snapshot import Told, read_snapshot, write_snapshot
from bridge.search._trained import CompressedOptions, sample_size, train
from bridge.search.vectors import Floats, Rows, VectorFile

__all__ = ["CompressedOptions", "Index", "IndexOptions"]

_log = logging.getLogger(__name__)
_BLOCK = 1024
"""Rows that are taken in at once: a start that has to catch up needs no more memory than a search."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_TRAINING = 0.4
"""Part of a rebuild's time, for whoever waits."""


@dataclass(frozen=True, slots=True)
class IndexOptions:
    compressed_from: int = 50_000
    """Rows that count from which a rebuild makes a compressed index; it goes back to flat below half of them."""
    held: int = 128 << 20
    """Bytes of vectors that a flat index keeps in memory; beyond that it reads the file for every search."""
    few: int = 4000
    """So few allowed rows are read one by one, whatever the index."""
    grown: float = 2.0
    """Times as many rows as it was trained on."""
    gone: float = 0.25
    """Part of its rows that do not count any more."""
    drifted: float = 1.25
    """Times as far as before from the nearest centre, squared, lie the rows that came since."""
    unsaved: int = 20_000
    """Rows that a start may have to encode again."""
    compressed: CompressedOptions = field(default_factory=CompressedOptions)


class _Cancelled(Exception):
    """Nobody waits for the rebuild any more."""


class Index:
    """Safe to use from several threads: searches go on while rows are added and while it is rebuilt.

    ``dead`` says which rows of the file no longer count: those of photos that are gone, and older rows of a key that
    was appended again. It is asked when the index is opened and rebuilt; in between, ``remove`` tells of more.
    """

    def __init__(
        self,
        folder: Path,
        vectors: VectorFile,
        dead: Callable[[], Iterable[int]] = tuple,
        options: IndexOptions = IndexOptions(),
    ) -> None:
        """Rows that are in the file already are part of it at once; the folder is made. Raises VectorsDamaged."""
        self._path = folder / "index"
        self._vectors = vectors
        self._dead = dead
        self._options = options
        self._lock = threading.Lock()
        self._rebuilding = threading.Lock()
        self._alive: Mask = np.ones(0, np.bool_)
        self._damaged: list[int] = []
        self._built = 0
        self._saved = 0
        self._body: Body = self._loaded() or Flat(vectors, options.held)
        self._catch_up()
        self.remove(dead())

    def __len__(self) -> int:
        """Rows that can be found."""
        return int(np.count_nonzero(self._alive))

    @property
    def kind(self) -> Kind:
        return self._body.kind

    @property
    def damaged(self) -> Sequence[int]:
        """Rows whose vectors are damaged in the file: their photos have to be looked at again."""
        return tuple(self._damaged)

    @property
    def needs_rebuild(self) -> bool:
        """Searches are right without, and slower, or find a little less, the longer it waits."""
        body, many, options = self._body, len(self), self._options
        if not isinstance(body, Compressed):
            return many >= options.compressed_from
        return (
            many < options.compressed_from / 2
            or body.count > options.grown * self._built
            or body.codes.ntotal - many > options.gone * body.codes.ntotal
            or body.drift.ratio > options.drifted
        )

    def search(self, query: Floats, k: int, *, allowed: Rows | Sequence[int] | None = None) -> Best:
        """The best ``k`` rows for a query (dimensions,), and their exact products with it, the best first.

        ``allowed``: rows in ascending order; no others are found. There are fewer than ``k`` only where there are not
        more. Raises VectorsDamaged.
        """
        query = np.ascontiguousarray(query, np.float32)
        if query.shape != (self._vectors.dimensions,):
            raise ValueError(f"a query of {query.shape}, not ({self._vectors.dimensions},)")
        alive = self._alive  # before the body, which may then know more rows, never fewer
        body = self._body
        if allowed is None:
            return body.search(query, k, Wanted(alive, int(np.count_nonzero(alive))))
        rows = np.asarray(allowed, np.int64)
        rows = rows[(rows >= 0) & (rows < len(alive))]
        rows = rows[alive[rows]]
        if len(rows) <= self._options.few:
            return top(k, rows, products(query, self._vectors.read_sorted(rows)))
        mask = np.zeros(len(alive), np.bool_)
        mask[rows] = True
        return body.search(query, k, Wanted(mask, len(rows)))

    def add(self, rows: Sequence[int] | Rows | range) -> None:
        """Rows that were appended to the file; those before them that are not known yet come with them.

        Raises DiskFull, WriteDenied where the index is saved on the way and cannot be.
        """
        if len(rows):
            self._catch_up()
        if isinstance(self._body, Compressed) and self._body.count - self._saved >= self._options.unsaved:
            self.save()

    def remove(self, rows: Iterable[int]) -> None:
        """They are not found from now on."""
        gone = np.fromiter(rows, np.int64)
        with self._lock:
            alive = self._alive.copy()
            alive[gone[(gone >= 0) & (gone < len(alive))]] = False
            self._alive = alive

    def rebuild(
        self, tell: Callable[[float], None] = lambda _: None, cancelled: Callable[[], bool] = lambda: False
    ) -> bool:
        """From the file, beside the old one, which answers until the new one takes its place. False: cancelled.

        ``tell`` gets 0..1. One at a time; a second one waits. Raises VectorsDamaged; DiskFull, WriteDenied where the
        new one, which answers then, cannot be saved.
        """

        def stop() -> None:
            if cancelled():
                raise _Cancelled

        with self._rebuilding:
            try:
                self.remove(self._dead())
                alive = self._alive
                many = int(np.count_nonzero(alive))
                body = self._compressed(alive, many, tell, stop) if many >= self._options.compressed_from else None
                self._take_over(body or Flat(self._vectors, self._options.held), many)
            except _Cancelled:
                return False
            self.save()
            tell(1.0)
            return True

    def save(self) -> None:
        """What would take long to make again, so that the next start is quick. Raises DiskFull, WriteDenied."""
        with self._lock:
            body = self._body
            try:
                if not isinstance(body, Compressed):
                    self._path.unlink(missing_ok=True)
                    return
                self._vectors.sync()  # a snapshot never knows more rows than a loss of power leaves in the file
                drift = body.drift
                told = Told(
                    self._vectors.id.hex(),
                    self._vectors.dimensions,
                    body.count,
                    self._built,
                    tuple(self._damaged),
                    (drift.built, drift.built_many, drift.later, drift.later_many),
                )
                self._path.parent.mkdir(parents=True, exist_ok=True)
                write_snapshot(self._path, told, body.trained)
                self._saved = body.count
            except OSError as error:
                name, why = shown(self._path), os.strerror(error.errno) if error.errno else str(error)
                if error.errno in _FULL:
                    raise DiskFull(f"There is no room to write {name}.", detail=why) from error
                raise WriteDenied(f"{name} may not be written ({why}).") from error

    def _loaded(self) -> Compressed | None:
        found = read_snapshot(self._path, self._vectors.id, self._vectors.dimensions, len(self._vectors))
        if found is None:
            return None
        told, trained = found
        self._alive = np.ones(told.count, np.bool_)
        self._damaged = list(told.damaged)
        self._alive[self._damaged] = False
        self._built, self._saved = told.built, told.count
        return Compressed(self._vectors, trained, self._options.compressed, told.count, Drift(*told.drift))

    def _catch_up(self) -> None:
        with self._lock:
            for first, halves in self._vectors.blocks(_BLOCK, self._body.count):
                sound = ~np.isnan(halves[:, 0])
                self._damaged.extend((np.flatnonzero(~sound) + first).tolist())
                self._body.extend(halves)
                self._alive = np.concatenate((self._alive, sound))

    def _compressed(
        self, alive: Mask, many: int, tell: Callable[[float], None], stop: Callable[[], None]
    ) -> Compressed:
        rows = np.flatnonzero(alive)
        rows = np.sort(np.random.default_rng(1).choice(rows, sample_size(many), replace=False))
        options = self._options.compressed
        trained = train(self._vectors.read(rows), many, options, lambda part: tell(part * _TRAINING), stop)
        body = Compressed(self._vectors, trained, options)
        for first, halves in self._vectors.blocks(_BLOCK):
            here = alive[first : first + len(halves)]
            body.build(halves[: len(here)], here)
            stop()
            tell(_TRAINING + (1 - _TRAINING) * body.count / len(alive))
            if body.count == len(alive):
                break
        return body

    def _take_over(self, body: Body, built: int) -> None:
        """What came while it was made, first; the last of it while nobody adds."""
        while body.count + _BLOCK < self._body.count:
            self._follow(body)
        with self._lock:
            self._follow(body)
            self._body, self._built = body, built

    def _follow(self, body: Body) -> None:
        until = self._body.count
        for first, halves in self._vectors.blocks(_BLOCK, body.count):
            body.extend(halves[: until - first])
            if body.count == until:
                return
