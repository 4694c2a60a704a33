"""JPEG (ITU-T T.81 annex B): everything but APPn and COM segments up to the first scan, and from there to the end.

Trailers after EOI count as picture: the further pictures of multi-picture files, depth maps and motion clips lie there.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from bridge.engines.picture_hash._range import Range, Unwalkable, read_at

SOI, EOI, SOS, COM = 0xD8, 0xD9, 0xDA, 0xFE
APP0, APP15 = 0xE0, 0xEF
_HEAD = 1 << 16
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))
_SCAN = bytes((0xFF, SOS))
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Within the data of a scan: not a stuffed byte, no restart, no fill."""


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


def jpeg_scans(file: BinaryIO, size: int, most: int) -> int:
    """How many scans a decoder goes through, counted up to ``most``. One, unread, where the first has all of the
    picture; at least as many where the structure before the first does not hold together."""
    try:
        segments = jpeg_segments(file, size)
        _, at, length = segments[-1]
        frames = [(kind, read_at(file, start + 9, 1)[0]) for kind, start, _ in segments if kind in _FRAMES]
        if all(kind not in _PROGRESSIVE and read_at(file, at + 4, 1)[0] >= parts for kind, parts in frames):
            return 1
    except Unwalkable:
        # Decoders find their way through much that is none.
        return _begun(file, most)
    count = 1
    at += length
    while count < most:
        file.seek(at)
        block = file.read(_HEAD)
        found = _MARKER.search(block)
        if found is None:
            if len(block) < 2:
                break
            at += len(block) - 1
            continue
        at += found.start()
        marker = block[found.start() + 1]
        if marker == EOI:
            break
        count += marker == SOS
        file.seek(at + 2)
        # What stands within a segment is no marker, whatever it looks like.
        at += 2 if marker == 0x01 else 2 + max(2, int.from_bytes(file.read(2), "big"))
    return count


def _begun(file: BinaryIO, most: int) -> int:
    """How often a scan begins, in whatever part of the file."""
    file.seek(0)
    count, last = 0, b""
    while count < most and (block := file.read(_HEAD)):
        count += (last + block).count(_SCAN)
        last = block[-1:]
    return count
