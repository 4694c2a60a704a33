"""JPEG (ITU-T T.81 annex B): everything but APPn and COM segments up to the first scan, and from there to the end.

Trailers after EOI count as picture: the further pictures of multi-picture files, depth maps and motion clips lie there.
"""

from __future__ import annotations

from typing import BinaryIO

from bridge.engines.picture_hash._range import Range, Unwalkable, read_at

SOI, SOS, COM = 0xD8, 0xDA, 0xFE
APP0, APP15 = 0xE0, 0xEF
_HEAD = 1 << 16


def jpeg_ranges(file: BinaryIO, size: int) -> list[Range]:
    ranges: list[Range] = []
    for marker, offset, length in jpeg_segments(file, size):
        if marker == SOS:
            ranges.append((offset, size - offset))
        elif not (APP0 <= marker <= APP15 or marker == COM):
            ranges.append((offset, length))
    return ranges


def jpeg_segments(file: BinaryIO, size: int) -> list[tuple[int, int, int]]:
    """(marker, offset, length) of each segment between SOI and the first scan; lengths hold the marker. SOS ends it."""
    segments: list[tuple[int, int, int]] = []
    window, base = read_at(file, 0, min(size, _HEAD)), 0
    if window[:2] != b"\xff\xd8":
        raise Unwalkable("no SOI")
    at = 2
    while True:
        if at + 4 > base + len(window):
            window, base = read_at(file, at, min(size - at, _HEAD)), at
        head = window[at - base : at - base + 4]
        if len(head) < 4 or head[0] != 0xFF:
            raise Unwalkable(f"no marker at {at}")
        marker = head[1]
        if marker == 0xFF:  # fill bytes may precede any marker
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD9:
            raise Unwalkable(f"marker {marker:02x} before the first scan")
        length = 2 + int.from_bytes(head[2:4], "big")
        segments.append((marker, at, length))
        if marker == SOS:
            return segments
        at += length
