"""Text that lies over a photo: a date from the camera, a name near the edge, a word across the picture.

No letters are read. Overlaid text is what few scenes have: strokes of one width and one brightness in figures of one
height in a straight row, at a place where names and dates are put, or aslant. Rows are looked for among the spots that
are brighter than what is around them, that are darker, and that glow orange.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from bridge.values import RGB

BRIGHT_STEPS, DARK_STEPS, SLANTED_STEP = (20, 56), (28,), 22
"""Luma by which an overlay stands out: on calm ground the first finds it whole, on rough ground the others."""
SLANTED_EDGE = 400
"""Words across a picture are large: pixels, the longer edge of what is looked at for them."""
LEAST_SIZE, MOST_SIZE = 6.0, 0.2
"""Of a letter: pixels, and share of the shorter edge."""
SLANTED_SIZE = 0.035
"""Least letter of a word across the picture, share of the shorter edge."""
MARGIN = 0.12
"""Of the height, from the upper or lower edge: where names and dates lie."""
LETTERS = (5.0, 10.0)
"""In one row: no text, surely text."""
SLANTED_LETTERS = (3.5, 6.0)
DATE_LETTERS = (3.0, 6.0)
MOST_GAP = 1.4
"""Of the height, to the next letter: a space fits in, and one letter that hangs below the line."""
MIXED_CASE, CAPITALS = 1.6, 1.3
"""Most of the height of a letter over another: words across a picture are in capitals."""
LEVELS, SEEN_THROUGH = 25, 90
"""Most difference of luma: small print is solid, a word across the picture takes on what it lies on."""
LEAST_UNEVEN = 0.15
"""Of the widths and of the heights of letters: deviations over means, in all."""
MOST_SOLID = 0.5
"""Stroke over width of a letter; a brick is all stroke."""
LEAST_ALONE = 0.6
"""Of the spots of a row's size around it, those that belong to it."""
LEAST_AREA = 10
"""Pixels of a letter."""
LEAST_ROW = 4
"""Fewer spots make no row."""
MOST_SPOTS = 150
"""In a thicket of more spots only the largest are looked at."""
SLANTS = tuple(np.radians([-60, -52, -45, -38, -33, -28, -22, 22, 28, 33, 38, 45, 52, 60]))

Grey = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Overlays:
    watermark: float
    """0..1: how surely words lie over the picture."""
    date_stamp: float


@dataclass(frozen=True, slots=True)
class _Spots:
    """What may be letters. Lengths in pixels of the picture looked at."""

    x: npt.NDArray[np.float32]
    """Of all pixels of all spots, one spot after the other."""
    y: npt.NDArray[np.float32]
    first: npt.NDArray[np.intp]
    """Where each spot begins."""
    stroke: Numbers
    """Of each spot."""
    level: Numbers
    """Mean luma of each spot."""


def overlays_of(small: RGB) -> Overlays:
    """Of a picture about 1024 pixels long. A smaller one is looked at as it is."""
    height, width = small.shape[:2]
    if min(height, width) < 160:
        return Overlays(0.0, 0.0)
    luma = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    sizes = LEAST_SIZE, MOST_SIZE * min(height, width)
    date = words = 0.0
    margin = round(MARGIN * height)
    for top in (0, height - margin):
        band = slice(top, top + margin)
        date = max(date, _row(_spots(_orange(small[band]), luma[band], sizes), 0.0, DATE_LETTERS, uneven=False))
        for dark, steps in ((False, BRIGHT_STEPS), (True, DARK_STEPS)):
            hat = _standing_out(luma[band], 17, dark)
            for step in steps:
                words = max(words, _row(_spots(_over(hat, step), luma[band], sizes), 0.0, LETTERS))
    scale = min(1.0, SLANTED_EDGE / max(height, width))
    shape = round(width * scale), round(height * scale)
    low = np.asarray(cv2.resize(luma, shape, interpolation=cv2.INTER_AREA), np.uint8)
    low = np.asarray(cv2.GaussianBlur(low, (0, 0), 0.8), np.uint8)
    sizes = SLANTED_SIZE * min(low.shape), MOST_SIZE * min(low.shape)
    hat = _standing_out(low, 15, dark=False)
    spots = _spots(_over(hat, SLANTED_STEP), low, sizes)
    for angle in SLANTS:
        words = max(words, _row(spots, float(angle), SLANTED_LETTERS))
    return Overlays(words * (1.0 - date), date)


def _standing_out(luma: Grey, size: int, dark: bool) -> Grey:
    """By how much strokes narrower than ``size`` are brighter (or darker) than what is around them."""
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (size, size))
    return np.asarray(cv2.morphologyEx(luma, cv2.MORPH_BLACKHAT if dark else cv2.MORPH_TOPHAT, kernel), np.uint8)


def _over(hat: Grey, step: int) -> Grey:
    return (hat >= step).astype(np.uint8)


def _orange(rgb: RGB) -> Grey:
    """Where the colour is that of a camera's date: red to yellow, bright and pure."""
    red, green, blue = (channel.astype(np.int16) for channel in cv2.split(np.ascontiguousarray(rgb)))
    mask = (red > 170) & (red - blue > 90) & (green > 30) & (green < red - 15)
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 1), np.uint8)), np.uint8)


def _spots(mask: Grey, luma: Grey, sizes: Span) -> _Spots:
    """The connected parts of ``mask`` that have the size and the build of letters."""
    if cv2.countNonZero(mask) < LEAST_ROW * LEAST_AREA:
        nothing = np.zeros(0)
        return _Spots(nothing.astype(np.float32), nothing.astype(np.float32), nothing.astype(int), nothing, nothing)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    box = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].astype(np.float64)
    size, area = box.max(axis=1), stats[:, cv2.CC_STAT_AREA]
    fill = area / np.maximum(box.prod(axis=1), 1)
    good = (size >= sizes[0]) & (size <= sizes[1]) & (fill > 0.12) & (fill < 0.9) & (area >= LEAST_AREA)
    # What goes on beyond the part that is looked at is a curtain or a fence.
    low = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    good &= (stats[:, cv2.CC_STAT_TOP] > 0) & (low < mask.shape[0])
    good[0] = False
    keep = np.flatnonzero(good)
    if keep.size > MOST_SPOTS:
        keep = keep[np.argsort(-area[keep])[:MOST_SPOTS]]
    elif keep.size < LEAST_ROW:
        keep = keep[:0]
    number = np.full(count, -1)
    number[keep] = np.arange(keep.size)
    pixels = np.flatnonzero(mask)
    of = number[labels.reshape(-1)[pixels]].astype(np.int16)
    pixels, of = pixels[of >= 0], of[of >= 0]
    order = np.argsort(of, kind="stable")
    pixels, of = pixels[order], of[order]
    depth = cv2.distanceTransform(mask, cv2.DIST_L1, 3).reshape(-1)[pixels]
    value = luma.reshape(-1)[pixels].astype(np.float64)
    total = np.maximum(np.bincount(of, minlength=keep.size), 1)
    return _Spots(
        x=(pixels % mask.shape[1]).astype(np.float32),
        y=(pixels // mask.shape[1]).astype(np.float32),
        first=np.searchsorted(of, np.arange(keep.size)),
        stroke=4.0 * np.bincount(of, depth, keep.size) / total - 1.0,
        level=np.bincount(of, value, keep.size) / total,
    )


def _row(spots: _Spots, angle: float, letters: Span, uneven: bool = True) -> float:
    """0..1: how surely some of ``spots`` are letters in a row that runs at ``angle``, radians; figures are not
    ``uneven``."""
    if spots.first.size <= letters[0]:
        return 0.0
    cosine, sine = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    along, across = spots.x * cosine + spots.y * sine, spots.y * cosine - spots.x * sine
    left, right = np.minimum.reduceat(along, spots.first), np.maximum.reduceat(along, spots.first)
    upper, base = np.minimum.reduceat(across, spots.first), np.maximum.reduceat(across, spots.first)
    height, width = base - upper + 1.0, right - left + 1.0
    # Letters, not dashes and not slivers.
    fit = np.flatnonzero((width < 1.6 * height) & (spots.stroke < 0.4 * height))
    if fit.size <= letters[0]:
        return 0.0
    left, right, base, height = left[fit], right[fit], base[fit], height[fit]
    stroke, level = spots.stroke[fit], spots.level[fit]
    larger = np.maximum(height[:, None], height[None])
    gap = left[None] - right[:, None]
    follows = (
        (gap > -0.15 * larger)
        & (gap < MOST_GAP * larger)
        & (np.abs(base[:, None] - base[None]) < 0.08 * larger + 1.0)
        & (larger < (MIXED_CASE if angle == 0.0 else CAPITALS) * np.minimum(height[:, None], height[None]))
        & (np.abs(stroke[:, None] - stroke[None]) < 0.08 * larger + 0.5)
        & (np.abs(level[:, None] - level[None]) < (LEVELS if angle == 0.0 else SEEN_THROUGH))
        & (left[:, None] < left[None])
    )
    if follows.any(axis=0).sum() < letters[0]:
        return 0.0
    row = _longest(follows, left)
    if len(row) <= letters[0] or (uneven and not _is_writing(row, left, right, base, height, stroke)):
        return 0.0
    return min(1.0, (len(row) - letters[0]) / (letters[1] - letters[0]))


def _longest(follows: npt.NDArray[np.bool_], left: Numbers) -> npt.NDArray[np.intp]:
    """The longest row of spots in which each follows the one before."""
    length, before = np.ones(len(left), int), np.full(len(left), -1)
    order = np.argsort(left)
    for at in order[np.any(follows, axis=0)[order]]:
        some = follows[:, at].nonzero()[0]
        before[at] = some[length[some].argmax()]
        length[at] = 1 + length[before[at]]
    row = [int(np.argmax(length))]
    while before[row[-1]] >= 0:
        row.append(int(before[row[-1]]))
    return np.array(row[::-1])


def _is_writing(
    row: npt.NDArray[np.intp], left: Numbers, right: Numbers, base: Numbers, height: Numbers, stroke: Numbers
) -> bool:
    """Letters differ in width, and there is nothing like them above and below: slats, bricks and leaves are alike and
    many."""
    widths = right[row] - left[row] + 1.0
    if sum(float(lengths.std() / lengths.mean()) for lengths in (widths, height[row])) < LEAST_UNEVEN:
        return False
    if float(np.median(stroke[row] / widths)) > MOST_SOLID:
        return False
    tall = float(np.median(height[row]))
    near = (np.abs(base - np.median(base[row])) < 3.0 * tall) & (height > 0.5 * tall) & (height < 2.0 * tall)
    near &= (right > left[row[0]]) & (left < right[row[-1]])
    return len(row) >= LEAST_ALONE * float(near.sum())
