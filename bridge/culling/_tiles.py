"""Which parts of a photo are looked at in native pixels: 21 tiles tell as much as the whole and cost a seventieth."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from bridge.values import RGB

SIDE = 128
"""Native pixels. A photo that is smaller has smaller tiles."""
DETAILED, SPREAD = 14, 7
"""Tiles with the most detail in a small version, where what is in focus shows; and tiles from all over the picture."""
_SMALLEST = 32

Luma = npt.NDArray[np.float32]
"""(tile, side, side), 0..255."""
Corner = tuple[int, int]
"""Top and left, native pixels."""


def side_of(native: RGB) -> int:
    """Of the tiles of this photo."""
    height, width = native.shape[:2]
    return max(2, min(SIDE, int(height), int(width)))


def pick_tiles(native: RGB, small: RGB) -> list[Corner]:
    """The tiles of ``native`` to look at, chosen on ``small``, a smaller version of it."""
    height, width = native.shape[:2]
    side = side_of(native)
    corners = [(y, x) for y in _starts(height, side) for x in _starts(width, side)]
    if len(corners) <= DETAILED + SPREAD:
        return corners
    luma = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    fine = cv2.absdiff(luma, cv2.blur(luma, (5, 5)))
    scale = small.shape[0] / height
    window = max(1, round(side * scale))
    # One bright edge is not more detail than a face full of small ones.
    energy = cv2.boxFilter(np.minimum(fine, 40), cv2.CV_32F, (window, window))
    middles = np.minimum(((np.array(corners) + side / 2) * scale).astype(int), np.array(energy.shape) - 1)
    order = np.argsort(-energy[middles[:, 0], middles[:, 1]], kind="stable").tolist()
    rest = order[DETAILED:]
    spread = rest[:: max(1, len(rest) // SPREAD)][:SPREAD]
    return [corners[at] for at in order[:DETAILED] + spread]


def middles_of(native: RGB, corners: list[Corner]) -> npt.NDArray[np.float64]:
    """(tile, 2): x and y of the middles, shares of the photo's width and height."""
    height, width = native.shape[:2]
    half = side_of(native) / 2
    return np.array([((x + half) / width, (y + half) / height) for y, x in corners], np.float64).reshape(-1, 2)


def tile_around(native: RGB, y: float, x: float, side: int) -> Corner:
    """The tile with this middle, moved into the picture."""
    height, width = native.shape[:2]
    return (
        int(min(max(y - side / 2, 0), height - side)),
        int(min(max(x - side / 2, 0), width - side)),
    )


def luma_of(native: RGB, corners: list[Corner], side: int | None = None) -> Luma:
    """The tiles with these corners, of the photo's usual side or another."""
    side = side_of(native) if side is None else side
    tiles = np.empty((len(corners), side, side), np.float32)
    for at, (y, x) in enumerate(corners):
        tiles[at] = cv2.cvtColor(np.ascontiguousarray(native[y : y + side, x : x + side]), cv2.COLOR_RGB2GRAY)
    return tiles


def _starts(length: int, side: int) -> list[int]:
    return [*range(0, length - side + 1, side)] or [0]
