"""JPEGs of real size for benchmarks: 24 megapixels, 8 to 10 MB, each another picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

WIDTH, HEIGHT = 6000, 4000
QUALITY = 88
CAMERA_NOISE = 9.0


def make_jpegs(folder: Path, count: int, width: int = WIDTH, height: int = HEIGHT) -> list[Path]:
    """``count`` files in ``folder``: soft shapes and a sensor's noise, each unlike the others."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(24)
    noise = random.normal(0.0, CAMERA_NOISE, (height, width, 1)).astype(np.float32)
    paths = []
    for number in range(count):
        coarse = random.uniform(30, 225, (6, 9, 3)).astype(np.float32)
        soft = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        shifted = np.roll(noise, number * 37, axis=1)
        picture = np.clip(soft + shifted, 0, 255).astype(np.uint8)
        path = folder / f"DSC_{number:04}.jpg"
        if not cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY]):
            raise OSError(f"{path} could not be written")
        paths.append(path)
    return paths
