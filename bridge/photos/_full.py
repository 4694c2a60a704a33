"""A photo at full size, decoded once for everything that looks at it: tiles of its native pixels, and smaller versions.

24 megapixels are 72 MB. Memory that is new each time costs the kernel a fifth of the decode (each page is cleared
first), so it is lent from a store and used again.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from bridge.photos._colours import ColourSpace, colour_space, to_srgb
from bridge.photos._decode import opened
from bridge.photos._identity import Identity, ReadLimits
from bridge.photos._open import check_size
from bridge.photos._pixels import shown_pixels, target_size, turned
from bridge.photos._raw import render_raw_full
from bridge.values import RGB, Format, RawRenderer

__all__ = ["FullPicture", "PixelMemory", "full_size"]

_HUGE = 1 << 30
"""An edge that no picture has: nothing is shrunk."""
BLOCKS = 2
"""For one photo: all of it, and a quarter."""
FAR = 2000
"""Pixels, the shorter edge of a picture whose quarter is no worse for leaving out pixels: sensors resolve less."""


class PixelMemory:
    """Lends blocks of memory and takes them back. Safe to use from several threads."""

    def __init__(self, photos: int | None = None) -> None:
        """``photos``: for how many at once memory is kept while it waits; one a core where it is not said."""
        self._kept = BLOCKS * ((os.cpu_count() or 1) if photos is None else photos)
        self._free: list[npt.NDArray[np.uint8]] = []
        self._lock = threading.Lock()

    def lend(self, size: int) -> npt.NDArray[np.uint8]:
        """A block of at least ``size`` bytes, uint8, with whatever was in it."""
        with self._lock:
            fitting = [at for at, block in enumerate(self._free) if size <= block.size <= 2 * size]
            if fitting:
                return self._free.pop(fitting[-1])
        return np.empty(size, np.uint8)

    def take_back(self, block: npt.NDArray[np.uint8]) -> None:
        with self._lock:
            # The largest cost the most to make anew.
            self._free = sorted([*self._free, block], key=lambda one: -one.size)[: self._kept]


@dataclass(slots=True)
class FullPicture:
    """A decoded photo. Its pixels are good only while the ``full_size`` block lasts."""

    identity: Identity
    native: RGB
    """As shown, every pixel: a view that need not be contiguous. In the file's own colours for a JPEG."""
    _stored: RGB
    """The same before it was turned."""
    _orientation: int
    _space: ColourSpace
    _memory: PixelMemory
    _lent: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    _reduced: dict[tuple[int, int], RGB] = field(default_factory=dict)
    """By width and height: each smaller version begins at one that is not much larger."""

    def smaller(self, edge: int) -> RGB:
        """At most ``edge`` pixels long, as ``decode`` gives it: contiguous, sRGB, upright. Never enlarged."""
        height, width = self._stored.shape[:2]
        target = target_size(width, height, edge)
        source = self._stored
        while (by := _step(source, target)) > 1:
            size = source.shape[1] // by, source.shape[0] // by
            if size not in self._reduced:
                self._reduced[size] = self._shrunk(source, by)
            source = self._reduced[size]
        size = source.shape[1], source.shape[0]
        small = source if size == target else cv2.resize(source, target, interpolation=cv2.INTER_LINEAR)
        shown = to_srgb(Image.fromarray(small), self._space)
        return np.array(turned(np.asarray(shown), self._orientation), order="C")

    def _shrunk(self, source: RGB, by: int) -> RGB:
        """By 2: the mean of each 2 x 2 pixels. By 4: that of the middle four of each 4 x 4, in half the time, since
        every other row is never fetched from memory. OpenCV has vector code for these alone."""
        height, width = source.shape[0] // by, source.shape[1] // by
        block = self._memory.lend(height * width * 3)
        self._lent.append(block)
        small = block[: height * width * 3].reshape(height, width, 3)
        even = source[: by * height, : by * width]
        cv2.resize(even, (width, height), dst=small, interpolation=cv2.INTER_AREA if by == 2 else cv2.INTER_LINEAR)
        return small


def _step(source: RGB, target: tuple[int, int]) -> int:
    """4, 2 or 1: by what ``source`` is shrunk next on the way to ``target`` (width, height)."""
    room = min(source.shape[1] // target[0], source.shape[0] // target[1])
    return 4 if room >= 4 and min(source.shape[:2]) >= FAR else 2 if room >= 2 else 1


@contextmanager
def full_size(
    identity: Identity,
    *,
    limits: ReadLimits,
    memory: PixelMemory,
    raw_renderer: RawRenderer = RawRenderer.AUTO,
) -> Iterator[FullPicture]:
    """The photo decoded at its full size. Of a RAW, a preview of at least half its length, else half size.

    Raises as ``decode`` does.
    """
    lent: list[npt.NDArray[np.uint8]] = []
    try:
        yield _decoded(identity, limits, memory, raw_renderer, lent)
    finally:
        for block in lent:
            memory.take_back(block)


def _decoded(
    identity: Identity,
    limits: ReadLimits,
    memory: PixelMemory,
    raw_renderer: RawRenderer,
    lent: list[npt.NDArray[np.uint8]],
) -> FullPicture:
    if identity.format in (Format.RAW, Format.DNG):
        rgb = render_raw_full(identity.path, (identity.width, identity.height), identity.orientation, raw_renderer)
        return FullPicture(identity, rgb, rgb, 1, ColourSpace(), memory, lent)
    with opened(identity, limits) as (file, image):
        if identity.format is Format.JPEG and image.mode == "RGB":
            file.seek(0)
            stored = _quick_jpeg(file.read(), image.size, limits, memory, lent)
            if stored is not None:
                shown = turned(stored, identity.orientation)
                return FullPicture(identity, shown, stored, identity.orientation, colour_space(image), memory, lent)
        rgb = shown_pixels(image, _HUGE, identity.orientation)
    return FullPicture(identity, rgb, rgb, 1, ColourSpace(), memory, lent)


def _quick_jpeg(
    data: bytes,
    size: tuple[int, int],
    limits: ReadLimits,
    memory: PixelMemory,
    lent: list[npt.NDArray[np.uint8]],
) -> RGB | None:
    """By libjpeg-turbo's own interface, in two thirds of the time that Pillow and OpenCV take.

    None where it finds anything to complain of: Pillow, asked next, says what is the matter.
    """
    import simplejpeg

    try:
        height, width, _, _ = simplejpeg.decode_jpeg_header(data)
        if (width, height) != size:
            return None
        check_size(width, height, limits.max_megapixels)
        block = memory.lend(height * width * 3)
        lent.append(block)
        # Colours are upsampled by repeating them, which is a fifth faster; nothing here looks at them pixel by pixel.
        pixels: RGB = simplejpeg.decode_jpeg(data, "RGB", fastupsample=True, buffer=block[: height * width * 3])
    except ValueError:
        return None
    return pixels
