"""The descriptor of a photo as the store keeps it: bytes with a version."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["BITS", "OVERVIEW", "OVERVIEWS", "SIDE", "VERSION", "Descriptor", "pack", "unpack"]

VERSION = 1
"""Raised whenever the bytes or their meaning change: a descriptor of another version is made again."""

OVERVIEWS, OVERVIEW = 3, 240
SIDE = 48
BITS = 32
"""Bytes of one point."""

_HEAD = struct.Struct("<BBII")
_STEPS = 65535


@dataclass(frozen=True, slots=True, eq=False)
class Descriptor:
    """One photo, so that it is known again."""

    size: tuple[int, int]
    """Width and height of the picture it was made from, pixels: only their ratio matters."""
    overviews: npt.NDArray[np.int8]
    """(3, 240): the whole picture, and the same without 5 and 10 % at each edge; unit vectors times 127. What finds
    candidates among many photos."""
    side: npt.NDArray[np.uint8]
    """(48, 48): the picture, grey, squeezed to a square."""
    points: npt.NDArray[np.float32]
    """(n, 2), n up to 255: x and y of its corners, shares of width and height."""
    bits: npt.NDArray[np.uint8]
    """(n, 32): how each corner looks (ORB); Hamming distance tells corners apart."""


def pack(descriptor: Descriptor) -> bytes:
    head = _HEAD.pack(VERSION, len(descriptor.points), *descriptor.size)
    places = np.round(descriptor.points * _STEPS).astype("<u2")
    arrays = (descriptor.overviews, descriptor.side, places, descriptor.bits)
    return head + b"".join(array.tobytes() for array in arrays)


def unpack(data: bytes) -> Descriptor | None:
    """None where the bytes are of another version or cut short: the photo is then described again."""
    if len(data) < _HEAD.size or data[0] != VERSION:
        return None
    _, count, width, height = _HEAD.unpack_from(data)
    lengths = (OVERVIEWS * OVERVIEW, SIDE * SIDE, count * 4, count * BITS)
    if len(data) != _HEAD.size + sum(lengths):
        return None
    ends = np.cumsum((_HEAD.size, *lengths))
    parts = [data[start:end] for start, end in pairwise(ends)]
    places = np.frombuffer(parts[2], "<u2").reshape(count, 2).astype(np.float32) / np.float32(_STEPS)
    return Descriptor(
        (width, height),
        np.frombuffer(parts[0], np.int8).reshape(OVERVIEWS, OVERVIEW),
        np.frombuffer(parts[1], np.uint8).reshape(SIDE, SIDE),
        places.astype(np.float32),
        np.frombuffer(parts[3], np.uint8).reshape(count, BITS),
    )
