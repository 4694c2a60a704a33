"""Small pictures on disk, within a limit: what was not looked at for longest goes first.

The folder is counted once and after that only when the limit is met; when a picture was last used, its own
modification time says. So nothing is kept in memory but one number, and files that a person deletes do no harm.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path

__all__ = ["PictureCache"]

FRESH = 3600.0
"""Seconds for which a use is not noted again: pictures that are scrolled over cost no writes."""
LEFT = 0.9
"""Share of the limit that is left after making room, so that the folder is seldom counted."""
_CHECK = 4
"""Bytes of a checksum behind each JPEG: a disk that was full or a plug that was pulled leaves files cut or blank."""
_UNFINISHED = ".new-"
_OURS = re.compile(r"[0-9a-f]{32}\.jpg")

_log = logging.getLogger(__name__)


class PictureCache:
    """Safe to use from several threads of the one process that has the folder."""

    def __init__(self, folder: Path, room: int) -> None:
        """``room``: bytes that all pictures may take together; 0 keeps none."""
        self._folder = folder
        self._room = room
        self._size: int | None = None
        """Bytes in the folder, or a little more; None until it was counted."""
        self._lock = threading.Lock()
        self._told = False

    def get(self, key: str) -> bytes | None:
        """The picture that was kept under ``key``; None where there is none, or it is damaged."""
        try:
            with self._path(key).open("rb") as file:
                data = file.read()
                stale = os.fstat(file.fileno()).st_mtime < time.time() - FRESH
        except OSError:
            return None
        picture = data[:-_CHECK]
        if not picture or data[-_CHECK:] != _checksum(picture):
            return None
        if stale:
            with suppress(OSError):
                os.utime(self._path(key))
        return picture

    def has(self, key: str) -> bool:
        """Whether there is a picture under ``key``, damaged or not."""
        return self._path(key).exists()

    def put(self, key: str, picture: bytes) -> None:
        """Keep a picture, whole or not at all. Where it cannot be kept, the log says so once and it is made anew each
        time."""
        size = len(picture) + _CHECK
        if size > self._room:
            return
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._make_room(size)
            self._write(key, picture + _checksum(picture))
        except OSError as error:
            if not self._told:
                self._told = True
                _log.warning("thumbnails cannot be kept in %s: %s", self._folder, error.strerror)

    def clear(self) -> None:
        """Delete every picture. Raises OSError where one cannot be."""
        with self._lock:
            if self._folder.is_dir():
                self._size = self._evict(-1)

    def move(self, key: str, to: str) -> None:
        """What was kept under ``key``, if anything, is found under another."""
        with suppress(OSError):
            self._path(key).replace(self._path(to))

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.jpg"

    def _write(self, key: str, data: bytes) -> None:
        number, name = tempfile.mkstemp(dir=self._folder, prefix=_UNFINISHED)  # 0600
        fresh = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
            fresh.replace(self._path(key))
        except OSError:
            fresh.unlink(missing_ok=True)
            raise

    def _make_room(self, size: int) -> None:
        with self._lock:
            if self._size is None:
                # The first of this process: what an earlier one left unfinished, nobody will finish.
                self._folder.chmod(0o700)
                for left in self._folder.glob(_UNFINISHED + "*"):
                    left.unlink(missing_ok=True)
                self._size = sum(length for _, length, _ in self._kept())
            if self._size + size > self._room:
                self._size = self._evict(round(self._room * LEFT) - size)
            self._size += size

    def _kept(self) -> list[tuple[float, int, str]]:
        """(last used, bytes, name) of each file of ours: whatever else lies there is not ours to delete."""
        found = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if _OURS.fullmatch(entry.name):
                    with suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        found.append((status.st_mtime, status.st_size, entry.path))
        return found

    def _evict(self, room: int) -> int:
        """Delete down to ``room`` bytes, the oldest use first; the bytes that are left."""
        kept = sorted(self._kept())
        size = sum(length for _, length, _ in kept)
        for _, length, name in kept:
            if size <= room:
                break
            Path(name).unlink(missing_ok=True)
            size -= length
        return size


def _checksum(picture: bytes) -> bytes:
    return zlib.crc32(picture).to_bytes(_CHECK, "big")
