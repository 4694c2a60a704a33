"""The index that Qdrant keeps, on a server or embedded.

Qdrant names candidates, and their products are computed from the vector file: scores are exact, and what is stale in
Qdrant cannot pass for more than a miss. Rows that it does not have yet are looked at in the file. Where it does not
answer, the whole file is: slower, and as right.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bridge.errors import DiskFull, IndexUnreachable, WriteDenied
from bridge.paths import shown
from bridge.search._alive import Alive, checked
from bridge.search._exact import Best, Mask, Wanted, products, scan, top
from bridge.search._placed import typed_writing
from bridge.search._qdrant import EMBEDDED, Points, PointsGone, QdrantPlace
from bridge.search._qdrant_note import NOTE, Note, digest_of, read_note, write_note
from bridge.search.contract import Dead, Index, Kind
from bridge.search.vectors import Floats, Rows, VectorFile

__all__ = ["QdrantIndex", "QdrantOptions", "discard_qdrant"]

_log = logging.getLogger(__name__)
_BLOCK = 1024
_TIES = 32
"""More than are wanted: copies of a photo are as near as it is, and the one that came first is named first."""
STORE = "qdrant"


@dataclass(frozen=True, slots=True)
class QdrantOptions:
    few: int = 4000
    """So few allowed rows are read one by one from the file."""
    most: int = 10_000
    """Results; for more the file is read, which is quicker than to name them all."""
    filtered: int = 500_000
    """Rows that one question may name; where more would have to be, the file is read."""
    waiting: int = 256
    """Rows that are sent, and deleted, at once; until then they are looked at in the file, or passed over."""
    at_once: int = 20_000
    """Rows that are sent on the way; where more are missing, that is a rebuild's work."""
    again_s: float = 30.0
    """After a failure it is not asked for so long."""


class QdrantIndex(Index):
    """A collection for each vector file, named after its id. Its folder keeps a note, ``qdrant.json``, and the embedded
    store, ``qdrant``."""

    def __init__(
        self,
        folder: Path,
        vectors: VectorFile,
        place: QdrantPlace,
        dead: Dead = tuple,
        options: QdrantOptions = QdrantOptions(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """The folder is made. A server that does not answer is asked again later.

        Raises VectorsDamaged, ModelMissing without the extra, IndexTaken, WriteDenied.
        """
        self._folder = folder
        self._vectors = vectors
        self._place = place
        self._dead = dead
        self._options = options
        self._clock = clock
        self._lock = threading.Lock()
        self._changing = threading.RLock()
        """Held while points are sent or deleted."""
        self._rebuilding = threading.Lock()
        self._failure: IndexUnreachable | None = None
        self._again_at = -np.inf
        self._settled = False
        """Whether ``_there`` is known to be so."""
        self._closed = False
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._points = Points(place, folder / STORE, _collection(vectors.id.hex()), vectors.dimensions)
        try:
            self._note = self._noted()
            self._alive = Alive(self._note.count, self._note.damaged)
            self._there: Mask = np.zeros(self._note.count, np.bool_)
            """Rows that are points; never shorter than the mask of those that count."""
            self._catch_up()
            self._alive.remove(dead())
        except BaseException:
            self._points.close()
            raise
        self._step(1)

    def __len__(self) -> int:
        return len(self._alive)

    @property
    def kind(self) -> Kind:
        return "qdrant"

    @property
    def damaged(self) -> Sequence[int]:
        return tuple(self._alive.damaged)

    @property
    def needs_rebuild(self) -> bool:
        return self._settled and len(self._unsent()) > self._options.at_once

    @property
    def trouble(self) -> str | None:
        if self._failure is not None:
            return f"{self._failure.message} Every vector is looked at in its file instead. {self._failure.hint}"
        if self.needs_rebuild:
            return "Qdrant does not have all vectors: photo-bridge index-rebuild sends them."
        return None

    def search(self, query: Floats, k: int, *, allowed: Rows | Sequence[int] | None = None) -> Best:
        query = checked(query, self._vectors.dimensions)
        wanted = self._alive.among(allowed)  # before what is there, which may then be of more rows, never fewer
        if allowed is not None and wanted.many <= self._options.few:
            return self._looked_at(np.flatnonzero(wanted.mask), query, k)
        there = self._reached()
        found = None if there is None else self._candidates(query, k, wanted, there, filtered=allowed is not None)
        return scan(self._vectors, query, k, wanted) if found is None else self._looked_at(found, query, k)

    def add(self, rows: Sequence[int] | Rows | range) -> None:
        if len(rows):
            self._catch_up()
            self._step(self._options.waiting)

    def remove(self, rows: Iterable[int]) -> None:
        self._alive.remove(rows)
        self._step(self._options.waiting)

    def rebuild(
        self, tell: Callable[[float], None] = lambda _: None, cancelled: Callable[[], bool] = lambda: False
    ) -> bool:
        """Every vector is sent, also those that are there."""
        with self._rebuilding:
            try:
                with self._changing:
                    self._alive.remove(self._dead())
                    self._settled = False  # who asks for it may know that something is wrong there
                    self._settle()
                rows = np.flatnonzero(self._alive.mask)
                at_once = self._points.at_once
                for first in range(0, len(rows), at_once):
                    if cancelled():
                        return False
                    with self._changing:
                        self._put(rows[first : first + at_once])
                    tell(0.99 * min(1.0, (first + at_once) / len(rows)))
                if cancelled():
                    return False
                with self._changing:
                    self._catch_up()
                    self._put_all(self._unsent())
                    self._sweep()
                    counted = self._points.count()
                    if counted != np.count_nonzero(self._there):
                        raise IndexUnreachable(
                            f"Qdrant has {counted} of {np.count_nonzero(self._there)} vectors after all were sent.",
                            hint="Look at the log of the Qdrant server, then: photo-bridge index-rebuild",
                        )
                    self._failure = None
            except PointsGone as error:
                self._settled = False
                raise IndexUnreachable("The collection was deleted while it was filled.") from error
            except IndexUnreachable as error:
                self._failed(error)
                raise
            self.save()
            tell(1.0)
            return True

    def save(self) -> None:
        if self._closed:
            return
        self._catch_up()
        self._step(1)
        with self._changing:
            alive = self._alive.mask
            if self._settled and np.array_equal(alive, self._there[: len(alive)]):
                damaged = tuple(self._alive.damaged)
                told = Note(self._place.name, self._vectors.id.hex(), len(alive), damaged, digest_of(alive))
                write_note(self._folder, replace(told, left=self._note.left))

    def close(self) -> None:
        try:
            self.save()
        finally:
            with self._changing:
                self._closed = True
                self._points.close()

    def drop(self) -> None:
        with self._changing:
            if not self._closed:
                self._points.drop()
                self._closed = True
        discard_qdrant(self._folder, lambda: self._place)

    # -- looking ------------------------------------------------------------------------------------------------------

    def _looked_at(self, rows: Rows, query: Floats, k: int) -> Best:
        scores = products(query, self._vectors.read_sorted(rows))
        sound = np.isfinite(scores)
        return top(k, rows[sound], scores[sound])

    def _candidates(self, query: Floats, k: int, wanted: Wanted, there: Mask, *, filtered: bool) -> Rows | None:
        """Rows among which the best are, in ascending order. None: the file has to be read."""
        there = there[: len(wanted.mask)]
        unsent = np.flatnonzero(wanted.mask & ~there)
        gone = np.flatnonzero(there & ~self._alive.mask[: len(there)])
        sent = wanted.many - len(unsent)
        if k > self._options.most or len(unsent) > self._options.at_once or (filtered and self._points.embedded):
            return None
        only: Rows | None = None
        never: Rows | None = None
        if filtered:
            only, never = np.flatnonzero(wanted.mask & there), np.flatnonzero(there & ~wanted.mask)
            if min(len(only), len(never)) > self._options.filtered:
                return None
            only, never = (only, None) if len(only) < len(never) else (None, never)
        elif len(gone) and not self._points.embedded:
            never = gone
        more = _TIES + (len(gone) if never is None else 0)
        least = min(k, sent)
        try:
            for exact in (False, True):
                found = self._points.nearest(query, k + more, only=only, never=never, exact=exact) if sent else unsent
                found = found[found < len(wanted.mask)]
                found = found[wanted.mask[found] & there[found]]
                if len(found) >= least:
                    self._failure = None
                    return np.union1d(found, unsent)
            _log.warning("Qdrant has lost vectors of %s.", self._points.name)
            self._settled = False
        except PointsGone:
            self._settled = False
        except IndexUnreachable as error:
            self._failed(error)
        return None

    # -- keeping in step ----------------------------------------------------------------------------------------------

    def _reached(self) -> Mask | None:
        """What is there; None where Qdrant is not to be asked now."""
        if self._closed or (self._failure is not None and self._clock() < self._again_at):
            return None
        if self._settled:
            return self._there
        if not self._changing.acquire(blocking=False):
            return None
        try:
            self._settle()
            return self._there
        except (IndexUnreachable, PointsGone) as error:
            self._failed(error)
            return None
        finally:
            self._changing.release()

    def _step(self, least: int) -> None:
        """Send what is missing and delete what is dead, where there is so much of it and Qdrant answers."""
        if not self._changing.acquire(blocking=False):
            return  # a rebuild does it
        try:
            if self._reached() is None:
                return
            unsent = self._unsent()
            if least <= len(unsent) <= self._options.at_once:
                self._put_all(unsent)
            if least <= len(self._leftover()):
                self._sweep()
            self._failure = None
        except (IndexUnreachable, PointsGone) as error:
            self._failed(error)
        finally:
            self._changing.release()

    def _settle(self) -> None:
        """Find out what is there: by its number where that and what is known fit, else point by point."""
        if self._settled:
            return
        self._points.ensure()
        self._take_left()
        note, alive = self._note, self._alive.mask
        told = alive[: note.count]
        fits = note.alive == digest_of(told) and self._points.count() == np.count_nonzero(told)
        there = np.zeros(len(alive), np.bool_)
        if fits:
            there[: note.count] = told
        else:
            ids = self._points.ids()
            self._points.delete(ids[ids >= len(there)])
            there[ids[ids < len(there)]] = True
        with self._lock:
            grown = len(self._there) - len(there)
            self._there = np.concatenate((there, np.zeros(max(0, grown), np.bool_)))
        self._settled, self._failure = True, None

    def _take_left(self) -> None:
        """What is of no use any more, and can be reached, goes."""
        left: list[tuple[str, str]] = []
        for place, vectors in self._note.left:
            if place == self._place.name:
                self._points.take_away(_collection(vectors))
            elif place == EMBEDDED:
                shutil.rmtree(self._folder / STORE, ignore_errors=True)
            else:
                left.append((place, vectors))
        if len(left) < len(self._note.left):
            self._note = replace(self._note, left=tuple(left))
            with suppress(DiskFull, WriteDenied):  # then it is gone twice
                write_note(self._folder, self._note)

    def _failed(self, error: IndexUnreachable | PointsGone) -> None:
        if isinstance(error, PointsGone):
            self._settled = False
            return
        if self._failure is None:
            _log.warning("%s The vector file is searched instead. (%s)", error.message, error.detail)
        self._failure, self._again_at = error, self._clock() + self._options.again_s

    def _unsent(self) -> Rows:
        alive = self._alive.mask
        return np.flatnonzero(alive & ~self._there[: len(alive)])

    def _leftover(self) -> Rows:
        alive = self._alive.mask
        return np.flatnonzero(self._there[: len(alive)] & ~alive)

    def _put_all(self, rows: Rows) -> None:
        for first in range(0, len(rows), self._points.at_once):
            self._put(rows[first : first + self._points.at_once])

    def _put(self, rows: Rows) -> None:
        self._vectors.sync()  # no point is of a row that a loss of power takes from the file, and another one gets
        halves = self._vectors.read_sorted(rows)
        sound = ~np.isnan(halves[:, 0])
        if sound.any():
            self._points.put(rows[sound], halves[sound])
        with self._lock:
            there = self._there.copy()
            there[rows[sound]] = True
            self._there = there

    def _sweep(self) -> None:
        gone = self._leftover()
        self._points.delete(gone)
        with self._lock:
            there = self._there.copy()
            there[gone] = False
            self._there = there

    def _catch_up(self) -> None:
        with self._lock:
            for first, halves in self._vectors.blocks(_BLOCK, len(self._alive.mask)):
                self._there = np.concatenate((self._there, np.zeros(len(halves), np.bool_)))
                self._alive.extend(first, halves)

    def _noted(self) -> Note:
        """What is known of Qdrant's part; written before anything lies there."""
        bare = Note(self._place.name, self._vectors.id.hex())
        note = read_note(self._folder)
        if note is not None:
            here, before = (bare.place, bare.vectors), (note.place, note.vectors)
            if before == here and note.count <= len(self._vectors):
                return note
            bare = replace(bare, left=tuple(one for one in dict.fromkeys((*note.left, before)) if one != here))
        for place, vectors in bare.left:
            _log.warning("Vectors are still in Qdrant, %s: the collection %s.", place, _collection(vectors))
        write_note(self._folder, bare)
        return bare


def discard_qdrant(folder: Path, place_now: Callable[[], QdrantPlace]) -> None:
    """Take away what Qdrant has of the vector file in a folder, where it has any.

    ``place_now`` is asked only where it has some on a server. Raises IndexUnreachable where that cannot be taken away
    now, ModelMissing without the extra, and what ``place_now`` does.
    """
    note = read_note(folder)
    there = () if note is None else ((note.place, note.vectors), *note.left)
    left: list[tuple[str, str]] = []
    for name, vectors in there:
        if name == EMBEDDED:
            continue
        place = place_now()
        if name == place.name:
            Points(place, folder / STORE, _collection(vectors), 1).drop()
        else:
            left.append((name, vectors))
    shutil.rmtree(folder / STORE, ignore_errors=True)
    if left:
        write_note(folder, Note(*left[0], left=tuple(left[1:])))
        raise IndexUnreachable(
            f"Vectors of photos are still in Qdrant, {left[0][0]}, and qdrant_url does not name that server any more.",
            hint=f"Name it again, or delete its collection {_collection(left[0][1])} and {shown(folder / NOTE)}.",
        )
    with typed_writing(folder / NOTE):
        (folder / NOTE).unlink(missing_ok=True)


def _collection(vectors: str) -> str:
    """The name of a vector file's, so that many may share a server."""
    return f"photo-bridge-{vectors}"
