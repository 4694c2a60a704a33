"""A file that is read and written at places, from several threads at once; and what writing files can meet."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.errors import DiskFull, WriteDenied
from bridge.paths import shown

__all__ = ["FULL", "PlacedFile", "sync_folder", "typed_writing"]


CLOSED = -1
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class PlacedFile:
    """Made with mode 0600 where it is not there. Everything raises OSError."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        self._file = os.open(path, flags, 0o600)
        self._turn = threading.Lock()

    @property
    def size(self) -> int:
        return os.fstat(self._file).st_size

    def read(self, size: int, offset: int) -> bytes:
        """Fewer bytes only at the end of the file."""
        return self.read_each(((size, offset),))[0]

    def read_each(self, places: Iterable[tuple[int, int]]) -> list[bytes]:
        """What is at each (size, offset)."""
        file = self._file
        if hasattr(os, "pread"):
            pread = os.pread
            return [pread(file, size, offset) for size, offset in places]
        with self._turn:  # on Windows the place is a property of the open file
            return [self._seek_and_read(size, offset) for size, offset in places]

    def write(self, data: memoryview, offset: int) -> None:
        """All of it; after an error the beginning of it may be there."""
        while data:
            written = self._write_some(data, offset)
            data, offset = data[written:], offset + written

    def cut(self, size: int) -> None:
        os.ftruncate(self._file, size)

    def sync(self) -> None:
        os.fsync(self._file)

    def close(self) -> None:
        file, self._file = self._file, CLOSED  # the number is soon another file's
        if file != CLOSED:
            os.close(file)

    def _seek_and_read(self, size: int, offset: int) -> bytes:
        os.lseek(self._file, offset, os.SEEK_SET)
        return os.read(self._file, size)

    def _write_some(self, data: memoryview, offset: int) -> int:
        if hasattr(os, "pwrite"):
            return os.pwrite(self._file, data, offset)
        with self._turn:
            os.lseek(self._file, offset, os.SEEK_SET)
            return os.write(self._file, data)


def sync_folder(folder: Path) -> None:
    """Make the names in it durable, where a folder can be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def typed_writing(path: Path) -> Iterator[None]:
    """What goes wrong while a file is written or deleted, as DiskFull or WriteDenied."""
    try:
        yield
    except OSError as error:
        name, why = shown(path), os.strerror(error.errno) if error.errno else str(error)
        if error.errno in FULL:
            raise DiskFull(f"There is no room to write {name}.", detail=why) from error
        raise WriteDenied(f"{name} may not be written ({why}).") from error
