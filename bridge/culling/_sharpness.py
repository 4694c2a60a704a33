"""How wide the edges are, in native pixels: what blur does to a photo, whatever it shows and however bright it is.

An edge that was blurred by a Gaussian of σ and is looked at through one of s has a slope in proportion to
1 / √(σ² + s²); two looks give σ, and the height of the edge falls out (Zhuo and Sim, Defocus map estimation from a
single image, 2011). What noise adds to both slopes is known from the calmest parts and taken off. Each of four
directions is measured for itself: motion blurs along one and leaves the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from bridge.culling._tiles import Luma

FINE, COARSE = 0.5, 1.5
"""σ, pixels, of the smoothing before slopes are taken. The coarse look finds the edges: noise shows less in it."""
FINE_WIDTH, COARSE_WIDTH = 0.75, 1.6
"""What edges are seen through in all: the smoothing and the difference of two pixels; on ideal edges."""
STRONGEST = 0.03
"""Share of the pixels of a tile that are taken for its edges."""
LEAST_SLOPE, LEAST_OVER_NOISE = 3.0, 2.0
"""Luma a pixel, and over the noise: weaker slopes are no edges."""
CLEAR_SLOPE = 9.0
"""A slope that leaves no doubt."""
WIDEST = 12.0
"""σ, pixels: what is wider is not told apart."""
HALF = 1.6
"""σ, pixels, that counts as half sharp: cameras give 0.3 to 1.2."""
STEEPNESS = 3.0
TILES_TO_TELL = 5.0
"""Tiles with clear edges from which a photo can be judged without doubt."""
SHARPEST = 0.12
"""Of the strength of all edges, the part that is sharpest stands for the photo: what is in focus makes it sharp."""
UNTOLD = 0.8
"""Sharpness where there is nothing to judge by: as most photos are."""
DIRECTIONS = 4
"""Of the slope: across, down-right, down, down-left."""

Widths = npt.NDArray[np.float64]
"""(tile, direction), σ in native pixels, 0.1..12."""
Slopes = npt.NDArray[np.float64]
"""(tile, direction), luma a pixel: mean of the strongest."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What the edges of some tiles say."""

    widths: Widths
    slopes: Slopes
    noise: float
    """Standard deviation, luma."""

    @property
    def told(self) -> npt.NDArray[np.bool_]:
        """(tile, direction): whether there are edges."""
        return self.slopes > max(LEAST_SLOPE, LEAST_OVER_NOISE * self.noise)

    def width_of_tiles(self) -> npt.NDArray[np.float64]:
        """(tile,) The mean over the directions that have edges, in octaves turned back; nan where none has."""
        told = self.told
        count = told.sum(axis=1)
        octaves = np.where(told, np.log2(self.widths), 0.0).sum(axis=1) / np.maximum(count, 1)
        return np.where(count > 0, np.exp2(octaves), np.nan)


@dataclass(frozen=True, slots=True)
class Sharpness:
    sharpness: float
    """0..1; ``UNTOLD`` where there is nothing to judge by."""
    sharp_share: float
    detail: float


def edges_of(tiles: Luma, noise: float | None = None) -> Edges:
    """Measure the edges of ``tiles``; ``noise`` (luma) where it is known better than from them."""
    count, side, _ = tiles.shape
    if noise is None:
        noise = noise_of(tiles)
    shape = (count, DIRECTIONS)
    if not count or side < 24:
        return Edges(np.full(shape, WIDEST), np.zeros(shape), noise)
    stack = tiles.reshape(count * side, side)
    smooth = np.asarray(cv2.GaussianBlur(stack, (0, 0), FINE), np.float32).reshape(-1)
    across, down = _slopes(np.asarray(cv2.GaussianBlur(stack, (0, 0), COARSE), np.float32).reshape(tiles.shape))
    noise_fine, noise_coarse = (noise * noise * _noise_gain(sigma) for sigma in (FINE, COARSE))
    places = _places(count, side)
    widths, slopes = np.empty(shape), np.empty(shape)
    for direction in range(DIRECTIONS):
        signed = _along(across, down, direction)
        strength = np.abs(signed)
        sample = strength[:, 1::4].reshape(count, -1)
        rank = int(sample.shape[1] * (1 - STRONGEST))
        least = np.partition(sample, rank, axis=1)[:, rank]
        edges = np.flatnonzero(strength >= np.maximum(least, 0.1)[:, None])
        tile = edges // strength.shape[1]
        many = np.maximum(np.bincount(tile, minlength=count), 1)
        coarse = strength.reshape(-1)[edges]
        at = places[edges]
        fine = _along(smooth[at + 1] - smooth[at - 1], smooth[at + side] - smooth[at - side], direction) * 0.5
        energy_fine = np.bincount(tile, fine * fine, count) / many - noise_fine
        energy_coarse = np.bincount(tile, coarse * coarse, count) / many - noise_coarse
        widths[:, direction] = _widths(energy_fine, energy_coarse)
        slopes[:, direction] = np.bincount(tile, coarse, count) / many
    return Edges(widths, slopes, noise)


def judge(edges: Edges) -> Sharpness:
    """Of a photo by its tiles."""
    widths = edges.width_of_tiles()
    told = ~np.isnan(widths)
    if not told.any():
        return Sharpness(UNTOLD, 0.0, 0.0)
    order = np.argsort(widths[told])
    strength = np.cumsum(edges.slopes.max(axis=1)[told][order])
    width = float(widths[told][order][np.searchsorted(strength, SHARPEST * strength[-1])])
    detail = float(min(1.0, _clearness(edges).sum() / TILES_TO_TELL))
    return Sharpness(score(width), float(np.mean(widths[told] < HALF)), detail)


def sharpest_of(edges: Edges, middles: npt.NDArray[np.float64]) -> tuple[float, float] | None:
    """The middle of the sharpest quarter of the tiles, in the units of ``middles`` (tile, 2); None without edges."""
    widths = edges.width_of_tiles()
    told = np.flatnonzero(~np.isnan(widths))
    if not told.size:
        return None
    best = told[np.argsort(widths[told], kind="stable")[: max(1, told.size // 4)]]
    x, y = middles[best].mean(axis=0)
    return round(float(x), 3), round(float(y), 3)


def face_sharpness(edges: Edges) -> float | None:
    """Of a face by the tiles on its eyes; None where they show no edges."""
    widths = edges.width_of_tiles()
    told = widths[~np.isnan(widths)]
    return score(float(told.min())) if told.size else None


def score(width: float) -> float:
    """Sharpness 0..1 of edges with this σ, native pixels."""
    return float(1.0 / (1.0 + (width / HALF) ** STEEPNESS))


def noise_of(tiles: Luma) -> float:
    """Standard deviation of the noise, luma, from the calmest tenth of the blocks (Immerkær's filter, 1996)."""
    count, side, _ = tiles.shape
    block = 24
    blocks = (side - 4) // block
    if not count or blocks < 1:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6.0
    filtered = cv2.filter2D(tiles.reshape(count * side, side), -1, kernel).reshape(tiles.shape)
    end = 2 + blocks * block
    inner = (slice(None), slice(2, end), slice(2, end))
    shape = (count, blocks, block, blocks, block)
    energy = np.square(filtered[inner]).reshape(shape).mean(axis=(2, 4))
    means = tiles[inner].reshape(shape).mean(axis=(2, 4))
    usable = energy[(means > 12) & (means < 243)]
    return float(np.sqrt(np.percentile(usable, 10))) if usable.size else 0.0


def _clearness(edges: Edges) -> npt.NDArray[np.float64]:
    """(tile,) 0..1: how clearly the strongest direction of a tile has edges."""
    least = max(LEAST_SLOPE, LEAST_OVER_NOISE * edges.noise)
    clear = np.clip((edges.slopes.max(axis=1) - least) / (CLEAR_SLOPE - LEAST_SLOPE), 0.0, 1.0)
    return np.asarray(clear, np.float64)


def _slopes(tiles: Luma) -> tuple[Luma, Luma]:
    """Slopes across and down, (tile, pixel): without the borders, where tiles touch in the stack."""
    count = len(tiles)
    across = (tiles[:, 2:-2, 3:-1] - tiles[:, 2:-2, 1:-3]).reshape(count, -1) * np.float32(0.5)
    down = (tiles[:, 3:-1, 2:-2] - tiles[:, 1:-3, 2:-2]).reshape(count, -1) * np.float32(0.5)
    return across, down


def _places(count: int, side: int) -> npt.NDArray[np.intp]:
    """Where in the stack the pixels lie of which ``_slopes`` tells."""
    numbers = np.arange(count * side * side).reshape(count, side, side)
    return numbers[:, 2:-2, 2:-2].reshape(-1)


def _along(across: Luma, down: Luma, direction: int) -> Luma:
    if direction == 0:
        return across
    if direction == 2:
        return down
    return (across + down if direction == 1 else down - across) * np.float32(np.sqrt(0.5))


def _widths(fine: npt.NDArray[np.float64], coarse: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ratio = np.maximum(fine, 1e-3) / np.maximum(coarse, 1e-3)
    square = (COARSE_WIDTH**2 - ratio * FINE_WIDTH**2) / np.maximum(ratio - 1.0, 1e-3)
    return np.sqrt(np.clip(square, 0.01, WIDEST**2))


def _noise_gain(sigma: float) -> float:
    """Variance of a slope, after smoothing by ``sigma``, for white noise of variance 1."""
    smooth = cv2.getGaussianKernel(2 * round(4 * sigma) + 1, sigma).ravel()
    slope = np.convolve(smooth, [0.5, 0.0, -0.5])
    return float(np.square(smooth).sum() * np.square(slope).sum())
