"""PNG, WEBP and PSD: files of chunks, one after the other."""

from __future__ import annotations

import struct
from typing import BinaryIO

from bridge.engines.picture_hash._range import Range, Unwalkable, read_at

# PNG 3rd edition, clause 11: what decides on pixels. Colour chunks (iCCP, gAMA …) are metadata here.
_PNG_PICTURE = {b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"acTL", b"fcTL", b"fdAT"}
_WEBP_PICTURE = {b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}


def png_ranges(file: BinaryIO, size: int) -> list[Range]:
    if read_at(file, 0, 8) != b"\x89PNG\r\n\x1a\n":
        raise Unwalkable("no PNG signature")
    ranges: list[Range] = []
    at = 8
    while at < size:
        length, kind = struct.unpack(">I4s", read_at(file, at, 8))
        if kind in _PNG_PICTURE:
            ranges.append((at + 8, length))
        at += 12 + length
        if kind == b"IEND":
            break
    if at < size:
        ranges.append((at, size - at))
    return ranges


def webp_ranges(file: BinaryIO, size: int) -> list[Range]:
    """RIFF container of WebP; chunks are padded to even lengths."""
    riff, length, kind = struct.unpack("<4sI4s", read_at(file, 0, 12))
    if riff != b"RIFF" or kind != b"WEBP":
        raise Unwalkable("no WEBP signature")
    ranges: list[Range] = []
    at, end = 12, min(size, 8 + length)
    while at + 8 <= end:
        name, length = struct.unpack("<4sI", read_at(file, at, 8))
        if name in _WEBP_PICTURE:
            ranges.append((at + 8, length))
        at += 8 + length + (length & 1)
    return ranges


def psd_ranges(file: BinaryIO, size: int) -> list[Range]:
    """Header and colour mode data, then everything after the image resources, where the metadata lives."""
    signature, version = struct.unpack(">4sH", read_at(file, 0, 6))
    if signature != b"8BPS" or version not in (1, 2):
        raise Unwalkable("no PSD signature")
    (colours,) = struct.unpack(">I", read_at(file, 26, 4))
    at = 30 + colours
    (resources,) = struct.unpack(">I", read_at(file, at, 4))
    after = at + 4 + resources
    return [(0, at), (after, size - after)]
