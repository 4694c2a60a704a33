"""Hashes over the ranges that the walkers find; bounded memory whatever the size of the file."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from bridge.engines.picture_hash import _jpeg
from bridge.engines.picture_hash._chunked import png_ranges, psd_ranges, webp_ranges
from bridge.engines.picture_hash._isobmff import isobmff_ranges
from bridge.engines.picture_hash._range import Range, Unwalkable
from bridge.engines.picture_hash._tiff import tiff_ranges, without_previews
from bridge.engines.picture_hash._trailers import notes_begin
from bridge.errors import PhotoDamaged
from bridge.values import Format

BLOCK = 1 << 20

_WALKERS: dict[Format, Callable[[BinaryIO, int], list[Range]]] = {
    Format.JPEG: _jpeg.jpeg_ranges,
    Format.PNG: png_ranges,
    Format.WEBP: webp_ranges,
    Format.TIFF: tiff_ranges,
    Format.DNG: tiff_ranges,
    Format.HEIC: isobmff_ranges,
    Format.AVIF: isobmff_ranges,
    Format.PSD: psd_ranges,
}

MOST_TIMES = 8
"""How often a file may name its own bytes as picture; programs that name some twice are not known, and do no harm."""
COUNTED = frozenset(_WALKERS)
"""The formats whose picture data is told apart from their metadata."""


def picture_ranges(file: BinaryIO, format: Format) -> list[Range]:
    """Where the picture data of an open file lies, in the order of the picture, not of the file.

    Raises PhotoDamaged where the structure does not hold together, KeyError for a format outside ``COUNTED``.
    """
    return _walked(file, format, _WALKERS[format])


def _walked(file: BinaryIO, format: Format, walker: Callable[[BinaryIO, int], list[Range]]) -> list[Range]:
    size = file.seek(0, 2)
    try:
        ranges = walker(file, size)
    except (Unwalkable, struct.error, IndexError, OverflowError) as error:
        raise PhotoDamaged(f"The {format.upper()} structure of this file is broken.", detail=str(error)) from error
    for offset, length in ranges:
        if offset < 0 or length < 0 or offset + length > size:
            raise PhotoDamaged(
                f"The {format.upper()} structure of this file is broken.", detail="picture data beyond the end"
            )
    if sum(length for _, length in ranges) > MOST_TIMES * size:
        # Half a million strips that are all the same 100 MB: reading them would take weeks.
        raise PhotoDamaged(
            f"The {format.upper()} structure of this file is broken.", detail="the same bytes many times"
        )
    if not ranges:
        raise PhotoDamaged(f"There is no picture in this {format.upper()} file.")
    return ranges


def jpeg_scans(file: BinaryIO, most: int) -> int:
    """How many scans a decoder of this open JPEG goes through, counted up to ``most``."""
    return _jpeg.jpeg_scans(file, file.seek(0, 2), most)


def jpeg_segments(file: BinaryIO) -> list[tuple[int, int, int]]:
    """(marker, offset, length) of each segment of an open JPEG up to the first scan, marker included in the length.

    Raises PhotoDamaged.
    """
    try:
        return _jpeg.jpeg_segments(file, file.seek(0, 2))
    except Unwalkable as error:
        raise PhotoDamaged("The JPEG structure of this file is broken.", detail=str(error)) from error


def picture_hash(path: Path, format: Format) -> str:
    """BLAKE2b-256, in hex, of the picture data. Of the whole file where the two cannot be told apart: a format outside
    ``COUNTED`` or a broken structure, into which nothing is ever written. Notes that programs append to a JPEG, and
    the previews that they save into a DNG, are left out; our own write leaves them as they are.

    Raises OSError as ``open`` does. About 1 ms a megabyte.
    """
    if format not in COUNTED:
        return file_digest(path)
    with path.open("rb", buffering=0) as file:
        try:
            ranges = _walked(file, format, without_previews if format is Format.DNG else _WALKERS[format])
            if format is Format.JPEG:
                start, length = ranges.pop()
                ranges.append((start, notes_begin(file, start, start + length) - start))
            return _digest(file, ranges)
        except PhotoDamaged:
            return file_digest(path)


def file_digest(path: Path) -> str:
    """BLAKE2b-256, in hex, of all bytes of the file."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def _digest(file: BinaryIO, ranges: Iterable[Range]) -> str:
    digest = hashlib.blake2b(digest_size=32)
    for block in _blocks(file, ranges):
        digest.update(block)
    return digest.hexdigest()


def _blocks(file: BinaryIO, ranges: Iterable[Range]) -> Iterator[memoryview]:
    buffer = memoryview(bytearray(BLOCK))
    for offset, length in ranges:
        file.seek(offset)
        left = length
        while left:
            got = file.readinto(buffer[: min(left, BLOCK)])  # type: ignore[attr-defined]
            if not got:
                raise PhotoDamaged("The file ends in the middle of its picture.")
            left -= got
            yield buffer[:got]


def same_bytes(one: BinaryIO, ranges: list[Range], other: BinaryIO, other_ranges: list[Range]) -> bool:
    """Whether the bytes of two lists of ranges are equal, end to end; faster than two hashes."""
    if [length for _, length in ranges] != [length for _, length in other_ranges]:
        return False
    # bytearrays, since memoryviews are compared item by item
    mine, theirs = bytearray(BLOCK), bytearray(BLOCK)
    for (offset, length), (other_offset, _) in zip(ranges, other_ranges, strict=True):
        one.seek(offset)
        other.seek(other_offset)
        left = length
        while left:
            if left < BLOCK and len(mine) != left:
                mine, theirs = bytearray(left), bytearray(left)
            elif left >= BLOCK != len(mine):
                mine, theirs = bytearray(BLOCK), bytearray(BLOCK)
            if not _fill(one, memoryview(mine)) or not _fill(other, memoryview(theirs)) or mine != theirs:
                return False
            left -= len(mine)
    return True


def _fill(file: BinaryIO, buffer: memoryview) -> bool:
    at = 0
    while at < len(buffer):
        got = file.readinto(buffer[at:])  # type: ignore[attr-defined]
        if not got:
            return False
        at += got
    return True
