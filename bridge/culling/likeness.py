"""How two photos lie over each other: which corners they share, how one is moved, turned and scaled onto the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from bridge.culling.descriptor import SIDE, Descriptor

__all__ = ["NONE", "Likeness", "frame_of", "liken"]

Floats = npt.NDArray[np.float64]

_LONG = 384.0
"""Unit of lengths here: the longer edge of either picture."""
_NEAR = 4.0
_FARTHEST_BITS, _CLEARLY = 64, 0.85
"""A corner's match differs in a quarter of its bits at most, and clearly less than the next best."""
_FEWEST = 4
_ROUNDS = 500
_LEAST_SCALE = 0.4
_COARSE = 6.0
"""Pixels of ``side``: what is compared is finer than this, or a sky that darkens downwards would be like any other."""
_LEAST_DETAIL = 1.0
"""Levels of 0..255 of that finer part: below it there is nothing to compare."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Of two photos, the same whichever comes first but for the sign of ``shift``."""

    corners: int
    """How many corners lie on each other after the best move, turn and scaling of one."""
    agreement: float
    """How the fine parts of both correlate where they overlap then, -1..1."""
    overlap: float
    """Share of the frame, 0..1, that the other shows too: of the photo that has less of the other."""
    scale: float
    """How much larger one shows things, 1 and above."""
    turn: float
    """Degrees, 0..180."""
    shift: tuple[float, float]
    """Where the middle of the first lies in the second, from its middle, in shares of its width and height: right and
    down are above 0."""


NONE = Likeness(0, 0.0, 0.0, 1.0, 0.0, (0.0, 0.0))


def liken(one: Descriptor, other: Descriptor) -> Likeness:
    """About 0.5 ms."""
    first, second = _key(one), _key(other)
    if first == second:
        return Likeness(len(one.points), 1.0, 1.0, 1.0, 0.0, (0.0, 0.0))
    if second < first:
        found = liken(other, one)
        return replace(found, shift=(-found.shift[0], -found.shift[1]))
    still = _laid(one, other, np.eye(3), 0) if _same_shape(one, other) else NONE
    moved = _moved(one, other)
    if moved is None:
        return still
    matrix, corners = moved
    found = _laid(one, other, matrix, corners)
    if found.overlap < 0.05 or found.scale > 1 / _LEAST_SCALE:
        return still
    return found if found.corners > _FEWEST * 2 or found.agreement >= still.agreement else still


def _key(descriptor: Descriptor) -> tuple[tuple[int, int], bytes, bytes]:
    return descriptor.size, descriptor.side.tobytes(), descriptor.points.tobytes()


def _same_shape(one: Descriptor, other: Descriptor) -> bool:
    ratios = [descriptor.size[0] / descriptor.size[1] for descriptor in (one, other)]
    return abs(ratios[0] / ratios[1] - 1) < 0.05


def frame_of(descriptor: Descriptor) -> Floats:
    """Width and height in pixels of which the longer edge has 384."""
    width, height = descriptor.size
    return np.array((width, height), np.float64) * (_LONG / max(width, height))


def _moved(one: Descriptor, other: Descriptor) -> tuple[Floats, int] | None:
    """From shares of ``one`` to shares of ``other``, and how many corners say so."""
    if min(len(one.points), len(other.points)) < _FEWEST:
        return None
    pairs = _matches(one.bits, other.bits)
    if len(pairs) < _FEWEST:
        return None
    here, there = frame_of(one), frame_of(other)
    source, target = one.points[pairs[:, 0]] * here, other.points[pairs[:, 1]] * there
    matrix, inside = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_NEAR, maxIters=_ROUNDS
    )
    if matrix is None:
        return None
    pixels = np.vstack([matrix, (0, 0, 1)])
    kept = inside.ravel() > 0
    # Many corners that fall on few places are one corner that looks like many.
    distinct = min(len(np.unique(np.round(places[kept] / _NEAR), axis=0)) for places in (source, target))
    return np.diag((1 / there[0], 1 / there[1], 1)) @ pixels @ np.diag((here[0], here[1], 1)), distinct


def _matches(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.intp]:
    """(n, 2): pairs of rows."""
    if len(other) < 2:
        return np.empty((0, 2), np.intp)
    found = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(one, other, 2)
    pairs = [
        (best.queryIdx, best.trainIdx)
        for best, second in found
        if best.distance < _FARTHEST_BITS and best.distance < _CLEARLY * second.distance
    ]
    return np.array(pairs, np.intp).reshape(-1, 2)


def _laid(one: Descriptor, other: Descriptor, matrix: Floats, corners: int) -> Likeness:
    here, there = frame_of(one), frame_of(other)
    pixels = np.diag((there[0], there[1], 1)) @ matrix @ np.diag((1 / here[0], 1 / here[1], 1))
    scale = float(np.hypot(pixels[0, 0], pixels[1, 0]))
    if not 1e-6 < scale < 1e6:
        return NONE
    agreement, overlaps = _agreement(one.side, other.side, matrix)
    middle = matrix @ (0.5, 0.5, 1)
    back = np.linalg.inv(matrix) @ (0.5, 0.5, 1)
    shift = (middle[:2] - back[:2]) / 2
    turn = abs(float(np.degrees(np.arctan2(pixels[1, 0], pixels[0, 0]))))
    return Likeness(corners, agreement, min(overlaps), max(scale, 1 / scale), turn, (float(shift[0]), float(shift[1])))


def _agreement(
    one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8], matrix: Floats
) -> tuple[float, tuple[float, float]]:
    """Correlation over the overlap, and the overlap as share of each."""
    grid = np.diag((SIDE, SIDE, 1)) @ matrix @ np.diag((1 / SIDE, 1 / SIDE, 1))
    # Pixels are numbered by their middles.
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    grid = half @ grid @ np.linalg.inv(half)
    everywhere = np.ones((SIDE, SIDE), np.float32)
    laid: npt.NDArray[np.float32] = cv2.warpAffine(one.astype(np.float32), grid[:2], (SIDE, SIDE)).astype(np.float32)
    inside = cv2.warpAffine(everywhere, grid[:2], (SIDE, SIDE)) > 0.99
    area = float(inside.mean())
    overlaps = (min(1.0, area / max(1e-9, abs(float(np.linalg.det(matrix[:2, :2]))))), area)
    if inside.sum() < SIDE:
        return 0.0, overlaps
    fine = [_fine(laid, inside), _fine(other.astype(np.float32), inside)]
    spread = [float(values.std()) for values in fine]
    if min(spread) < _LEAST_DETAIL:
        return 0.0, overlaps
    return float(((fine[0] - fine[0].mean()) * (fine[1] - fine[1].mean())).mean() / (spread[0] * spread[1])), overlaps


def _fine(picture: npt.NDArray[np.float32], inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """What is finer than ``_COARSE``, inside; the mean there does not look beyond the border."""
    weight = inside.astype(np.float32)
    coarse = cv2.GaussianBlur(picture * weight, (0, 0), _COARSE) / (cv2.GaussianBlur(weight, (0, 0), _COARSE) + 1e-6)
    result: npt.NDArray[np.float32] = (picture - coarse)[inside]
    return result
