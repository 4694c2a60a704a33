"""What the pixels alone say: shares of colours, light and texture, measured on a small copy of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from bridge.values import RGB

THUMB = 160
"""Longest edge of the copy, pixels: enough for shares of areas, and it costs a millisecond."""
SHARP = 512
"""Longest edge of the copy on which sharpness and edges are measured, pixels."""
STRAIGHT = 6.0
FEWEST_EDGES = 50
"""Pixels of edge below which their directions mean nothing."""

Mask = npt.NDArray[np.bool_]
Plane = npt.NDArray[Any]
"""One number a pixel, (height, width)."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """Shares are of the area, 0..1; brightness 0..1; hues in degrees."""

    brightness: float
    """Mean of the brightest channel."""
    dark: float
    """Share nearly black."""
    bright: float
    """Share nearly white, whatever the hue."""
    colourful: float
    """The 99th percentile of chroma, 0..1: near 0 in a black-and-white photo."""
    green: float
    """Share of leaf colours."""
    foliage: float
    """Share of leaf colours with the texture of leaves."""
    warm: float
    """Share of saturated reds, oranges and yellows."""
    blue: float
    white: float
    """Share of bright pixels without colour."""
    lights: float
    """Share of very bright pixels in dark surroundings."""
    sky: float
    """Share of the upper third that is smooth and of a sky's colours."""
    sky_blue: float
    """Share of the upper third that is smooth and blue."""
    sky_warm: float
    """Share of the upper two thirds that is fairly smooth and of a sunset's colours."""
    sky_clouds: float
    """Share of white or grey patches within a partly blue upper third."""
    sky_glow: float
    """Share of the band around the horizon that is smooth and glows yellow to red."""
    ground_dark: float
    """Share of the lower third that is nearly black."""
    ground_brightness: float
    """Mean brightness of the lower third."""
    ground_green: float
    """Share of leaf colours in the lower third."""
    top_green: float
    """The same in the upper third."""
    petals: float
    """Share of strong colours that leaves, earth and sky do not have, in the middle of the picture."""
    water_blue: float
    """Share of the lower half that is blue and neither smooth like sky nor rough like leaves."""
    ground_white: float
    """Share of the lower half that is white."""
    ground_pale: float
    """Share of the lower half that is pale and not dark: snow, in shadow and under clouds too, but also walls."""
    sharp_blocks: float
    """Share of blocks with fine detail, relative to the sharpest ones."""
    sharp_centre: float
    """The same within the middle ninth."""
    detail: float
    """Sharpness of the sharpest blocks: standard deviation of the Laplacian, in grey levels."""
    cyan_cast: float
    """Share of pixels in the blue-green of water seen from within."""
    silhouette: float
    """Share of nearly black area in one piece before a bright background."""
    sky_relief: float
    """Deviation of brightness within a smooth, pale or blue upper third: clouds have some, haze has none."""
    sky_mottle: float
    """Deviation of saturation from that of its row, between blurs of 1.5 and 9 pixels, in an upper third that is smooth
    throughout: a clear sky fades without patches. 0 where anything but sky reaches up there."""
    edges: float
    """Share of the picture that is edge."""
    upright: float
    """Share of the edges that stand upright, within ``STRAIGHT`` degrees."""
    level: float
    """Share of the edges that lie level, as closely."""
    disc: float
    """Share of one pale round spot in a dark picture that has little else; 0 where there is none."""


def measure(rgb: RGB) -> Pixels:
    """Measure a picture of any size, (height, width, 3) uint8 sRGB."""
    small = _shrink(rgb, THUMB)
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV_FULL).astype(np.float32)
    hue, saturation, value = hsv[..., 0] * (360 / 256), hsv[..., 1] / 255, hsv[..., 2] / 255
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    texture = _local_deviation(grey)
    rows = small.shape[0]
    upper, upper_two = slice(0, rows // 3), slice(0, 2 * rows // 3)
    lower, lower_half = slice(2 * rows // 3, rows), slice(rows // 2, rows)
    smooth = texture < 7
    blue = _between(hue, 185, 255) & (saturation > 0.15) & (value > 0.25)
    white = (saturation < 0.13) & (value > 0.75)
    pale = (saturation < 0.22) & (value > 0.55) & ~_between(hue, 20, 170)
    warm_hue = (hue < 52) | (hue > 330)
    warm = warm_hue & (saturation > 0.35) & (value > 0.3)
    green = _between(hue, 62, 165) & (saturation > 0.18) & (value > 0.1)
    dark = value < 0.16
    sunset_colours = ((hue < 58) | (hue > 290)) & (saturation > 0.22) & (value > 0.28) & (texture < 16)
    glow = _between(hue, 6, 56) & (saturation > 0.2) & (value > 0.55) & (texture < 14)
    petal_hue = (hue < 14) | (hue > 245) | (_between(hue, 25, 62) & (saturation > 0.65) & (value > 0.6))
    petals = petal_hue & (saturation > 0.35) & (value > 0.35)
    blocks = _block_sharpness(rgb)
    sharp = blocks > 0.25 * np.percentile(blocks, 97)
    bright_spots = value > 0.8
    blue_share = _share(smooth & blue, upper)
    return Pixels(
        brightness=float(value.mean()),
        dark=_share(dark),
        bright=_share(value > 0.95),
        colourful=_chroma(small),
        green=_share(green),
        foliage=_share(green & (texture > 5)),
        warm=_share(warm),
        blue=_share(blue),
        white=_share(white),
        lights=_share(bright_spots & (cv2.blur(value, (31, 31)) < 0.3)),
        sky=_share(smooth & (blue | white | ((saturation < 0.2) & (value > 0.55))), upper),
        sky_blue=blue_share,
        sky_warm=_share(sunset_colours, upper_two),
        sky_clouds=_share((saturation < 0.16) & (value > 0.5) & (texture < 20), upper) if blue_share > 0.08 else 0.0,
        sky_glow=_share(glow, slice(rows // 5, 3 * rows // 4)),
        ground_dark=_share(dark, lower),
        ground_brightness=float(value[lower].mean()),
        ground_green=_share(green, lower),
        top_green=_share(green, upper),
        petals=_share(_middle(petals)),
        water_blue=_share(
            _between(hue, 170, 255) & (saturation > 0.12) & (value > 0.2) & (texture < 30) & ~pale, lower_half
        ),
        ground_white=_share(white & (texture < 25), lower_half),
        ground_pale=_share(pale, lower_half),
        sharp_blocks=float(sharp.mean()),
        sharp_centre=float(_middle(sharp).mean()),
        detail=float(np.percentile(blocks, 97)),
        cyan_cast=_share(_between(hue, 165, 225) & (saturation > 0.3) & (value > 0.25)),
        silhouette=_largest_piece(dark) if _share(value > 0.55) > 0.3 else 0.0,
        sky_relief=_deviation(value[upper], (smooth & (blue | (saturation < 0.2)) & (value > 0.4))[upper]),
        sky_mottle=_mottle(saturation, upper) if _share(texture < 12, upper) >= 0.95 else 0.0,
        **_edges(rgb),
        disc=_disc(value, saturation),
    )


def _shrink(rgb: RGB, longest: int) -> RGB:
    scale = longest / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _between(hue: Plane, low: float, high: float) -> Mask:
    return (hue >= low) & (hue <= high)


def _share(mask: Mask, rows: slice = slice(None)) -> float:
    part = mask[rows]
    return float(part.mean()) if part.size else 0.0


def _local_deviation(grey: Plane) -> Plane:
    """Standard deviation in 5 x 5 neighbourhoods, grey levels 0..255."""
    mean = cv2.blur(grey, (5, 5))
    variance: Plane = np.maximum(cv2.blur(grey * grey, (5, 5)) - mean * mean, 0)
    return np.sqrt(variance)


def _chroma(small: RGB) -> float:
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    return float(np.percentile(np.hypot(lab[..., 1] - 128, lab[..., 2] - 128), 99) / 128)


def _block_sharpness(rgb: RGB) -> Plane:
    """Standard deviation of the Laplacian in each of 12 x 12 blocks, grey levels."""
    grey = cv2.cvtColor(_shrink(rgb, SHARP), cv2.COLOR_RGB2GRAY)
    laplacian = cv2.Laplacian(grey, cv2.CV_32F)
    mean = cv2.resize(laplacian, (12, 12), interpolation=cv2.INTER_AREA)
    square = cv2.resize(laplacian * laplacian, (12, 12), interpolation=cv2.INTER_AREA)
    result: Plane = np.sqrt(np.maximum(square - mean * mean, 0))
    return result


def _edges(rgb: RGB) -> dict[str, float]:
    """How much edge there is, and how much of it is upright and level."""
    grey = cv2.cvtColor(_shrink(rgb, SHARP), cv2.COLOR_RGB2GRAY)
    edge = cv2.Canny(grey, 60, 150) > 0
    across, down = cv2.Scharr(grey, cv2.CV_32F, 1, 0)[edge], cv2.Scharr(grey, cv2.CV_32F, 0, 1)[edge]
    steepness = np.degrees(np.arctan2(np.abs(across), np.abs(down)))
    if steepness.size < FEWEST_EDGES:
        return {"edges": float(edge.mean()), "upright": 0.0, "level": 0.0}
    upright, level = float((steepness > 90 - STRAIGHT).mean()), float((steepness < STRAIGHT).mean())
    return {"edges": float(edge.mean()), "upright": upright, "level": level}


def _middle(blocks: Mask) -> Mask:
    rows, columns = blocks.shape
    return blocks[rows // 3 : rows - rows // 3, columns // 3 : columns - columns // 3]


def _largest_piece(mask: Mask) -> float:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_AREA].max() / mask.size) if count > 1 else 0.0


def _deviation(values: Plane, mask: Mask) -> float:
    return float(values[mask].std()) if mask.size and mask.mean() > 0.4 else 0.0


def _mottle(plane: Plane, rows: slice) -> float:
    part = plane[rows]
    if not part.size:
        return 0.0
    uneven = part - part.mean(axis=1, keepdims=True)
    return float((cv2.GaussianBlur(uneven, (0, 0), 1.5) - cv2.GaussianBlur(uneven, (0, 0), 9.0)).std())


def _disc(value: Plane, saturation: Plane) -> float:
    bright = (value > 0.4) & (saturation < 0.4)
    if value.mean() > 0.3 or not 0.0005 < bright.mean() < 0.4:
        return 0.0
    count, _, stats, _ = cv2.connectedComponentsWithStats(bright.astype(np.uint8))
    _, _, width, height, area = stats[1:][stats[1:, cv2.CC_STAT_AREA].argmax()] if count > 1 else (0, 0, 1, 1, 0)
    is_alone = area > 0.9 * bright.sum() and area >= 12
    is_round = 0.8 < width / height < 1.25 and 0.85 < area / (np.pi / 4 * width * height) < 1.2
    return float(area / value.size) if is_alone and is_round else 0.0
