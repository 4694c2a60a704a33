"""Photos to cull, in files: scenes of our own, sharp and soft, dark and bright."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bridge.values import RGB
from tests.culling.scenes import scene

QUALITY = 92


def save(path: Path, picture: RGB) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=QUALITY)
    return path


def blurred(picture: RGB, sigma: float) -> RGB:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def moment(folder: Path) -> Path:
    """Three tries at one moment, ``a.jpg`` sharp, ``b.jpg`` and ``c.jpg`` more and more blurred; and ``other.jpg``."""
    first = scene(1)
    save(folder / "a.jpg", first)
    save(folder / "b.jpg", blurred(first, 1.0))
    save(folder / "c.jpg", blurred(first, 5.0))
    save(folder / "other.jpg", scene(2))
    return folder
