"""One face, upright and of one size: what is kept of it, and what every model describes it by.

The crop does not depend on the model. So names and groups survive a change of model: the crops are embedded anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from bridge.engines.onnx import FloatArray
from bridge.faces.contract import FoundFace
from bridge.values import RGB

__all__ = ["CROP", "MARGIN", "TEMPLATE", "Quality", "crop", "quality"]

CROP = 256
"""Pixels a side."""
MARGIN = 0.125
"""Share of a side that lies around the template on each: models want more or less of the hair and chin."""
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
) / np.float32(112.0)
"""Where eyes, nose and mouth lie within the template's square, 0..1: those of ArcFace (Deng et al. 2019)."""
LEAST_SIZE = 24.0
"""Pixels of a face below which nobody can be told."""
ENOUGH_SIZE = 80.0
LOSS = (0.05, 0.21)
"""What faces lose that were blurred by 4 pixels of their crop, and 95 of 100 that are as they were taken."""
LEAST_STEP = 2.0
"""Of 255: smaller ones are of rounding."""
SHARP_SIDE = 96
"""Pixels a side at which sharpness is judged: what is larger is shown smaller to the models too."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a person can be told by a face."""

    size: float
    """Shorter side in pixels of the picture that it was cut from."""
    sharpness: float
    """0 a blur, 1 as sharp as its crop can be."""
    frontal: float
    """1 looks at the camera, 0 is a profile."""

    @property
    def worth(self) -> float:
        """0..1: its weight in a group. Below ``GATE`` of ``grouping`` it founds none."""
        size = np.clip((self.size - LEAST_SIZE) / (ENOUGH_SIZE - LEAST_SIZE), 0.0, 1.0)
        return float(np.cbrt(size * np.clip(self.sharpness, 0.0, 1.0) * np.clip(self.frontal, 0.0, 1.0)))


def crop(rgb: RGB, face: FoundFace) -> RGB:
    """The face in a square of ``CROP`` pixels, its eyes level. What lies beyond the picture repeats its edge."""
    size = np.array([rgb.shape[1], rgb.shape[0]], np.float32)
    points = np.array(face.points, np.float32) * size - 0.5
    matrix = _similarity(points, (TEMPLATE * (1.0 - 2.0 * MARGIN) + MARGIN) * CROP - 0.5)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.75:
        rgb, matrix = _smaller(rgb, matrix, scale)
    return cv2.warpAffine(rgb, matrix, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.uint8, copy=False
    )


def quality(rgb: RGB, face: FoundFace, cropped: RGB) -> Quality:
    """``cropped`` as ``crop`` made it of the same face."""
    size = min(face.width * rgb.shape[1], face.height * rgb.shape[0])
    edge = round(CROP * MARGIN)
    middle = cv2.cvtColor(cropped[edge:-edge, edge:-edge].astype(np.float32), cv2.COLOR_RGB2GRAY)
    side = int(np.clip(size, 32, SHARP_SIDE))
    small = cv2.resize(middle, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32, copy=False)
    return Quality(float(size), _sharpness(small), float(np.clip(face.frontal, 0.0, 1.0)))


def _similarity(points: FloatArray, template: FloatArray) -> FloatArray:
    """The turn, size and shift (2, 3) that brings points, (n, 2), nearest to those of a template."""
    x, y = (_complex(p) for p in (points, template))
    spread = x - x.mean()
    turn = (spread.conj() * (y - y.mean())).sum() / max(float((np.abs(spread) ** 2).sum()), 1e-6)
    shift = y.mean() - turn * x.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], np.float32)


def _complex(points: FloatArray) -> npt.NDArray[np.complex128]:
    return points[:, 0].astype(np.float64) + 1j * points[:, 1]


def _smaller(rgb: RGB, matrix: FloatArray, scale: float) -> tuple[RGB, FloatArray]:
    """The part that the crop shows, reduced by area beforehand: a warp alone would skip pixels."""
    back = cv2.invertAffineTransform(matrix)
    corners = cv2.transform(np.array([[[0, 0], [CROP, 0], [0, CROP], [CROP, CROP]]], np.float32), back)[0]
    height, width = rgb.shape[:2]
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int) - 2, 0, [width - 1, height - 1])
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 2, [left + 1, top + 1], [width, height])
    part = rgb[top:bottom, left:right]
    wide, high = (max(1, round(side * scale)) for side in (right - left, bottom - top))
    reduced = cv2.resize(part, (wide, high), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    by = np.array([(right - left) / wide, (bottom - top) / high], np.float32)
    moved = matrix.copy()
    moved[:, :2] = matrix[:, :2] * by
    moved[:, 2] = matrix[:, :2] @ (np.array([left, top], np.float32) + (by - 1) / 2) + matrix[:, 2]
    return reduced, moved


def _sharpness(grey: FloatArray) -> float:
    """Share of the steps between neighbours that a blur of three pixels takes away (after Crete et al. 2007), the
    lesser of both directions, between that of a blurred face and that of a sharp one: what is soft loses little."""
    shares = []
    for axis in (0, 1):
        steps = np.abs(np.diff(grey, axis=axis))
        blurred = np.abs(np.diff(cv2.blur(grey, (1, 3) if axis == 0 else (3, 1)), axis=axis))
        told = steps >= LEAST_STEP
        shares.append(float(np.maximum(steps - blurred, 0.0)[told].sum()) / max(float(steps[told].sum()), 1e-6))
    return float(np.clip((min(shares) - LOSS[0]) / (LOSS[1] - LOSS[0]), 0.0, 1.0))
