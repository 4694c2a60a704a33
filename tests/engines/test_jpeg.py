"""Pixels to JPEG bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from bridge.engines.jpeg import encode_jpeg
from bridge.values import RGB


def plain(width: int, height: int, colour: tuple[int, int, int] = (200, 40, 40)) -> RGB:
    return np.full((height, width, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("size", "sent"),
    [((1200, 900), (896, 672)), ((900, 1200), (672, 896)), ((300, 200), (300, 200)), ((5000, 10), (896, 64)),
     ((1, 1), (64, 64))],
)  # fmt: skip
def test_size(size: tuple[int, int], sent: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(encode_jpeg(plain(*size), 896))) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", sent, "RGB")
        assert not image.getexif()


def test_colours_keep_their_order() -> None:
    with Image.open(io.BytesIO(encode_jpeg(plain(80, 80, (200, 40, 10)), 896))) as image:
        red, green, blue = image.getpixel((40, 40))  # type: ignore[misc]
    assert abs(red - 200) < 6 and abs(green - 40) < 6 and abs(blue - 10) < 6


def test_the_same_pixels_give_the_same_bytes() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    mirrored = noise[:, ::-1]
    assert encode_jpeg(noise, 200) == encode_jpeg(noise.copy(), 200)
    assert encode_jpeg(mirrored, 200) == encode_jpeg(np.ascontiguousarray(mirrored), 200)
    assert len(encode_jpeg(noise, 400, 95)) > len(encode_jpeg(noise, 400, 40))
