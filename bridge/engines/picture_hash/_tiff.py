"""TIFF 6.0, BigTIFF and DNG: the strips and tiles of every page and every sub-image."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bridge.engines.picture_hash._range import Range, Unwalkable, read_at

_SUBFILE, _REDUCED = 0x00FE, 1
"""NewSubfileType, and its bit of a smaller version of another image of the file."""
_STRIPS, _STRIP_BYTES = 0x0111, 0x0117
_TILES, _TILE_BYTES = 0x0144, 0x0145
_JPEG, _JPEG_BYTES = 0x0201, 0x0202
_SUB_IFDS = 0x014A
_LAYERS = 0x935C
"""Photoshop's layers, often larger than the picture (Adobe Photoshop TIFF Technical Notes, ImageSourceData)."""
_MOST_IFDS = 4096
_MOST_VALUES = 2_000_000
"""Of one tag: 500 megapixels in tiles of 16 x 16."""

_TYPES = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_WANTED = {_SUBFILE, _STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES, _JPEG, _JPEG_BYTES, _SUB_IFDS}


@dataclass(frozen=True, slots=True)
class _Layout:
    order: str
    big: bool

    @property
    def entry(self) -> str:
        return self.order + ("HHQ8s" if self.big else "HHI4s")

    @property
    def offset(self) -> str:
        return self.order + ("Q" if self.big else "I")


def tiff_ranges(file: BinaryIO, size: int) -> list[Range]:
    return [one for ranges, _ in _images(file, size) for one in ranges]


def without_previews(file: BinaryIO, size: int) -> list[Range]:
    """Of a DNG, into which programs save what they make of it: the smaller versions are left out. All of them where
    there is nothing else."""
    images = list(_images(file, size))
    full = [one for ranges, reduced in images if not reduced for one in ranges]
    return full or [one for ranges, _ in images for one in ranges]


def _images(file: BinaryIO, size: int) -> Iterator[tuple[list[Range], bool]]:
    """(ranges, whether it is a smaller version of another) of each page and sub-image."""
    layout, first = _header(file)
    seen: set[int] = set()
    waiting = [first]
    while waiting:
        at = waiting.pop(0)
        if at == 0 or at in seen:
            continue
        if len(seen) >= _MOST_IFDS:
            raise Unwalkable("too many IFDs")
        seen.add(at)
        fields, following = _ifd(file, at, layout, size)
        ranges: list[Range] = []
        for offsets, lengths in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
            ranges += _pairs(fields.get(offsets), fields.get(lengths))
        if _LAYERS in fields:
            offset, length = fields[_LAYERS]
            ranges.append((offset, length))
        # IFD1's thumbnail uses the same two tags; it is metadata, unless an old-style JPEG page has nothing else.
        if _STRIPS not in fields and _TILES not in fields and at == first:
            ranges += _pairs(fields.get(_JPEG), fields.get(_JPEG_BYTES))
        yield ranges, any(kind & _REDUCED for kind in fields.get(_SUBFILE, ()))
        waiting += fields.get(_SUB_IFDS, ())
        waiting.append(following)


def _header(file: BinaryIO) -> tuple[_Layout, int]:
    head = read_at(file, 0, 8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise Unwalkable("no TIFF byte order")
    (magic,) = struct.unpack(order + "H", head[2:4])
    if magic == 43:
        return _Layout(order, True), struct.unpack(order + "Q", read_at(file, 8, 8))[0]
    return _Layout(order, False), struct.unpack(order + "I", head[4:8])[0]


def _ifd(file: BinaryIO, at: int, layout: _Layout, size: int) -> tuple[dict[int, tuple[int, ...]], int]:
    count_format = layout.order + ("Q" if layout.big else "H")
    (count,) = struct.unpack(count_format, read_at(file, at, struct.calcsize(count_format)))
    at += struct.calcsize(count_format)
    entry = struct.calcsize(layout.entry)
    if count * entry > size:
        raise Unwalkable(f"{count} entries")
    table = read_at(file, at, count * entry)
    fields: dict[int, tuple[int, ...]] = {}
    for tag, kind, number, inline in struct.iter_unpack(layout.entry, table):
        if tag == _LAYERS and number > len(inline):
            fields[tag] = (struct.unpack(layout.offset, inline)[0], number)
            continue
        letter = _TYPES.get(kind)
        if tag not in _WANTED or letter is None:
            continue
        length = struct.calcsize(letter) * number
        if length > size or number > _MOST_VALUES:
            raise Unwalkable(f"tag {tag:04x} of {length} bytes")
        if length <= len(inline):
            data = inline[:length]
        else:
            data = read_at(file, struct.unpack(layout.offset, inline)[0], length)
        fields[tag] = struct.unpack(f"{layout.order}{number}{letter}", data)
    try:
        (following,) = struct.unpack(layout.offset, read_at(file, at + count * entry, struct.calcsize(layout.offset)))
    except Unwalkable:  # a last IFD that ends with the file
        following = 0
    return fields, following


def _pairs(offsets: tuple[int, ...] | None, lengths: tuple[int, ...] | None) -> list[Range]:
    if not offsets or not lengths:
        return []
    if len(offsets) != len(lengths):
        raise Unwalkable("offsets and lengths differ in number")
    return [(offset, length) for offset, length in zip(offsets, lengths, strict=True) if length]
