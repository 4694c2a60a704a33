"""What search gets of a photo that a run looks at: its vector, what can be seen in it, and what its metadata say."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.engines.onnx import FloatArray
from bridge.gear import camera_name
from bridge.jobs.records import Records, of_host, photo_stamp
from bridge.jobs.spaces import Space, Spaces
from bridge.photos import Identity
from bridge.store import LibraryPhoto, Presence, picture_key
from bridge.taggers.starter import Sight
from bridge.values import Known, Picture
from bridge.words import fold


@dataclass(frozen=True, slots=True, eq=False)
class Sighted:
    """What the models saw of one photo for search."""

    vector: FloatArray
    sight: Sight


class Librarian:
    """Of one run: its vectors go into one space from its first photo to its last. Called from several threads."""

    def __init__(
        self,
        spaces: Spaces,
        records: Records,
        look: Callable[[Picture], Sight],
        space: Space,
    ) -> None:
        self._spaces = spaces
        self._records = records
        self._library = records.library
        self._look = look
        self._looking = threading.BoundedSemaphore(os.cpu_count() or 1)
        """The space's threads are as many as a graphics card wants; what looks here runs on the processor."""
        self.space = space

    def is_known(self, path: Path) -> bool:
        """Whether nothing of the photo changed since it was indexed."""
        known = self._library.get(path)
        return (
            known is not None
            and bool(known.data_hash)
            and known.stamp == photo_stamp(path)
            and known.presence is Presence.THERE
            and not self._spaces.lacks(self.space, known.key)
        )

    def leave_out(self, path: Path) -> None:
        """What can never be looked at is nothing that the index lacks. What was known of it once stays."""
        known = self._library.get(path)
        if known is not None and not known.data_hash:
            self._library.forget([path])

    def lacks(self, pixels: Identity) -> bool:
        """Whether the picture has to be looked at."""
        return self._spaces.lacks(self.space, picture_key(pixels.data_hash, pixels.orientation))

    def see(self, picture: Picture) -> Sighted:
        """Raises what ``Embedder.embed`` does."""
        vector = self.space.embedder.embed(picture)
        with self._looking:
            return Sighted(vector, self._look(picture))

    def keep(
        self,
        photo: Identity,
        pixels: Identity,
        sighted: Sighted | None,
        known: Known | None = None,
        stamp: str | None = None,
    ) -> None:
        """Store what is known of a photo now. ``pixels`` were looked at, which may be those of a proxy; ``known`` is
        what a host says of it, whose word goes before that of the files; ``stamp`` is from before it was looked at,
        unless the run itself writes it.

        Raises ExifToolMissing and the like, DiskFull, StoreLocked; PhotoMissing where it went away meanwhile.
        """
        key = picture_key(pixels.data_hash, pixels.orientation)
        if pixels.path != photo.path and self._has_another_picture(photo.path, key):
            return
        stamp = photo_stamp(photo.path) if stamp is None else stamp
        said = self._records.of_files(photo.path, photo.format) if known is None else of_host(photo.path, known)
        self._follow(photo)
        facts = photo.facts
        entry = replace(
            said,
            data_hash=pixels.data_hash,
            orientation=pixels.orientation,
            stamp=stamp,
            presence=Presence.THERE if stamp else Presence.OFFLINE,
            seen=time.time(),
            captured=facts.captured.date() if facts.captured else None,
            camera=camera_name(facts.make, facts.model),
            lens=facts.lens,
        )
        self._library.put(self._with_sight(entry, sighted))
        # Last: a vector that is no photo's may be tidied away at any moment.
        if sighted is not None:
            self._spaces.keep(self.space, key, sighted.vector)

    def _has_another_picture(self, path: Path, key: bytes) -> bool:
        """A virtual copy has the path of its master: what was found there first stays."""
        known = self._library.get(path)
        return known is not None and bool(known.data_hash) and known.key != key

    def _with_sight(self, entry: LibraryPhoto, sighted: Sighted | None) -> LibraryPhoto:
        """What was seen in the same picture before still holds."""
        if sighted is None:
            seen = next((p for p in self._library.by_hash(entry.data_hash) if p.orientation == entry.orientation), None)
            if seen is None:
                return entry
            return _seen(entry, seen, seen.words)
        own = {fold(name) for path in entry.keywords for name in path}
        return _seen(entry, sighted.sight, tuple(word for word in sighted.sight.words if fold(word) not in own))

    def _follow(self, photo: Identity) -> None:
        """A photo that is new here may have been elsewhere: then what is known of it comes with it."""
        known = self._library.get(photo.path)
        if known is not None and known.data_hash:
            return
        for other in self._library.by_hash(photo.data_hash):
            if other.path != photo.path and not os.path.lexists(other.path) and other.path.parent.is_dir():
                self._library.moved(other.path, photo.path)
                return


def _seen(entry: LibraryPhoto, seen: LibraryPhoto | Sight, words: tuple[str, ...]) -> LibraryPhoto:
    return replace(entry, category=seen.category, light=seen.light, season=seen.season, people=seen.people, words=words)
