"""What becomes of a photograph on its way: copies that are still the same picture, made at native size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import cv2
import numpy as np

from bridge.values import RGB
from tests.culling.photographs import blurred, recompressed, resized


def exposed(rgb: RGB, ev: float) -> RGB:
    """As the camera would have shown it with so many stops more light."""
    light = np.linspace(0, 1, 256) ** 2.2 * 2.0**ev
    table = np.round(np.clip(light, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    return table[rgb]


def cropped(rgb: RGB, share: float) -> RGB:
    """Less ``share`` of the width and height at each edge."""
    height, width = rgb.shape[:2]
    y, x = round(height * share), round(width * share)
    return np.ascontiguousarray(rgb[y : height - y, x : width - x])


def turned(rgb: RGB, degrees: float) -> RGB:
    """Straightened, as programs do it: the largest upright frame of the same shape that has no empty corners."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    whole = cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
    angle = np.radians(abs(degrees))
    share = 1 / (np.cos(angle) + max(width / height, height / width) * np.sin(angle))
    return cropped(whole, (1 - share) / 2)


COPIES: Mapping[str, tuple[float, Callable[[RGB], RGB]]] = {
    **{f"blur {sigma} px": (0.95, partial(blurred, sigma=sigma)) for sigma in (1, 2, 3, 4)},
    **{f"exposure {ev:+} EV": (0.95, partial(exposed, ev=ev)) for ev in (-2, -1, 1, 2)},
    **{f"JPEG quality {quality}": (0.95, partial(recompressed, quality=quality)) for quality in (60, 20)},
    **{f"size {by:.0%}": (0.95, partial(resized, by=by)) for by in (0.5, 0.25)},
    "crop 2 %": (0.95, partial(cropped, share=0.02)),
    "crop 5 %": (0.85, partial(cropped, share=0.05)),
    "crop 10 %": (0.85, partial(cropped, share=0.10)),
    "turn 1 degree": (0.95, partial(turned, degrees=1)),
    "turn 2 degrees": (0.85, partial(turned, degrees=2)),
    "turn 3 degrees": (0.85, partial(turned, degrees=3)),
}
"""By name: the recall that is wanted (issue 7), and how the copy is made."""

SAME_PICTURE = frozenset({"iphone_hdr_NO", "iphone_hdr_YES"})
"""The one pair among the shared photographs that shows the same."""
