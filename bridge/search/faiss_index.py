"""The index that is faiss's, in this process: exact while vectors are few, compressed and looked at twice when many."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bridge.search._alive import Alive, checked
from bridge.search._body import Body
from bridge.search._compressed import Compressed, Drift
from bridge.search._exact import Best, Mask, products, top
from bridge.search._flat import Flat
from bridge.search._placed import typed_writing
from bridge.search._snapshot import Told, read_snapshot, write_snapshot
from bridge.search._trained import CompressedOptions, sample_size, train
from bridge.search.contract import Dead, Index, Kind
from bridge.search.vectors import Floats, Rows, VectorFile

__all__ = ["CompressedOptions", "FaissIndex", "IndexOptions", "discard_faiss"]

SNAPSHOT = "index"

_BLOCK = 1024
"""Rows that are taken in at once: a start that has to catch up needs no more memory than a search."""
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


class FaissIndex(Index):
    """What it keeps is one file of its folder, ``index``, and only where it is compressed."""

    def __init__(
        self, folder: Path, vectors: VectorFile, dead: Dead = tuple, options: IndexOptions = IndexOptions()
    ) -> None:
        """The folder is made when there is something to keep. Raises VectorsDamaged."""
        self._path = folder / SNAPSHOT
        self._vectors = vectors
        self._dead = dead
        self._options = options
        self._lock = threading.Lock()
        self._rebuilding = threading.Lock()
        self._alive = Alive()
        self._built = 0
        self._saved = 0
        self._body: Body = self._loaded() or Flat(vectors, options.held)
        self._catch_up()
        self.remove(dead())

    def __len__(self) -> int:
        return len(self._alive)

    @property
    def kind(self) -> Kind:
        return self._body.kind

    @property
    def damaged(self) -> Sequence[int]:
        return tuple(self._alive.damaged)

    @property
    def needs_rebuild(self) -> bool:
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
        query = checked(query, self._vectors.dimensions)
        wanted = self._alive.among(allowed)  # before the body, which may then know more rows, never fewer
        body = self._body
        if allowed is not None and wanted.many <= self._options.few:
            rows = np.flatnonzero(wanted.mask)
            return top(k, rows, products(query, self._vectors.read_sorted(rows)))
        return body.search(query, k, wanted)

    def add(self, rows: Sequence[int] | Rows | range) -> None:
        if len(rows):
            self._catch_up()
        if isinstance(self._body, Compressed) and self._body.count - self._saved >= self._options.unsaved:
            self.save()

    def remove(self, rows: Iterable[int]) -> None:
        self._alive.remove(rows)

    def rebuild(
        self, tell: Callable[[float], None] = lambda _: None, cancelled: Callable[[], bool] = lambda: False
    ) -> bool:
        """Beside the old one, which answers until the new one takes its place."""

        def stop() -> None:
            if cancelled():
                raise _Cancelled

        with self._rebuilding:
            try:
                stop()
                self.remove(self._dead())
                alive = self._alive.mask
                many = int(np.count_nonzero(alive))
                body = self._compressed(alive, many, tell, stop) if many >= self._options.compressed_from else None
                self._take_over(body or Flat(self._vectors, self._options.held), many)
            except _Cancelled:
                return False
            self.save()
            tell(1.0)
            return True

    def save(self) -> None:
        with self._lock, typed_writing(self._path):
            body = self._body
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
                tuple(self._alive.damaged),
                (drift.built, drift.built_many, drift.later, drift.later_many),
            )
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_snapshot(self._path, told, body.trained)
            self._saved = body.count

    def close(self) -> None:
        self.save()

    def drop(self) -> None:
        discard_faiss(self._path.parent)

    def _loaded(self) -> Compressed | None:
        found = read_snapshot(self._path, self._vectors.id, self._vectors.dimensions, len(self._vectors))
        if found is None:
            return None
        told, trained = found
        self._alive = Alive(told.count, told.damaged)
        self._built, self._saved = told.built, told.count
        return Compressed(self._vectors, trained, self._options.compressed, told.count, Drift(*told.drift))

    def _catch_up(self) -> None:
        with self._lock:
            for first, halves in self._vectors.blocks(_BLOCK, self._body.count):
                self._body.extend(halves)
                self._alive.extend(first, halves)

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


def discard_faiss(folder: Path) -> None:
    """Take away what is kept beside the vector file in a folder. Raises WriteDenied."""
    with typed_writing(folder / SNAPSHOT):
        (folder / SNAPSHOT).unlink(missing_ok=True)
