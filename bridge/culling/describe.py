"""What is kept of a photo to know it again: its perceptual hash, and a descriptor that survives crops and rotations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from bridge.culling._overview import overviews
from bridge.culling.descriptor import BITS, SIDE, Descriptor, pack
from bridge.values import RGB

__all__ = ["Described", "describe", "phash_of"]

_EDGE = 384
"""Pixels of the longer edge for the points. Small, so that four pixels of blur at native size hardly matter; small
pictures are enlarged to it, so that a photo and a small copy of it are looked at alike."""
_MOST = 400
"""Points that are looked for; those that are kept lie spread over the picture."""
_POINTS = 120
_CELLS = 6
_NARROWEST = 32
"""Pixels: a corner is told by a square of 31."""

_HASH, _FACTOR = 8, 4
_ROUNDING = 1e-6
"""Of coefficients that are 0 or above 1: flat pictures get the same hash on every machine."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Described:
    """One photo, for the store."""

    phash: int
    """64 bits, as imagehash's ``phash``: the first row's first bit is the highest."""
    descriptor: bytes
    """Under 8 KB; ``descriptor.unpack`` reads it, ``descriptor.VERSION`` says how it was made."""


def describe(rgb: RGB) -> Described:
    """Of a picture of any size; about 1024 pixels are enough, and more take longer. About 8 ms on one core."""
    grey = np.asarray(Image.fromarray(rgb).convert("L"))
    return Described(_phash(grey), pack(_descriptor(rgb, grey)))


def phash_of(rgb: RGB) -> int:
    """As ``int(str(imagehash.phash(Image.fromarray(rgb))), 16)``, bit for bit."""
    return _phash(np.asarray(Image.fromarray(rgb).convert("L")))


def _phash(grey: Grey) -> int:
    side = _HASH * _FACTOR
    small = np.asarray(Image.fromarray(grey).resize((side, side), Image.Resampling.LANCZOS), np.float64)
    cosines = _cosines()
    low = np.round((cosines @ small @ cosines.T) / _ROUNDING) * _ROUNDING
    bits = low > np.median(low)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


@cache
def _cosines() -> npt.NDArray[np.float64]:
    """The first rows of SciPy's ``dct`` of type II, not normalised: (8, 32)."""
    side = _HASH * _FACTOR
    rows: npt.NDArray[np.float64] = np.arange(_HASH)[:, None] * (2 * np.arange(side) + 1)[None] * np.pi / (2 * side)
    return 2 * np.cos(rows)


def _descriptor(rgb: RGB, grey: Grey) -> Descriptor:
    height, width = grey.shape
    scale = _EDGE / max(height, width)
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = grey
    while max(small.shape) >= 2.4 * _EDGE:  # halving is quick, any other step is not
        small = cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(small, shape, interpolation=way).astype(np.uint8, copy=False)
    points, bits = _points(small)
    soft = cv2.GaussianBlur(small, (0, 0), 1.5)
    side: Grey = cv2.resize(soft, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return Descriptor((width, height), overviews(rgb, small), side, points, bits)


def _points(grey: Grey) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """The strongest corners of each part of the picture (ORB): places as shares of width and height, and their bits."""
    height, width = grey.shape
    none = np.empty((0, 2), np.float32), np.empty((0, BITS), np.uint8)
    if min(height, width) < _NARROWEST:
        return none
    orb = cv2.ORB.create(_MOST, 1.2, 6, edgeThreshold=16, fastThreshold=5)
    found, bits = orb.detectAndCompute(grey, np.array([]))
    if not found:
        return none
    places = (cv2.KeyPoint.convert(found) / np.array((width, height))).astype(np.float32)
    strengths = np.array([point.response for point in found])
    cells = np.clip((places * _CELLS).astype(int), 0, _CELLS - 1) @ (1, _CELLS)
    strongest = np.lexsort((places[:, 0], places[:, 1], -strengths))
    turn = np.zeros(len(found), np.int64)
    seen = [0] * (_CELLS * _CELLS)
    for at in strongest:
        turn[at] = seen[cells[at]]
        seen[cells[at]] += 1
    kept = np.lexsort((places[:, 0], places[:, 1], -strengths, turn))[:_POINTS]
    return places[kept], bits[kept].astype(np.uint8, copy=False)
