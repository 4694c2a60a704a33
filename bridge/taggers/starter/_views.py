"""The parts of a picture that the classifier sees, and what they say together."""

from __future__ import annotations

import numpy as np

from bridge.engines.onnx import FloatArray
from bridge.taggers.starter._concepts import sharpen
from bridge.values import RGB

CORNER = 0.6
"""Side of a corner view over the picture's side: the four overlap, so that what one cuts another shows whole."""
WHOLE_WEIGHT, MIDDLE_WEIGHT, CORNER_WEIGHT = 1.0, 1.0, 0.4
"""A corner shows what is small, but not what the picture is about."""
WEIGHTS = np.array([WHOLE_WEIGHT, MIDDLE_WEIGHT, *[CORNER_WEIGHT] * 4], np.float32)


def views(rgb: RGB) -> list[RGB]:
    """The whole picture, its middle square, its four corners."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = rgb[top : top + side, left : left + side]
    tall, wide = max(1, round(CORNER * height)), max(1, round(CORNER * width))
    corners = [rgb[y : y + tall, x : x + wide] for y in (0, height - tall) for x in (0, width - wide)]
    return [rgb, middle, *corners]


def together(probabilities: FloatArray) -> FloatArray:
    """One distribution (1000,) from those of the ``views`` (6, 1000)."""
    result: FloatArray = np.average(sharpen(probabilities), axis=0, weights=WEIGHTS).astype(np.float32)
    return result
