"""Whether light was lost for good. A dark night and bright snow are no defects, and neither is a white sky."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from bridge.values import RGB

CLIPPED, BLACK, DARK = 252, 4, 14
"""8 bits: from here up, and up to here, a channel tells nothing; and up to here, little."""
GAMMA = 2.2
LOST_HIGH = (0.10, 0.50)
"""Share of the pixels that are clipped: no harm, all harm. A sun, lamps and a window stay below."""
BRIGHT_REST = (100.0, 150.0)
"""Median luma of what is not clipped: a white sky over a well exposed land, and a land that is too bright."""
PART_CLIPPED = (0.05, 0.25)
"""Of the clipped pixels, those with a channel left: few where something white ends sharply, many where light flowed."""
WHITE_OUT = (0.50, 0.80)
"""Share of the pixels from which it no longer matters where clipping ends."""
RESCUE_EV = 2.5
"""What can be lifted in a JPEG before noise and steps show everywhere."""
RECOVERED_EV = 2.0
"""Headroom that brings back all that is clipped in a preview."""
NIGHT_BLACK, NIGHT_TOP = (0.4, 0.6), (90.0, 130.0)
"""Share of black pixels that makes a night, and how bright its lights are at least."""
TOP = 99.9
"""Percentile of the brightest channel that counts as the photo's white."""


@dataclass(frozen=True, slots=True)
class Exposure:
    overexposed: float
    """0..1."""
    underexposed: float
    clipped_high: float
    """Share of the pixels of which at least two channels are at their end."""
    clipped_low: float


def exposure_of(pixels: RGB, headroom_ev: float = 0.0) -> Exposure:
    """Of ``pixels`` that were not blended with their neighbours: a sample of the native ones.

    ``headroom_ev`` is what a RAW holds above the pixels shown.
    """
    flat = np.ascontiguousarray(pixels)
    red, green, blue = (np.asarray(channel, np.uint8) for channel in cv2.split(flat))
    lower, higher = np.minimum(red, green), np.maximum(red, green)
    lowest, highest = np.minimum(lower, blue), np.maximum(higher, blue)
    middle_channel = np.maximum(lower, np.minimum(higher, blue))
    count = highest.size
    any_full, two_full, all_full = (
        float(_histogram(channel)[CLIPPED:].sum()) / count for channel in (highest, middle_channel, lowest)
    )
    of_highest = _histogram(highest)
    luma = np.asarray(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), np.uint8)
    not_full = np.where(middle_channel < CLIPPED, np.uint8(255), np.uint8(0))
    middle = _percentile(_histogram(luma, not_full), 50) if two_full < 1 else 255.0
    ran_over = (any_full - all_full) / any_full if any_full else 0.0
    overexposed = (
        _ramp(two_full, LOST_HIGH)
        * _ramp(middle, BRIGHT_REST)
        * max(_ramp(ran_over, PART_CLIPPED), _ramp(two_full, WHITE_OUT))
        * max(0.0, 1.0 - headroom_ev / RECOVERED_EV)
    )
    top = _percentile(of_highest, TOP)
    unused_ev = GAMMA * float(np.log2(255.0 / max(top, 1.0)))
    black = float(of_highest[: DARK + 1].sum()) / count
    night = _ramp(black, NIGHT_BLACK) * _ramp(top, NIGHT_TOP)
    return Exposure(
        overexposed=overexposed,
        underexposed=min(1.0, unused_ev / RESCUE_EV) * (1.0 - night),
        clipped_high=two_full,
        clipped_low=float(of_highest[: BLACK + 1].sum()) / count,
    )


def sample(native: RGB, pixels: int = 150_000) -> RGB:
    """About so many of the native pixels, evenly spread, none blended."""
    step = max(1, round((native.shape[0] * native.shape[1] / pixels) ** 0.5))
    return native[::step, ::step]


def _histogram(channel: npt.NDArray[np.uint8], mask: npt.NDArray[np.uint8] | None = None) -> npt.NDArray[np.float32]:
    """(256,) Numbers of pixels."""
    return cv2.calcHist([channel], [0], mask, [256], [0, 256]).ravel().astype(np.float32, copy=False)


def _percentile(histogram: npt.NDArray[np.float32], percent: float) -> float:
    shares = np.cumsum(histogram) / max(1.0, float(histogram.sum()))
    return float(np.searchsorted(shares, percent / 100.0))


def _ramp(value: float, ends: tuple[float, float]) -> float:
    """0 up to the first end, 1 from the second."""
    return min(1.0, max(0.0, (value - ends[0]) / (ends[1] - ends[0])))
