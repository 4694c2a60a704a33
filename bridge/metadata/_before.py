"""Before-images: enough to make the old file again, small enough to keep for a year.

Of a photo everything but the picture data is kept; the picture is taken from the file as it is then, whose picture
data was proved to be the same bytes. Of a sidecar everything is kept. Both are byte-exact, and proved by the digest
of the old file before anything is replaced.
"""

from __future__ import annotations

import json
import zlib
from typing import BinaryIO

from bridge.engines.picture_hash import Range, picture_ranges
from bridge.errors import PhotoDamaged
from bridge.metadata._files import copy_bytes
from bridge.values import Format

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


def whole(file: BinaryIO) -> bytes:
    file.seek(0)
    return zlib.compress(file.read(), 9)


def rebuild(kind: str, before: bytes, present: BinaryIO | None, out: BinaryIO) -> None:
    """Write the old file to ``out``. ``present``: any later state of it with the same picture data.

    Raises PhotoDamaged where the present picture does not fit; whether the result is right, its digest tells.
    """
    image = zlib.decompress(before)
    if kind == WHOLE:
        out.write(image)
        return
    text, _, rest = image.partition(b"\n")
    head = json.loads(text)
    assert present is not None
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


def make(file: BinaryIO, format: Format | None) -> tuple[str, bytes, list[Range]]:
    """(kind, before-image, picture ranges) of an open file; ``format`` None: a sidecar.

    Raises PhotoDamaged where a photo's structure does not hold together.
    """
    if format is None:
        return WHOLE, whole(file), []
    ranges = picture_ranges(file, format)
    return PICTURE, around_picture(file, ranges, format), ranges
