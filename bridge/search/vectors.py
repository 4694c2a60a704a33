"""The vectors of one model in one file: rows of fixed size that describe themselves, only ever added at the end.

    header   64 bytes   magic, version, dimensions, an id that no other file has, CRC-32
    mark     16 bytes   how many rows are known to have reached the disk, CRC-32
    rows                CRC-32 (4), key (20), vector (float16, little-endian); row 0 first, no gaps

A row's checksum covers the file's id and the row's number too, so that no stale block of a disk passes for a row.
Killed at any moment, the file holds every row that ``append`` returned for, and each once: a torn tail is cut off when
the file is opened. After a loss of power the rows beyond the mark are looked at one by one; what did not reach the disk
is cut off, and its photos are looked at again.
"""

from __future__ import annotations

import errno
import os
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bridge.errors import DiskFull, VectorsDamaged, VectorsUnreadable, WriteDenied
from bridge.paths import shown
from bridge.search._placed import FULL, PlacedFile, sync_folder

__all__ = ["KEY_BYTES", "Halves", "Rows", "VectorFile"]

Halves: TypeAlias = npt.NDArray[np.float16]
Rows: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float32]

KEY_BYTES = 20
_MAGIC = b"PBVECTOR"
_VERSION = 1
_HEADER = struct.Struct("<8sII16s28xI")
_MARK = struct.Struct("<QII")
_ROWS_AT = _HEADER.size + _MARK.size
_BLOCK = 4096
"""Rows that are read at once where all are."""
_DENSE = 4
"""Where at least every fourth row of a stretch is wanted, it is read as a whole."""

_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


class VectorFile:
    """One model's vectors; safe to use from several threads, written by one process at a time.

    Vectors are (n, ``dimensions``); float32 outside, float16 on disk. A key that is appended again becomes a new row:
    which of two rows counts is for the owner of the keys to say.
    """

    def __init__(self, path: Path, dimensions: int, *, sync_every: int = 1000) -> None:
        """Opens or makes the file, with mode 0600. It reaches the disk after ``sync_every`` rows, and in ``sync``.

        Raises VectorsDamaged, DiskFull, WriteDenied.
        """
        self._path = path
        self.dimensions = dimensions
        self._row = np.dtype([("crc", "<u4"), ("key", f"V{KEY_BYTES}"), ("vector", "<f2", (dimensions,))])
        self._sync_every = sync_every
        self._lock = threading.Lock()
        self._count = 0
        self._marked = 0
        self._id = b""
        self._seed = 0
        with self._typed("opened"):
            self._file = PlacedFile(path)
        try:
            with self._typed("opened"):
                self._open()
        except BaseException:
            self._file.close()
            raise

    def __len__(self) -> int:
        return self._count

    @property
    def id(self) -> bytes:
        """16 bytes that no other file has: what was made of these rows can tell that it was."""
        return self._id

    def append(self, keys: Sequence[bytes], vectors: Floats) -> range:
        """Their rows. All of them are there, or none. Raises DiskFull, WriteDenied, VectorsDamaged."""
        with np.errstate(over="ignore"):
            halves = np.asarray(vectors, np.float32).astype("<f2")
        if halves.shape != (len(keys), self.dimensions):
            raise ValueError(f"{len(keys)} keys and vectors of {halves.shape}, not (n, {self.dimensions})")
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        if not np.isfinite(halves).all():
            raise ValueError("a vector with a value that is no number, or beyond half precision")
        if not keys:
            return range(self._count, self._count)
        rows = np.empty(len(keys), self._row)
        rows["key"] = np.frombuffer(b"".join(keys), rows["key"].dtype)
        rows["vector"] = halves
        with self._lock:
            first = self._count
            rows["crc"] = self._checksums(first, rows)
            with self._typed("written"):
                try:
                    self._file.write(rows.view(np.uint8).data, self._at(first))
                    if first + len(keys) - self._marked >= self._sync_every:
                        self._sync(first + len(keys))
                except OSError:
                    with suppress(OSError):
                        self._file.cut(self._at(first))
                    raise
            self._count = first + len(keys)
        return range(first, first + len(keys))

    def read(self, rows: Rows | Sequence[int]) -> Floats:
        """Vectors of some rows, in their order. Raises IndexError, VectorsDamaged."""
        wanted = np.asarray(rows, np.int64)
        order = np.argsort(wanted, kind="stable")
        result = np.empty((len(wanted), self.dimensions), np.float32)
        result[order] = self.read_sorted(wanted[order])
        return result

    def read_sorted(self, rows: Rows) -> Halves:
        """As ``read``, as they are on disk, for rows in ascending order: what a search reads thousands of."""
        if not len(rows):
            return np.empty((0, self.dimensions), np.float16)
        if rows[0] < 0 or rows[-1] >= self._count:
            raise IndexError(f"rows {rows[0]} to {rows[-1]} of {self._count}")
        size, step = self.dimensions * 2, self._row.itemsize
        if rows[-1] - rows[0] < _DENSE * len(rows):
            with self._typed("read"):
                block = self._file.read(int(rows[-1] - rows[0]) * step + size, self._vector_at(int(rows[0])))
            return self._gathered(block, rows - rows[0])
        offsets = (self._vector_at(0) + rows * step).tolist()
        with self._typed("read"):
            parts = self._file.read_each((size, offset) for offset in offsets)
        block = b"".join(parts)
        if len(block) != len(rows) * size:
            raise self._short()
        return np.frombuffer(block, "<f2").reshape(len(rows), self.dimensions)

    def keys(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """(row, key) of every row from ``start`` on."""
        for first, rows in self._stored(_BLOCK, start):
            yield from enumerate((key.tobytes() for key in rows["key"]), first)

    def blocks(self, size: int, start: int = 0, *, checked: bool = True) -> Iterator[tuple[int, Halves]]:
        """(its first row, (n, dimensions)) of every block; a row that is damaged on disk comes as NaN, unless it is
        read without a look at the checksums, which take longer than the reading."""
        for first, rows in self._stored(size, start):
            if checked:
                rows["vector"][rows["crc"] != self._checksums(first, rows)] = np.nan
            yield first, rows["vector"]

    def damaged(self, start: int = 0) -> list[int]:
        """Rows whose checksum is wrong: their photos have to be looked at again."""
        return [
            first + int(at)
            for first, rows in self._stored(_BLOCK, start)
            for at in np.flatnonzero(rows["crc"] != self._checksums(first, rows))
        ]

    def sync(self) -> None:
        """Every row so far is on the disk. Raises DiskFull, WriteDenied, VectorsDamaged."""
        with self._lock, self._typed("written"):
            if self._marked < self._count:
                self._sync(self._count)

    def close(self) -> None:
        """What ``sync`` does and raises, and nothing more can be asked of it."""
        try:
            self.sync()
        finally:
            self._file.close()

    # -- how it lies on the disk --------------------------------------------------------------------------------------

    def _at(self, row: int) -> int:
        return _ROWS_AT + row * self._row.itemsize

    def _vector_at(self, row: int) -> int:
        return self._at(row + 1) - self.dimensions * 2

    def _open(self) -> None:
        size = self._file.size
        head = self._file.read(_ROWS_AT, 0)
        if not self._has_header(head):
            if size > _ROWS_AT:
                raise VectorsDamaged(f"{shown(self._path)} is no file of photo vectors, or its beginning is damaged.")
            head = self._make()
            size = _ROWS_AT
        _, version, dimensions, self._id, _ = _HEADER.unpack_from(head)
        if version > _VERSION:
            raise VectorsUnreadable(
                f"{shown(self._path)} was written by a later version of photo-bridge.",
                hint="Install that version again.",
            )
        if version != _VERSION or dimensions != self.dimensions:
            raise VectorsDamaged(
                f"{shown(self._path)} holds vectors of {dimensions} numbers (version {version}), "
                f"not of {self.dimensions} (version {_VERSION})."
            )
        self._seed = zlib.crc32(self._id)
        marked, _, crc = _MARK.unpack_from(head, _HEADER.size)
        there = (size - _ROWS_AT) // self._row.itemsize
        self._marked = min(marked, there) if crc == zlib.crc32(head[_HEADER.size : -4]) else 0
        self._count = there
        for first, rows in self._stored(_BLOCK, self._marked):
            wrong = np.flatnonzero(rows["crc"] != self._checksums(first, rows))
            if len(wrong):
                self._count = first + int(wrong[0])
                break
        if size != self._at(self._count):
            self._file.cut(self._at(self._count))
        if self._marked < self._count:
            self._sync(self._count)

    @staticmethod
    def _has_header(head: bytes) -> bool:
        if len(head) < _ROWS_AT:
            return False
        magic, *_, crc = _HEADER.unpack_from(head)
        return bool(magic == _MAGIC and crc == zlib.crc32(head[: _HEADER.size - 4]))

    def _make(self) -> bytes:
        head = _HEADER.pack(_MAGIC, _VERSION, self.dimensions, os.urandom(16), 0)[:-4]
        head += struct.pack("<I", zlib.crc32(head)) + _mark(0)
        self._file.cut(0)
        self._file.write(memoryview(head), 0)
        self._file.sync()
        sync_folder(self._path.parent)
        return head

    def _sync(self, count: int) -> None:
        """The mark follows the rows that it tells of; on the disk it may be late."""
        self._file.sync()
        self._file.write(memoryview(_mark(count)), _HEADER.size)
        self._marked = count

    def _checksums(self, first: int, rows: npt.NDArray[np.void]) -> npt.NDArray[np.uint32]:
        size, seed, crc32 = self._row.itemsize, self._seed, zlib.crc32
        raw = rows.view(np.uint8).reshape(-1).data
        numbers = np.arange(first, first + len(rows), dtype="<u8").tobytes()
        return np.fromiter(
            (
                crc32(raw[at * size + 4 : (at + 1) * size], crc32(numbers[at * 8 : at * 8 + 8], seed))
                for at in range(len(rows))
            ),
            np.uint32,
            len(rows),
        )

    def _stored(self, size: int, start: int) -> Iterator[tuple[int, npt.NDArray[np.void]]]:
        """Rows as they are on disk, as many as there are when it begins; arrays of their own that may be changed."""
        stop = self._count
        for first in range(start, stop, size):
            many = min(size, stop - first)
            with self._typed("read"):
                block = self._file.read(many * self._row.itemsize, self._at(first))
            if len(block) != many * self._row.itemsize:
                raise self._short()
            yield first, np.frombuffer(bytearray(block), self._row)

    def _gathered(self, block: bytes, rows: Rows) -> Halves:
        """Some rows of a stretch that begins and ends with a vector."""
        step, size = self._row.itemsize, self.dimensions * 2
        if len(block) != rows[-1] * step + size:
            raise self._short()
        stretch = np.ndarray((int(rows[-1]) + 1, self.dimensions), "<f2", block, strides=(step, 2))
        result: Halves = stretch[rows]
        return result

    def _short(self) -> VectorsDamaged:
        return VectorsDamaged(f"{shown(self._path)} is shorter than it was: another program has cut it.")

    @contextmanager
    def _typed(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            name, why = shown(self._path), os.strerror(error.errno) if error.errno else str(error)
            if error.errno in FULL:
                raise DiskFull(f"There is no room to write {name}.", detail=why) from error
            if error.errno in _DENIED:
                raise WriteDenied(f"{name} may not be {done} ({why}).") from error
            raise VectorsUnreadable(f"{name} could not be {done} ({why}).", detail=why) from error


def _mark(rows: int) -> bytes:
    head = struct.pack("<QI", rows, 0)
    return head + struct.pack("<I", zlib.crc32(head))
