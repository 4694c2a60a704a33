"""What pictures are drawn with: noise, gradients, soft shapes, and the look of a lens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
"""height x width x 3, RGB, 0..1."""
Mask = NDArray[np.float32]
"""height x width, 0..1."""
Random = np.random.Generator

WIDTH, HEIGHT = 1500, 1000


def rgb(code: str) -> Image:
    """``"#ffcc99"`` as a colour."""
    return np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / 255


def blank(height: int = HEIGHT, width: int = WIDTH) -> Image:
    return np.zeros((height, width, 3), np.float32)


def gradient(stops: Sequence[str], height: int = HEIGHT, width: int = WIDTH) -> Image:
    """From the first colour at the top to the last at the bottom."""
    colours = np.stack([rgb(stop) for stop in stops])
    at = np.linspace(0, len(stops) - 1, height)
    columns = [np.interp(at, np.arange(len(stops)), colours[:, channel]) for channel in range(3)]
    return np.repeat(np.stack(columns, 1)[:, None, :], width, 1).astype(np.float32)


def noise(random: Random, height: int, width: int, cells: int, octaves: int = 5, stretch: float = 1.0) -> Mask:
    """Fractal noise, 0..1: ``cells`` blotches across in its coarsest layer, each ``stretch`` times as wide as high."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        across = max(2, round(cells * 2**octave))
        down = max(2, round(across * height / width * stretch))
        layer = random.random((down, across)).astype(np.float32)
        total += cv2.resize(layer, (width, height), interpolation=cv2.INTER_CUBIC) / 2**octave
    low, high = np.percentile(total, (1, 99))
    return np.clip((total - low) / (high - low), 0, 1).astype(np.float32)


def ridge(random: Random, width: int, cells: int, octaves: int = 7, roughness: float = 0.5) -> Mask:
    """A skyline of ``width`` heights, 0..1."""
    line = np.zeros(width)
    for octave in range(octaves):
        points = random.random(cells * 2**octave + 2)
        line += np.interp(np.linspace(0, len(points) - 1, width), np.arange(len(points)), points) * roughness**octave
    return ((line - line.min()) / np.ptp(line)).astype(np.float32)


def mix(under: Image, over: Image, mask: Mask | float) -> Image:
    """``over`` on ``under`` where the mask is 1."""
    share = mask[..., None] if isinstance(mask, np.ndarray) else mask
    return (under * (1 - share) + over * share).astype(np.float32)


def below(line: NDArray[np.floating], height: int = HEIGHT) -> Mask:
    """1 beneath a skyline of rows, with a soft edge of a pixel."""
    return np.clip(np.arange(height)[:, None] - line[None, :] + 0.5, 0, 1).astype(np.float32)


def polygon(image: Image, points: Sequence[tuple[float, float]], colour: Image, soft: float = 0) -> Image:
    """A filled shape, drawn into ``image``; places in pixels."""
    return _draw(image, points, colour, soft, lambda mask, at: cv2.fillPoly(mask, [at], 1.0, cv2.LINE_AA, 4))


def ellipse(
    image: Image, x: float, y: float, a: float, b: float, colour: Image, *, soft: float = 0, angle: float = 0
) -> Image:
    """A filled ellipse with half axes ``a`` and ``b``, in pixels and degrees, drawn into ``image``."""
    turn = np.radians(angle)
    around = np.linspace(0, 2 * np.pi, 90)
    across, down = a * np.cos(around), b * np.sin(around)
    columns = x + across * np.cos(turn) - down * np.sin(turn)
    rows = y + across * np.sin(turn) + down * np.cos(turn)
    return polygon(image, list(zip(columns.tolist(), rows.tolist(), strict=True)), colour, soft)


def stroke(image: Image, points: Sequence[tuple[float, float]], colour: Image, width: int, soft: float = 0) -> Image:
    """A line through places in pixels, drawn into ``image``."""
    draw = lambda mask, at: cv2.polylines(mask, [at], False, 1.0, width, cv2.LINE_AA, 4)  # noqa: E731
    return _draw(image, points, colour, soft, draw, reach=width)


def glow(height: int, width: int, x: float, y: float, reach: float) -> Mask:
    """1 at a place, falling off over ``reach`` pixels."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * reach**2)).astype(np.float32)


def blur(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)


def developed(image: Image, random: Random, *, grain: float = 0.012, vignette: float = 0.22) -> NDArray[np.uint8]:
    """As a camera gives it: darker corners, a little grain, 8 bits."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    shade = 1 - vignette * (rows**2 + columns**2) ** 1.2 / 2
    speckle = random.normal(0, grain, (height, width, 1))
    curved = np.clip(image, 0, 1) * shade[..., None] + speckle
    return (np.clip(curved, 0, 1) * 255).astype(np.uint8)


def _draw(
    image: Image,
    points: Sequence[tuple[float, float]],
    colour: Image,
    soft: float,
    draw: Callable[[Mask, NDArray[np.int32]], object],
    reach: float = 0,
) -> Image:
    """Only the part of the picture that the shape can touch is looked at."""
    places = np.array(points, np.float64)
    edge = 3 * soft + reach + 2
    left, top = np.floor(places.min(0) - edge).astype(int).clip(0)
    right, low = np.ceil(places.max(0) + edge).astype(int)
    part = image[top:low, left:right]
    if part.size:
        mask = np.zeros(part.shape[:2], np.float32)
        draw(mask, np.round((places - (left, top)) * 16).astype(np.int32))
        part[...] = mix(part, colour, np.asarray(cv2.GaussianBlur(mask, (0, 0), soft), np.float32) if soft else mask)
    return image
