"""Pictures to compare: scenes that have corners, each unlike the others, on any machine."""

from __future__ import annotations

import cv2
import numpy as np

from bridge.values import RGB


def scene(number: int, width: int = 900, height: int = 600) -> RGB:
    """Bright and dark shapes of many sizes before a soft ground."""
    random = np.random.default_rng(number)
    ground = random.uniform(40, 215, (4, 6, 3)).astype(np.float32)
    picture = np.clip(cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)
    for _ in range(140):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        size = int(random.integers(6, 60))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        if random.random() < 0.5:
            cv2.circle(picture, (x, y), size, colour, -1, cv2.LINE_AA)
        else:
            corners = np.array((x, y)) + random.integers(-size, size, (4, 2))
            cv2.fillPoly(picture, [corners.astype(np.int32)], colour, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), 0.8)
