from __future__ import annotations

from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image

from bridge.culling.describe import describe, phash_of
from bridge.culling.descriptor import VERSION, unpack
from bridge.values import RGB
from tests.culling.scenes import scene


def _of_imagehash(rgb: RGB) -> int:
    return int(str(imagehash.phash(Image.fromarray(rgb))), 16)


@pytest.mark.parametrize("number", range(8))
def test_the_hash_is_that_of_imagehash(number: int) -> None:
    rgb = scene(number, 300 + 77 * number, 500 - 31 * number)
    assert phash_of(rgb) == describe(rgb).phash == _of_imagehash(rgb)


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_a_flat_picture_has_the_hash_of_imagehash(level: int) -> None:
    flat = np.full((120, 200, 3), level, np.uint8)
    assert phash_of(flat) == _of_imagehash(flat)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (7, 5), (32, 32)])
def test_odd_shapes_have_a_hash_and_a_descriptor(shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(5).integers(0, 256, (*shape, 3), np.uint8)
    described = describe(rgb)
    assert described.phash == _of_imagehash(rgb)
    assert unpack(described.descriptor) is not None


def test_a_descriptor_is_small_and_says_what_it_was_made_of() -> None:
    described = describe(scene(1))
    assert len(described.descriptor) < 8192
    assert described.descriptor[0] == VERSION
    descriptor = unpack(described.descriptor)
    assert descriptor is not None
    assert descriptor.size == (900, 600)
    assert len(descriptor.points) == len(descriptor.bits) > 100
    assert descriptor.points.min() >= 0 and descriptor.points.max() <= 1


def test_the_same_picture_has_the_same_bytes() -> None:
    assert describe(scene(2)) == describe(scene(2).copy())


def test_a_descriptor_of_another_version_or_cut_short_is_none() -> None:
    data = describe(scene(3)).descriptor
    assert unpack(bytes([VERSION + 1]) + data[1:]) is None
    assert unpack(data[:-1]) is None
    assert unpack(b"") is None


@pytest.mark.photos
def test_real_photographs_have_the_hash_of_imagehash(shared_photos: Path) -> None:
    for path in sorted((shared_photos / "faces").glob("*.jpg")):
        with Image.open(path) as image:
            rgb = np.asarray(image.convert("RGB"))
        assert phash_of(rgb) == _of_imagehash(rgb), path.name
