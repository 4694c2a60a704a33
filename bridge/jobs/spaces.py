"""The vectors of this home: for each model a file, an index over it, and which picture has which row of it."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.errors import BridgeError, Refused, VectorsDamaged, VectorsUnreadable
from bridge.jobs.work import pool
from bridge.paths import shown
from bridge.search.contract import Dead, Engine, Index
from bridge.search.making import Indexes
from bridge.search.vectors import VectorFile
from bridge.store import LibraryTable
from bridge.taggers.contract import Cancelled
from bridge.taggers.embedding import Embedder
from bridge.values import ModelIdentity

VECTORS = "vectors"
PATIENCE = 1.1
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
        indexes: Indexes | None = None,
        engine: Engine = "faiss",
    ) -> None:
        """``make`` gives the embedder of a name, or with None that which the settings want now; ``drifted`` is told of
        a space whose index had better be built anew; ``engine`` keeps the indexes."""
        self._indexes = indexes or Indexes()
        self._engine: Engine = engine
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

    @property
    def engine(self) -> Engine:
        """What keeps the indexes now."""
        return self._engine

    @property
    def server(self) -> str | None:
        """Where that is on a server, its address. Raises InvalidParams, ModelNotLocal where it may not be asked."""
        return self._indexes.server(self._engine)

    def move(
        self, engine: Engine, tell: Callable[[float], None], cancelled: Callable[[], bool], save: Callable[[], None]
    ) -> list[str]:
        """Have all indexes kept by another engine: built from the vectors, counted, and then ``save`` has it known to
        the next start. Until that has returned the old ones answer, and are as they were whatever happens.

        Returns, for a person, what could not be taken away of the old ones. Raises Cancelled, what opening and
        rebuilding raise, and Refused where the counts differ.
        """
        spaces, before = self.opened(), self._engine
        with ExitStack() as held:
            for space in spaces:
                held.enter_context(space.building)
            fresh: list[tuple[Space, Index]] = []
            try:
                for at, space in enumerate(spaces):
                    index = self._index(engine, space.identity, space.number, space.vectors, space.embedder)
                    fresh.append((space, index))
                    if not index.rebuild(lambda part, at=at: tell((at + part) / len(spaces)), cancelled):  # type: ignore[misc]
                        raise Cancelled
                with self._lock:
                    for space, index in fresh:
                        self._compare(space, index)
                    save()
                    self._engine = engine
                    old = [space.index for space in spaces]
                    for space, index in fresh:
                        space.index = index
            except BaseException:
                for _, index in fresh:
                    _quietly(index.drop)
                raise
        left = [_quietly(index.drop) for index in old]
        for _, identity, _ in self._library.spaces():
            if identity not in self._open:
                left.append(_quietly(lambda identity=identity: self._discard(before, identity)))  # type: ignore[misc]
        return [told for told in left if told]

    def _compare(self, space: Space, index: Index) -> None:
        """The last rows come and go while nobody adds any; then both know the same."""
        for one in (space.index, index):
            one.add(range(len(space.vectors)))
            one.remove(self._dead(space.number, space.vectors)())
        if len(index) != len(space.index):
            raise Refused(
                f"The new index finds {len(index):,} photos and the old one {len(space.index):,}.",
                hint="The old one goes on answering. Build it anew, then try again: photo-bridge index-rebuild",
            )

    def _discard(self, engine: Engine, identity: ModelIdentity) -> None:
        self._indexes.discard(engine, self._folder / _digest(identity))

    def size(self, identity: ModelIdentity) -> int:
        """Bytes of a space's file of vectors."""
        with suppress(OSError):
            return (self._folder / _digest(identity) / VECTORS).stat().st_size
        return 0

    def opened(self) -> list[Space]:
        with self._lock:
            return list(self._open.values())

    def purge(self) -> int:
        """Forget every photo and every vector. Returns how many photos that were.

        Raises IndexUnreachable where vectors are on a server that does not answer: then no photo is forgotten."""
        for space in self.opened():
            with space.building, self._lock:
                space.index.drop()
                self._open.pop(space.identity, None)
                space.vectors.close()
        with self._lock:
            for folder in self._folder.glob("*"):
                self._indexes.discard("qdrant", folder)
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
                    space.index.close()
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

        try:
            index = self._index(self._engine, identity, number, vectors, embedder)
        except BaseException:
            vectors.close()
            raise
        if told := _quietly(lambda: self._discard("faiss" if self._engine == "qdrant" else "qdrant", identity)):
            _log.warning("%s", told)
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

    def _index(
        self, engine: Engine, identity: ModelIdentity, number: int, vectors: VectorFile, embedder: Embedder
    ) -> Index:
        return self._indexes.open(
            engine,
            self._folder / _digest(identity),
            vectors,
            self._dead(number, vectors),
            compresses=embedder.compresses,
        )

    def _dead(self, number: int, vectors: VectorFile) -> Dead:
        def dead() -> Iterable[int]:
            with self._lock:  # not between a row and its picture
                there: Iterable[int] = np.setdiff1d(np.arange(len(vectors)), self._library.rows(number))
            return there

        return dead

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


def _quietly(work: Callable[[], object]) -> str | None:
    """What went wrong, for a person: of what is old by now, nothing that anybody waits for."""
    try:
        work()
    except BridgeError as error:
        return f"{error.message} {error.hint}"
    return None


def _digest(identity: ModelIdentity) -> str:
    told = json.dumps([identity.name, identity.digest, identity.options])
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()
