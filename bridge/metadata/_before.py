"""Before-images: enough to make the old file again, small enough to keep for a year.

Of a JPEG the segments are kept that our write changed; all else is taken from the file as our write left it. Of other
photos everything but the picture data is kept; the picture is taken from the file, whose picture data was proved to be
the same bytes. Of a sidecar everything is kept. All are byte-exact, and proved by the digest of the old file before
anything is replaced.
"""

from __future__ import annotations

import json
import zlib
from typing import BinaryIO

from bridge.engines.picture_hash import Range, jpeg_segments, picture_ranges
from bridge.errors import PhotoDamaged
from bridge.metadata._files import copy_bytes
from bridge.values import Format

SEGMENTS = "segments"
"""The bytes of a JPEG that are not in the new file, and where the others are in it."""
PICTURE = "picture"
"""All bytes but those of the picture data, and where these were."""
WHOLE = "whole"
NEW = "new"
"""There was no file."""

_LEVEL = 3
_LARGEST = 1 << 28


def around_picture(file: BinaryIO, ranges: list[Range], format: Format) -> bytes:
    """The before-image of an open photo, ``ranges`` being its picture data."""
    size = file.seek(0, 2)
    if sum(length for _, length in _gaps(ranges, size)) > _LARGEST:
        raise PhotoDamaged("it holds more metadata than could be kept for an undo.")
    head = {"format": format, "size": size, "ranges": ranges}
    parts = [json.dumps(head, separators=(",", ":")).encode(), b"\n"]
    for offset, length in _gaps(ranges, size):
        file.seek(offset)
        parts.append(_exactly(file, length))
    return zlib.compress(b"".join(parts), _LEVEL)


def changed_segments(old: BinaryIO, new: BinaryIO) -> bytes:
    """The before-image of an open JPEG. The two have the same picture, from the first scan to the end.

    Raises PhotoDamaged where one of them does not hold together.
    """
    size, copies = old.seek(0, 2), _copies(old, new)
    gaps = _gaps([(offset, length) for offset, _, length in copies], size)
    if sum(length for _, length in gaps) > _LARGEST:
        raise PhotoDamaged("it holds more metadata than could be kept for an undo.")
    parts = [json.dumps({"size": size, "copies": copies}, separators=(",", ":")).encode(), b"\n"]
    for offset, length in gaps:
        old.seek(offset)
        parts.append(_exactly(old, length))
    return zlib.compress(b"".join(parts), _LEVEL)


def _copies(old: BinaryIO, new: BinaryIO) -> list[tuple[int, int, int]]:
    """(offset, offset in the new file, length) of what both have, in the order of the old file."""
    there: dict[bytes, int] = {}
    *heads, (_, scan, _) = jpeg_segments(new)
    for _, offset, length in heads:
        new.seek(offset)
        there.setdefault(_exactly(new, length), offset)
    found: list[tuple[int, int, int]] = []
    *heads, (_, start, _) = jpeg_segments(old)
    for _, offset, length in heads:
        old.seek(offset)
        if (at := there.get(_exactly(old, length))) is not None:
            _join(found, offset, at, length)
    _join(found, start, scan, old.seek(0, 2) - start)
    return found


def _join(copies: list[tuple[int, int, int]], offset: int, at: int, length: int) -> None:
    if copies and (copies[-1][0] + copies[-1][2], copies[-1][1] + copies[-1][2]) == (offset, at):
        offset, at, before = copies.pop()
        length += before
    copies.append((offset, at, length))


def whole(file: BinaryIO) -> bytes:
    file.seek(0)
    return zlib.compress(file.read(), 9)


def rebuild(kind: str, before: bytes, present: BinaryIO | None, out: BinaryIO) -> None:
    """Write the old file to ``out``. ``present``: any later state of it with the same picture data; of a JPEG, the file
    as our write left it.

    Raises PhotoDamaged where the present picture does not fit; whether the result is right, its digest tells.
    """
    image = zlib.decompress(before)
    if kind == WHOLE:
        out.write(image)
        return
    text, _, rest = image.partition(b"\n")
    head = json.loads(text)
    assert present is not None
    if kind == SEGMENTS:
        _rebuild_jpeg(head["size"], head["copies"], rest, present, out)
        return
    new = picture_ranges(present, Format(head["format"]))
    old: list[Range] = [(offset, length) for offset, length in head["ranges"]]
    if [length for _, length in new] != [length for _, length in old]:
        raise PhotoDamaged("The picture data is not what it was before our write.")
    at = 0
    for offset, length in _gaps(old, head["size"]):
        out.seek(offset)
        out.write(rest[at : at + length])
        at += length
    for (offset, length), (source, _) in zip(old, new, strict=True):
        present.seek(source)
        out.seek(offset)
        copy_bytes(present, out, length)


def _rebuild_jpeg(size: int, copies: list[tuple[int, int, int]], rest: bytes, present: BinaryIO, out: BinaryIO) -> None:
    at = 0
    for offset, length in _gaps([(offset, length) for offset, _, length in copies], size):
        out.seek(offset)
        out.write(rest[at : at + length])
        at += length
    try:
        for offset, source, length in copies:
            present.seek(source)
            out.seek(offset)
            copy_bytes(present, out, length)
    except EOFError as error:
        raise PhotoDamaged("The file is not what our write left.") from error


def _gaps(ranges: list[Range], size: int) -> list[Range]:
    """What lies outside of the ranges, which may overlap and come in any order."""
    gaps: list[Range] = []
    at = 0
    for offset, length in sorted(ranges):
        if offset > at:
            gaps.append((at, offset - at))
        at = max(at, offset + length)
    if at < size:
        gaps.append((at, size - at))
    return gaps


def _exactly(file: BinaryIO, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        more = file.read(length - len(data))
        if not more:
            raise PhotoDamaged("The file ends early.")
        data += more
    return bytes(data)


def make(file: BinaryIO, format: Format | None, new: BinaryIO | None = None) -> tuple[str, bytes, list[Range]]:
    """(kind, before-image, picture ranges) of an open file; ``format`` None: a sidecar. ``new`` is what takes its
    place: whether it has the same picture is for the caller to see.

    Raises PhotoDamaged where a photo's structure does not hold together.
    """
    if format is None:
        return WHOLE, whole(file), []
    ranges = picture_ranges(file, format)
    if format is Format.JPEG and new is not None:
        return SEGMENTS, changed_segments(file, new), ranges
    return PICTURE, around_picture(file, ranges, format), ranges
