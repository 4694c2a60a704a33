"""Real photographs and what can go wrong with them, each defect made at native size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from bridge.culling.measurer import EDGE
from bridge.photos import PixelMemory, ReadLimits, full_size, identify
from bridge.values import RGB

SOFT_AS_TAKEN = ("Canon_IXUS_v2", "Canon_PowerShot_S40__2_", "iphone_hdr_NO", "iphone_hdr_YES")
"""Looked at pixel by pixel: a woman out of focus, lamps by a hand that shook, leaves smeared by a phone."""


def photograph(path: Path) -> RGB:
    identity = identify(path, ReadLimits())
    with full_size(identity, limits=ReadLimits(), memory=PixelMemory()) as full:
        return np.array(full.native)


def small(rgb: RGB) -> RGB:
    scale = min(1.0, EDGE / max(rgb.shape))
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def blurred(rgb: RGB, sigma: float) -> RGB:
    """Out of focus: ``sigma`` in native pixels."""
    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma), np.uint8)


def moved(rgb: RGB, length: int, degrees: float) -> RGB:
    """The camera moved by ``length`` native pixels while the shutter was open."""
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    angle = np.radians(degrees)
    for at in np.linspace(-length / 2, length / 2, 8 * length):
        x, y = length + at * np.cos(angle), length + at * np.sin(angle)
        left, top = int(x), int(y)
        right, low = x - left, y - top
        kernel[top : top + 2, left : left + 2] += np.outer([1 - low, low], [1 - right, right])
    return np.asarray(cv2.filter2D(rgb, -1, kernel / kernel.sum()), np.uint8)


def noisy(rgb: RGB, deviation: float) -> RGB:
    """A high ISO: part of the noise is common to the colours, part is of each."""
    random = np.random.default_rng(7)
    grain = 0.8 * random.normal(0, deviation, (*rgb.shape[:2], 1)) + 0.6 * random.normal(0, deviation, rgb.shape)
    return np.clip(rgb + grain, 0, 255).astype(np.uint8)


def brighter(rgb: RGB, by: float) -> RGB:
    return np.clip(rgb * np.float32(by), 0, 255).astype(np.uint8)


def recompressed(rgb: RGB, quality: int) -> RGB:
    _, data = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def resized(rgb: RGB, by: float) -> RGB:
    return np.asarray(cv2.resize(rgb, None, fx=by, fy=by, interpolation=cv2.INTER_AREA), np.uint8)


def area_under_curve(sharp: list[float], soft: list[float]) -> float:
    """How often a sharp photo has the higher score, over all pairs; ties count half."""
    one, other = np.array(sharp)[:, None], np.array(soft)[None]
    return float(np.mean(one > other) + np.mean(one == other) / 2)
