"""Pixels to JPEG bytes, as language models are sent them."""

from __future__ import annotations

import cv2
import numpy as np

from bridge.values import RGB

__all__ = ["encode_jpeg"]

SHORTEST = 64
"""Models cut a picture into patches of 14 to 28 pixels, and some crash on one with fewer pixels than a patch has."""


def encode_jpeg(rgb: RGB, edge: int, quality: int = 85) -> bytes:
    """A JPEG of (height, width, 3) uint8 sRGB pixels, longest edge at most ``edge``, without any metadata.

    A picture narrower than 64 pixels has its border repeated up to that. The same pixels give the same bytes.
    """
    height, width = rgb.shape[:2]
    scale = edge / max(height, width)
    pixels = np.ascontiguousarray(rgb)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    height, width = pixels.shape[:2]
    below, right = max(0, SHORTEST - height), max(0, SHORTEST - width)
    if below or right:
        pixels = cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the picture cannot be encoded as JPEG")
    return data.tobytes()
