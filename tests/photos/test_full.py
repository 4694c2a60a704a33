from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from bridge.errors import PhotoChanged, PhotoDamaged
from bridge.photos import Identity, PixelMemory, decode, full_size
from bridge.values import RGB
from tests.photos.made import (
    EMBEDDABLE,
    LIMITS,
    assert_upright,
    dng,
    jpeg_bytes,
    look,
    matrix_profile,
    picture,
    save,
    turned,
)


def both(identity: Identity, edge: int, memory: PixelMemory | None = None) -> tuple[RGB, RGB]:
    """Every pixel, and a smaller version."""
    with full_size(identity, limits=LIMITS, memory=memory or PixelMemory()) as full:
        return np.array(full.native), full.smaller(edge)


@pytest.mark.parametrize("suffix", [suffix for suffix in EMBEDDABLE if suffix != ".dng"])
def test_every_format_comes_at_full_size_and_smaller(tmp_path: Path, suffix: str) -> None:
    identity = look(save(tmp_path / f"photo{suffix}"))
    native, small = both(identity, 120)
    assert native.shape == (400, 600, 3)
    assert small.shape == (80, 120, 3)
    assert small.flags.c_contiguous
    assert_upright(native, tolerance=14)
    assert_upright(small, tolerance=14)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(tmp_path: Path, orientation: int) -> None:
    native, small = both(look(turned(tmp_path / "photo.jpg", orientation)), 300)
    assert_upright(native)
    assert_upright(small)


@pytest.mark.parametrize("edge", [37, 150, 299, 300, 301, 599, 600, 5000])
def test_smaller_versions_are_those_that_decode_gives(tmp_path: Path, edge: int) -> None:
    identity = look(save(tmp_path / "photo.jpg", 601, 403))
    _, small = both(identity, edge)
    expected = decode(identity, edge, limits=LIMITS).rgb
    assert small.shape == expected.shape
    # The borders between the quarters are all that differs, and a large part of a tiny picture.
    assert np.abs(small.astype(int) - expected).mean() < 3


def test_smaller_versions_are_in_srgb(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    picture().save(path, quality=95, icc_profile=matrix_profile(swapped=True))
    expected = decode(look(path), 300, limits=LIMITS).rgb
    assert np.abs(both(look(path), 300)[1].astype(int) - expected).mean() < 2


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_that_the_quick_decoder_does_not_take(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "photo.jpg"
    picture().convert(mode).save(path, quality=95)
    native, small = both(look(path), 300)
    expected = decode(look(path), 300, limits=LIMITS).rgb
    assert native.shape == (400, 600, 3)
    assert np.abs(small.astype(int) - expected).mean() < 2


def test_a_jpeg_that_ends_early_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    noise = np.random.default_rng(1).integers(0, 255, (400, 600, 3), np.uint8)
    data = jpeg_bytes(Image.fromarray(noise))
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(PhotoDamaged, match="ends early"):
        both(look(path), 300)


def test_a_photo_that_was_replaced_is_told(tmp_path: Path) -> None:
    identity = look(save(tmp_path / "photo.jpg"))
    save(tmp_path / "photo.jpg", 300, 200)
    with pytest.raises(PhotoChanged):
        both(identity, 300)


def test_memory_is_used_again_and_never_shared(tmp_path: Path) -> None:
    memory = PixelMemory()
    one, other = look(save(tmp_path / "one.jpg")), look(turned(tmp_path / "other.jpg", 3))
    with full_size(one, limits=LIMITS, memory=memory) as first:
        at = first.native.ctypes.data
        with full_size(other, limits=LIMITS, memory=memory) as second:
            assert not np.shares_memory(first.native, second.native)
            assert_upright(first.native)
            assert_upright(second.native)
    with full_size(one, limits=LIMITS, memory=PixelMemory(photos=0)) as apart:
        assert apart.native.ctypes.data != at
    lent = [memory.lend(one.width * one.height * 3) for _ in range(2)]
    assert at in {block.ctypes.data for block in lent}


def test_of_a_raw_a_large_preview_is_taken(tmp_path: Path) -> None:
    preview = jpeg_bytes(Image.fromarray(cv2.resize(np.asarray(picture()), (480, 320))))
    native, _ = both(look(dng(tmp_path / "photo.dng", preview=preview)), 200)
    assert native.shape == (320, 480, 3)


def test_of_a_raw_a_small_preview_is_not_taken(tmp_path: Path) -> None:
    preview = jpeg_bytes(Image.fromarray(cv2.resize(np.asarray(picture()), (240, 160))))
    native, _ = both(look(dng(tmp_path / "photo.dng", preview=preview)), 200)
    assert native.shape == (400, 600, 3)
