"""The vectors of this home: for each model a file, an index over it, and which picture has which row of it."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.errors import BridgeError, Refused, VectorsDamaged, VectorsUnreadable
from bridge.jobs.work import pool
from bridge.paths import shown
from bridge.search.index import Index, IndexOptions
from bridge.search.vectors import VectorFile
from bridge.store import LibraryTable
from bridge.taggers.embedding import Embedder
from bridge.values import ModelIdentity

VECTORS = "vectors"
PATIENCE = 1.1
EXACT = 2**62
"""Vectors: never so many."""
AT_ONCE = 10_000
"""Pictures that are told to the store in one step."""

_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Space:
    """One model's vectors, open."""

    number: int
    identity: ModelIdentity
    embedder: Embedder
    vectors: VectorFile
    index: Index
    threads: Executor
    """As many as keep the model busy."""
    pictures: int
    """How many have a vector."""
    told_at: int = 0
    """So many had one when it was last said that the index had better be built anew."""
    building: threading.Lock = field(default_factory=threading.Lock)
    """Held while the index is built anew."""


class Spaces:
    """Opened when they are first needed. Safe to use from several threads."""

    def __init__(
        self,
        folder: Path,
        library: LibraryTable,
        make: Callable[[str | None], Embedder],
        drifted: Callable[[Space], object] = lambda _: None,
        options: IndexOptions | None = None,
    ) -> None:
        """``make`` gives the embedder of a name, or with None that which the settings want now; ``drifted`` is told of
        a space whose index had better be built anew."""
        self._options = options or IndexOptions()
        self._folder = folder
        self._library = library
        self._make = make
        self._drifted = drifted
        self._lock = threading.RLock()
        self._open: dict[ModelIdentity, Space] = {}
        self._closed: dict[int, int] = {}
        """Pictures of spaces that are not open, once they were counted."""

    def wanted(self) -> Space:
        """Where new vectors go. Raises ModelMissing and what else ``Embedder.load`` does."""
        return self._space(self._make(None))

    def wanted_identity(self) -> ModelIdentity:
        """Without loading anything. Raises ModelMissing."""
        return self._make(None).identity()

    def answering(self) -> Space:
        """Where questions are asked: the wanted one, unless another that can still be asked knows more photos."""
        wanted = self.wanted()
        for number, identity, _ in self._library.spaces():
            if number == wanted.number or self._pictures(number, identity) <= wanted.pictures:
                continue
            try:
                embedder = self._make(identity.name)
                if embedder.identity() == identity:
                    return self._space(embedder)
            except Exception as error:  # what libraries of models raise is as varied as they are
                _log.info("%s cannot be asked any more: %s", identity.name, error)
        return wanted

    def lacks(self, space: Space, key: bytes) -> bool:
        return self._library.row_of(space.number, key) is None

    def keep(self, space: Space, key: bytes, vector: FloatArray) -> None:
        """Store a picture's vector, once. Raises DiskFull, WriteDenied, VectorsDamaged."""
        with self._lock:
            if self._open.get(space.identity) is not space:
                raise Refused("The index was closed or forgotten while this photo was looked at.")
            if not self.lacks(space, key):
                return
            rows = space.vectors.append([key], vector[None])
            try:
                self._library.add_vectors(space.number, [(key, rows[0])])
            except BaseException:
                # A row that is no picture's is never found.
                space.index.add(rows)
                space.index.remove(rows)
                raise
            space.pictures += 1
        space.index.add(rows)
        self._watch(space)

    def _watch(self, space: Space) -> None:
        """Told again after a while only: a build that failed for want of room is not begun with every photo."""
        if space.pictures > PATIENCE * space.told_at and space.index.needs_rebuild:
            space.told_at = space.pictures
            self._drifted(space)

    def vector(self, space: Space, key: bytes) -> FloatArray | None:
        """A picture's vector; None where it has none."""
        row = self._library.row_of(space.number, key)
        return None if row is None else space.vectors.read([row])[0]

    def rebuild(self, space: Space, tell: Callable[[float], None], cancelled: Callable[[], bool]) -> None:
        """Build a space's index anew beside the old one; vectors whose photos are all forgotten are let go.

        Raises VectorsDamaged, DiskFull, WriteDenied.
        """
        with space.building:
            self._tidy(space)
            space.index.rebuild(tell, cancelled)

    def _tidy(self, space: Space) -> None:
        while unused := self._library.unused(space.number):
            with self._lock:
                self._library.remove_vectors(space.number, [key for key, _ in unused])
                space.index.remove([row for _, row in unused])
                space.pictures -= len(unused)

    def size(self, identity: ModelIdentity) -> int:
        """Bytes of a space's file of vectors."""
        with suppress(OSError):
            return (self._folder / _digest(identity) / VECTORS).stat().st_size
        return 0

    def opened(self) -> list[Space]:
        with self._lock:
            return list(self._open.values())

    def purge(self) -> int:
        """Forget every photo and every vector. Returns how many photos that were."""
        for space in self.opened():
            with space.building, self._lock:
                self._open.pop(space.identity, None)
                space.vectors.close()
        with self._lock:
            self._closed.clear()
            shutil.rmtree(self._folder, ignore_errors=True)
            return self._library.purge()

    def close(self) -> None:
        """End the threads and store what is only in memory. An index that cannot be stored is built anew next time."""
        for space in self.opened():
            space.threads.shutdown()
            with space.building, self._lock:
                self._open.pop(space.identity, None)
                try:
                    space.index.save()
                    space.vectors.close()
                except BridgeError as error:
                    _log.warning("the index of %s: %s", space.identity.name, error.message)

    def _pictures(self, number: int, identity: ModelIdentity) -> int:
        opened = self._open.get(identity)
        if opened is not None:
            return opened.pictures
        if number not in self._closed:
            self._closed[number] = self._library.vectors(number)
        return self._closed[number]

    def _space(self, embedder: Embedder) -> Space:
        identity = embedder.identity()
        with self._lock:
            space = self._open.get(identity)
        if space is not None:
            return space
        embedder.load()  # it takes seconds, and others want the lock
        with self._lock:
            space = self._open.get(identity)
            if space is None:
                space = self._open[identity] = self._opened(identity, embedder)
        self._watch(space)  # what was saved of the index may be gone, or old
        return space

    def _opened(self, identity: ModelIdentity, embedder: Embedder) -> Space:
        number = self._library.space(identity, embedder.dimensions)
        folder = self._folder / _digest(identity)
        for made in (self._folder, folder):
            made.mkdir(mode=0o700, exist_ok=True)
        vectors = _vectors(folder / VECTORS, embedder.dimensions)
        pictures = self._settle(number, vectors)

        def dead() -> Iterable[int]:
            with self._lock:  # not between a row and its picture
                there: Iterable[int] = np.setdiff1d(np.arange(len(vectors)), self._library.rows(number))
            return there

        options = self._options if embedder.compresses else replace(self._options, compressed_from=EXACT)
        index = Index(folder, vectors, dead, options)
        if index.damaged:
            _log.warning("%d vectors of %s are damaged: index these photos again", len(index.damaged), identity.name)
            self._library.forget_rows(number, index.damaged)
            pictures = self._library.vectors(number)
        return Space(
            number=number,
            identity=identity,
            embedder=embedder,
            vectors=vectors,
            index=index,
            threads=pool("look", embedder.in_flight),
            pictures=pictures,
        )

    def _settle(self, number: int, vectors: VectorFile) -> int:
        """Make the store and the file agree after a crash: rows that the file lost are forgotten, rows that the store
        never heard of are adopted. Returns how many pictures have a vector."""
        known = self._library.cut_vectors(number, len(vectors))
        batch: list[tuple[bytes, int]] = []
        for row, key in vectors.keys(known):
            batch.append((key, row))
            if len(batch) == AT_ONCE:
                self._library.adopt_vectors(number, batch)
                batch.clear()
        self._library.adopt_vectors(number, batch)
        return self._library.vectors(number)


def _vectors(path: Path, dimensions: int) -> VectorFile:
    try:
        return VectorFile(path, dimensions)
    except VectorsUnreadable:
        raise  # it is sound as far as is known
    except VectorsDamaged as error:
        aside = next(name for at in count() if not (name := path.with_name(f"{path.name}.damaged{at or ''}")).exists())
        path.replace(aside)
        _log.warning("%s It is kept as %s; the photos are looked at again.", error.message, shown(aside))
        return VectorFile(path, dimensions)


def _digest(identity: ModelIdentity) -> str:
    told = json.dumps([identity.name, identity.digest, identity.options])
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()
