"""Small pictures of photos for the review page: made once and kept; what is wanted last is made first.

A person who scrolls wants what is on the screen now, not what was there a second ago. So the newest wish is taken
first, and one whose client has gone is not made at all.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from bridge.errors import BridgeError, PhotoMissing, PicturesBusy
from bridge.photos._decode import decode
from bridge.photos._identity import ReadLimits, glance
from bridge.photos._open import os_errors
from bridge.photos._picture_cache import PictureCache
from bridge.photos._pixels import reduced
from bridge.values import RGB, Fingerprint

__all__ = ["EDGES", "NATIVE", "Thumbnail", "Thumbnails", "small_jpeg"]

EDGES = (320, 1600, 2560)
"""Longest edges, pixels: tiles, the large view, and zoom."""
TILE = EDGES[0]
NATIVE = 8192
"""Longest edge, pixels: every pixel of nearly any photo, to see whether it is sharp. Made anew each time: a hundred of
them would drive the tiles of a whole library out of the cache."""
VERSION = b"1"
"""Raised when the same photo would give another picture."""
MOST_WAITING = 256
"""Wishes that wait at once; above it the oldest is turned away."""
_QUALITY = {TILE: 80}
_LARGE_QUALITY = 86


@dataclass(frozen=True, slots=True)
class Thumbnail:
    stamp: str
    """Of the photo as it is on disk now and the edge: another stamp is another picture."""
    jpeg: bytes | None
    """None where the one who asked has this stamp's picture already."""


@dataclass(slots=True)
class _Wish:
    path: Path
    edge: int
    stamp: str
    asked: list[Future[Thumbnail]] = field(default_factory=list)


def small_jpeg(path: Path, edge: int, limits: ReadLimits) -> bytes:
    """The photo as a person sees it, at most ``edge`` pixels long: JPEG, sRGB, upright, no metadata.

    Of a RAW, the preview inside where it is large enough. Raises as ``identify`` and ``decode`` do.
    """
    return _jpeg(decode(glance(path, limits), edge, limits=limits).rgb, edge)


def _jpeg(rgb: RGB, edge: int) -> bytes:
    import simplejpeg

    jpeg: bytes = simplejpeg.encode_jpeg(
        rgb, quality=_QUALITY.get(edge, _LARGE_QUALITY), colorspace="RGB", colorsubsampling="420"
    )
    return jpeg


def stamp(path: Path, edge: int) -> str:
    """What tells one picture from another, hex, by a look at the directory alone. Raises PhotoMissing,
    PhotoUnreadable."""
    return _stamp(path, _print_of(path), edge)


def _print_of(path: Path) -> Fingerprint:
    """The file as it is now, without its digest. Raises PhotoMissing, PhotoUnreadable."""
    try:
        with os_errors(path):
            status = path.stat()
    except PhotoMissing as error:
        raise PhotoMissing(error.message, hint="Connect the drive that it lies on, then look again.") from error
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino)


def _stamp(path: Path, file: Fingerprint, edge: int) -> str:
    parts = (os.fsencode(path), str(file.size).encode(), str(file.mtime_ns).encode(), str(edge).encode())
    return blake2b(b"\0".join((VERSION, *parts)), digest_size=16).hexdigest()


class Thumbnails:
    """Safe to use from several threads."""

    def __init__(self, cache: PictureCache, limits: ReadLimits, *, lookers: Executor, makers: Executor) -> None:
        """``lookers`` find what is there, within a millisecond unless a drive sleeps; ``makers`` decode."""
        self._cache = cache
        self._limits = limits
        self._lookers = lookers
        self._makers = makers
        self._lock = threading.Lock()
        self._waiting: dict[str, _Wish] = {}
        """By stamp, the newest last."""
        self._making: dict[str, _Wish] = {}
        self._closed = False

    def ask(self, path: Path, edge: int, known: str | None = None) -> Future[Thumbnail]:
        """The picture, or that ``known`` is its stamp. Cancel what nobody waits for any more.

        The future fails as ``small_jpeg`` does, or with PicturesBusy where too many others came after it.
        """
        asked: Future[Thumbnail] = Future()
        self._lookers.submit(self._look, asked, path, edge, known)
        return asked

    def lacking(self, path: Path) -> str | None:
        """The stamp for ``keep``, of a photo that is going to be decoded anyway and has no tile yet."""
        with suppress(BridgeError):
            found = stamp(path, TILE)
            return None if self._cache.has(found) else found
        return None

    def keep(self, lacking: str | None, rgb: RGB) -> None:
        """Keep a tile made of decoded pixels, as shown: a run costs little more by it, and is looked through at once.

        ``lacking`` was asked for before they were decoded, so that a photo that is saved meanwhile is made anew.
        """
        if lacking is not None and max(rgb.shape) >= TILE:
            self._cache.put(lacking, _jpeg(reduced(rgb, TILE), TILE))

    def forget(self) -> None:
        """Delete every picture that was kept; each is made anew when it is looked at."""
        self._cache.clear()

    def file_of(self, path: Path) -> Fingerprint | None:
        """The photo's file as it is now, for ``follow``; None where there is none."""
        with suppress(BridgeError):
            return _print_of(path)
        return None

    def follow(self, path: Path, before: Fingerprint | None) -> None:
        """A write of ours changed what a photo says and not what it shows: what was made of it when its file was
        ``before`` is its picture still. None: its file was not written."""
        now = self.file_of(path)
        if before is not None and now is not None:
            for edge in EDGES:
                self._cache.move(_stamp(path, before, edge), _stamp(path, now, edge))

    def close(self) -> None:
        """Turn away what still waits."""
        with self._lock:
            self._closed = True
            left, self._waiting = list(self._waiting.values()), {}
        for wish in left:
            _turn_away(wish)

    def _look(self, asked: Future[Thumbnail], path: Path, edge: int, known: str | None) -> None:
        if asked.cancelled():
            return
        try:
            found = stamp(path, edge)
            jpeg = None if found == known else self._cache.get(found)
        except Exception as error:
            _fail([asked], error)
            return
        if found == known or jpeg is not None:
            _answer([asked], Thumbnail(found, jpeg))
        else:
            self._wait(asked, path, edge, found)

    def _wait(self, asked: Future[Thumbnail], path: Path, edge: int, found: str) -> None:
        refused: _Wish | None = None
        with self._lock:
            if (making := self._making.get(found)) is not None:
                making.asked.append(asked)
                return
            wish = self._waiting.pop(found, None)
            new = wish is None
            wish = wish or _Wish(path, edge, found)
            wish.asked.append(asked)
            self._waiting[found] = wish
            if self._closed or len(self._waiting) > MOST_WAITING:
                refused = self._waiting.pop(next(iter(self._waiting)))
        if refused is not None:
            _turn_away(refused)
        if new and refused is not wish:
            self._makers.submit(self._next)

    def _next(self) -> None:
        wish = self._newest()
        if wish is None:
            return
        try:
            # It may have been made between the look and the wish.
            jpeg = self._cache.get(wish.stamp)
            if jpeg is None:
                jpeg = small_jpeg(wish.path, wish.edge, self._limits)
                if wish.edge <= EDGES[-1]:
                    self._cache.put(wish.stamp, jpeg)
        except Exception as error:
            _fail(self._made(wish), error)
        else:
            _answer(self._made(wish), Thumbnail(wish.stamp, jpeg))

    def _newest(self) -> _Wish | None:
        """The newest wish that somebody still waits for, now being made."""
        with self._lock:
            while self._waiting:
                _, wish = self._waiting.popitem()
                if not all(asked.cancelled() for asked in wish.asked):
                    self._making[wish.stamp] = wish
                    return wish
        return None

    def _made(self, wish: _Wish) -> list[Future[Thumbnail]]:
        """All who wait for it; from now on nobody joins them."""
        with self._lock:
            del self._making[wish.stamp]
        return wish.asked


def _answer(asked: list[Future[Thumbnail]], thumbnail: Thumbnail) -> None:
    for one in asked:
        if one.set_running_or_notify_cancel():
            one.set_result(thumbnail)


def _fail(asked: list[Future[Thumbnail]], error: Exception) -> None:
    for one in asked:
        if one.set_running_or_notify_cancel():
            one.set_exception(error)


def _turn_away(wish: _Wish) -> None:
    _fail(wish.asked, PicturesBusy("Too many pictures are asked for at once."))
