"""A compressed index in one file, so that a start need not make it again. Whatever is wrong with it, it is made again.

magic (8), length of what is told (4), what is told (JSON), projection (.npy), centres (.npy), faiss's index,
SHA-256 of all that (32)
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from bridge.search._faiss import faiss_module
from bridge.search._placed import sync_folder
from bridge.search._trained import Trained

__all__ = ["Told", "read_snapshot", "write_snapshot"]

_log = logging.getLogger(__name__)
_MAGIC = b"PBINDEX1"
_CHECKSUM = 4
_BLOCK = 1 << 14


@dataclass(frozen=True, slots=True)
class Told:
    """What a snapshot says of itself."""

    vectors: str
    """Id of the vector file, in hexadecimal."""
    dimensions: int
    count: int
    """Rows of the file that it knows of."""
    built: int
    """Of those, the ones that were there when it was trained."""
    damaged: tuple[int, ...]
    """Rows whose vectors were damaged in the file."""
    drift: tuple[float, int, float, int]


class _Checked:
    """A file whose bytes are counted into a checksum as they pass."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.checksum = 0

    def write(self, data: Any) -> int:
        self.checksum = zlib.crc32(data, self.checksum)
        return self._file.write(data)


def write_snapshot(path: Path, told: Told, trained: Trained) -> None:
    """In place of the one that is there, in one step. Raises OSError, and the one that is there stays."""
    fresh = path.with_name(path.name + ".new")
    faiss = faiss_module()
    words = json.dumps({name: getattr(told, name) for name in Told.__slots__}).encode()
    try:
        with open(fresh, "wb", opener=_private) as file:
            out = _Checked(file)
            out.write(_MAGIC + len(words).to_bytes(4, "little") + words)
            for array in (trained.projection, trained.centres):
                np.lib.format.write_array(out, array, allow_pickle=False)
            _raising(lambda write: faiss.write_index(trained.codes, faiss.PyCallbackIOWriter(write)), out.write)
            file.write(out.checksum.to_bytes(_CHECKSUM, "little"))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def read_snapshot(path: Path, vectors: bytes, dimensions: int, rows: int) -> tuple[Told, Trained] | None:
    """What lies there, if it is whole and of a vector file of this id that has so many rows."""
    try:
        with path.open("rb") as file:
            if not _is_whole(file):
                _log.warning("The search index %s is damaged and is made again.", path)
                return None
            told = _told(file)
            if (told.vectors, told.dimensions) != (vectors.hex(), dimensions) or told.count > rows:
                _log.warning("The search index %s is of other vectors and is made again.", path)
                return None
            projection, centres = (np.lib.format.read_array(file, allow_pickle=False) for _ in range(2))
            faiss = faiss_module()
            codes = faiss.read_index(faiss.PyCallbackIOReader(file.read, _BLOCK))
            if (projection.shape, centres.shape) != ((codes.d, dimensions), (codes.nlist, dimensions + 1)):
                raise ValueError(f"shapes {projection.shape} and {centres.shape}")
            return told, Trained(projection, centres, codes)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        _log.warning("The search index %s cannot be read (%s) and is made again.", path, error)
        return None


def _is_whole(file: BinaryIO) -> bool:
    """faiss does not survive damage, so nothing is given to it that is not what was written."""
    left = file.seek(0, os.SEEK_END) - _CHECKSUM
    file.seek(0)
    if left < len(_MAGIC) + 4 or file.read(len(_MAGIC)) != _MAGIC:
        return False
    file.seek(0)
    checksum = 0
    while left > 0:
        block = file.read(min(_BLOCK, left))
        if not block:
            return False
        checksum = zlib.crc32(block, checksum)
        left -= len(block)
    return file.read() == checksum.to_bytes(_CHECKSUM, "little")


def _told(file: BinaryIO) -> Told:
    file.seek(len(_MAGIC))
    words: dict[str, Any] = json.loads(file.read(int.from_bytes(file.read(4), "little")))
    words["damaged"], words["drift"] = tuple(words["damaged"]), tuple(words["drift"])
    return Told(**words)


def _raising(work: Callable[[Callable[[Any], int]], None], write: Callable[[Any], int]) -> None:
    """faiss loses the error of a callback and tells another; the first one is what happened."""
    errors: list[BaseException] = []

    def noted(data: Any) -> int:
        try:
            return write(data)
        except BaseException as error:
            errors.append(error)
            raise

    try:
        work(noted)
    except Exception:
        if errors:
            raise errors[0] from None
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
