"""The colour of a thing, where a photographer would name it: a yellow flower, a red car."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from bridge.engines.objects import DetectedObject
from bridge.taggers.starter._evidence import Said
from bridge.values import RGB

HUES = (("red", 12), ("orange", 35), ("yellow", 65), ("green", 165), ("blue", 255), ("purple", 305), ("pink", 345))
"""Names of hues, each with the degree where it ends; beyond the last it is red again."""
LEAF_TO_SKY = (58.0, 245.0)
"""Hues that are more often of leaves, water and sky than of petals."""
PAINTED = ("car", "truck", "bus", "motorcycle")
LEAST_PAINTED = 0.03
"""Share of the picture from which the paint of a vehicle is worth a word."""
PETALS, PAINT = 0.2, 0.15
"""So much of the middle of a flower's picture, or of a vehicle's box, must have strong colours."""
OF_ONE = 0.85
"""How close together these must be: length of the mean of their hues as unit vectors."""
APART = 40.0
"""Degrees that paint must differ from the strong colours around it; else it is the light that is of that colour."""
EDGE = 120
"""Longest edge of the copy that colours are counted on, pixels."""

Plane = npt.NDArray[Any]


def colours(rgb: RGB, things: Sequence[DetectedObject]) -> dict[str, str]:
    """What the middle of the picture would be as a ``flower``, and the colour of the surest vehicle of each kind."""
    scale = min(1.0, EDGE / max(rgb.shape[:2]))
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    hsv = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2HSV_FULL).astype(np.float32)
    hue, saturation, value = hsv[..., 0] * (360 / 256), hsv[..., 1] / 255, hsv[..., 2] / 255
    found: dict[str, str] = {}
    petals = (saturation > 0.3) & (value > 0.35) & ~((hue > LEAF_TO_SKY[0]) & (hue < LEAF_TO_SKY[1]))
    middle = _box(hue, 0.2, 0.2, 0.8, 0.8)
    _name(found, "flower", hue, petals & middle, PETALS * middle.sum())
    strong = (saturation > 0.4) & (value > 0.25)
    for thing in things:
        if thing.name in PAINTED and thing.name not in found and thing.area >= LEAST_PAINTED:
            inside = _box(hue, thing.left, thing.top, thing.right, thing.bottom)
            if not _alike(hue, strong & inside, strong & ~inside):
                _name(found, thing.name, hue, strong & inside, PAINT * inside.sum())
    return found


def say_colours(seen: Mapping[str, str], words: Mapping[str, Said]) -> list[Said]:
    """The colours of those things that are among the words, a little less sure than the things."""
    return [Said(colour, 0.8 * words[name].score, "rule:colour") for name, colour in seen.items() if name in words]


def _box(hue: Plane, left: float, top: float, right: float, bottom: float) -> Plane:
    rows, columns = hue.shape
    mask = np.zeros(hue.shape, bool)
    mask[int(top * rows) : int(np.ceil(bottom * rows)), int(left * columns) : int(np.ceil(right * columns))] = True
    return mask


def _name(found: dict[str, str], thing: str, hue: Plane, mask: Plane, least: float) -> None:
    angle, together = _mean(hue[mask])
    if mask.sum() >= max(1.0, least) and together >= OF_ONE:
        found[thing] = next((name for name, end in HUES if angle < end), HUES[0][0])


def _alike(hue: Plane, inside: Plane, outside: Plane) -> bool:
    """Whether a good part of the surroundings is of the colour of the thing."""
    if outside.mean() < 0.05:
        return False
    apart = abs(_mean(hue[inside])[0] - _mean(hue[outside])[0])
    return min(apart, 360.0 - apart) < APART


def _mean(hues: Plane) -> tuple[float, float]:
    """Mean direction of hues, degrees 0 to 360, and how close together they are, 0..1."""
    if not hues.size:
        return 0.0, 0.0
    mean = np.exp(1j * np.radians(hues)).mean()
    return float(np.degrees(np.angle(mean)) % 360.0), float(abs(mean))
