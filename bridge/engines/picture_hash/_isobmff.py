"""HEIC and AVIF (ISO/IEC 14496-12 and 23008-12): the extents of every item that is no metadata.

An image sequence (``moov``) keeps its pictures by track, not by item; it is not walked here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from bridge.engines.picture_hash._range import Range, Unwalkable, read_at

_METADATA_ITEMS = {b"Exif", b"mime", b"uri "}
_LARGEST_META = 1 << 26


def isobmff_ranges(file: BinaryIO, size: int) -> list[Range]:
    boxes = list(_boxes(file, 0, size))
    names = [name for name, _, _ in boxes]
    if b"moov" in names or b"meta" not in names:
        raise Unwalkable("no still picture by items")
    start, end = next((start, end) for name, start, end in boxes if name == b"meta")
    if end - start > _LARGEST_META:
        raise Unwalkable("meta box too large")
    inner = {name: (a, b) for name, a, b in _boxes(file, start + 4, end)}  # 4: version and flags
    for needed in (b"iinf", b"iloc"):
        if needed not in inner:
            raise Unwalkable(f"no {needed.decode()} box")
    kinds = dict(_item_kinds(file, *inner[b"iinf"]))
    idat = inner.get(b"idat")
    ranges: list[Range] = []
    for item, method, offset, length in _item_places(file, *inner[b"iloc"], size):
        if kinds.get(item, b"") in _METADATA_ITEMS:
            continue
        if method == 1:
            if idat is None:
                raise Unwalkable("no idat box")
            offset += idat[0]
        elif method != 0:
            raise Unwalkable(f"construction method {method}")
        ranges.append((offset, length))
    return ranges


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of the content, end) of each box in a range."""
    while at + 8 <= end:
        size, name = struct.unpack(">I4s", read_at(file, at, 8))
        header = 8
        if size == 1:
            (size,) = struct.unpack(">Q", read_at(file, at + 8, 8))
            header = 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            raise Unwalkable(f"box {name!r} at {at}")
        yield name, at + header, at + size
        at += size


def _item_kinds(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    version = read_at(file, start, 1)[0]
    first = start + 4 + (2 if version == 0 else 4)
    for name, at, stop in _boxes(file, first, end):
        if name != b"infe":
            continue
        data = read_at(file, at, min(stop - at, 16))
        if data[0] == 2:
            yield struct.unpack(">H", data[4:6])[0], data[8:12]
        elif data[0] == 3:
            yield struct.unpack(">I", data[4:8])[0], data[10:14]


def _item_places(file: BinaryIO, start: int, end: int, size: int) -> Iterator[tuple[int, int, int, int]]:
    """(item, construction method, offset, length) of each extent, by item."""
    data = read_at(file, start, end - start)
    version = data[0]
    offset_size, length_size = data[4] >> 4, data[4] & 15
    base_size, index_size = data[5] >> 4, data[5] & 15 if version in (1, 2) else 0
    at = 6

    def number(width: int) -> int:
        nonlocal at
        if at + width > len(data):
            raise Unwalkable("iloc box too short")
        value = int.from_bytes(data[at : at + width], "big")
        at += width
        return value

    for _ in range(number(2 if version < 2 else 4)):
        item = number(2 if version < 2 else 4)
        method = number(2) & 15 if version in (1, 2) else 0
        number(2)  # data reference: this file
        base = number(base_size)
        for _ in range(number(2)):
            number(index_size)
            offset = base + number(offset_size)
            length = number(length_size)
            yield item, method, offset, length or size - offset
