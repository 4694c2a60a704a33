"""RAW: the preview inside where it is large enough, LibRaw where it is not, and clean failures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bridge.errors import PhotoTooLarge, RawUndecodable
from bridge.photos import ReadLimits, _raw, identify, read
from bridge.values import RGB, RawRenderer
from tests.photos.made import dng, jpeg_bytes, look, picture, pixels, quarters


def preview(width: int, height: int) -> bytes:
    """A JPEG without colours, so that it is told from what LibRaw develops."""
    return jpeg_bytes(picture(width, height).convert("L").convert("RGB"))


def is_grey(rgb: RGB) -> bool:
    return bool(np.ptp(rgb.astype(int), axis=2).max() < 8)


def brightest_quarter(rgb: RGB) -> str:
    seen = quarters(rgb)
    return max(seen, key=lambda place: seen[place][0])


def test_a_preview_that_is_large_enough_is_taken(tmp_path: Path) -> None:
    rgb = pixels(dng(tmp_path / "a.dng", preview=preview(480, 320)), 450)
    assert rgb.shape == (300, 450, 3)
    assert is_grey(rgb)


def test_a_preview_that_is_too_small_is_not(tmp_path: Path) -> None:
    rgb = pixels(dng(tmp_path / "a.dng", preview=preview(480, 320)), 500)
    assert rgb.shape == (333, 500, 3)
    assert brightest_quarter(rgb) == "top left"
    assert not is_grey(rgb)


def test_a_raw_without_a_preview_is_developed_at_half_size_where_that_is_enough(tmp_path: Path) -> None:
    path = dng(tmp_path / "a.dng")
    half, whole = pixels(path, 300), pixels(path, 600)
    assert (half.shape, whole.shape) == ((200, 300, 3), (400, 600, 3))
    for rgb in (half, whole):
        seen = quarters(rgb)
        assert seen["top left"][0] > 200 and max(seen["top left"][1:]) < 60
        assert seen["bottom left"][2] > 150 and max(seen["bottom left"][:2]) < 80
        assert np.ptp(seen["bottom right"]) < 12


@pytest.mark.parametrize(
    ("orientation", "place"), [(1, "top left"), (3, "bottom right"), (6, "top right"), (8, "bottom left")]
)
@pytest.mark.parametrize("renderer", [RawRenderer.AUTO, RawRenderer.RAWPY])
def test_preview_and_development_are_turned_alike(
    tmp_path: Path, orientation: int, place: str, renderer: RawRenderer
) -> None:
    """The red quarter lies at the top left of the sensor; the preview is made of reds that are brightest there."""
    red = Image.fromarray(np.asarray(picture()) * np.array([1, 0, 0], np.uint8))
    path = dng(tmp_path / "a.dng", orientation=orientation, preview=jpeg_bytes(red))
    found = look(path)
    upright = orientation < 5
    assert (found.width, found.height) == ((600, 400) if upright else (400, 600))
    rgb = pixels(path, 300, renderer)
    assert rgb.shape == ((200, 300, 3) if upright else (300, 200, 3))
    assert brightest_quarter(rgb) == place


def test_a_preview_that_stands_upright_already_is_not_turned_again(tmp_path: Path) -> None:
    upright = picture().convert("L").convert("RGB").transpose(Image.Transpose.ROTATE_270)
    path = dng(tmp_path / "a.dng", orientation=6, preview=jpeg_bytes(upright))
    assert pixels(path, 300).shape == (300, 200, 3)


def test_the_preview_alone_or_its_absence(tmp_path: Path) -> None:
    small = dng(tmp_path / "a.dng", preview=preview(96, 64))
    assert pixels(small, 500, RawRenderer.EMBEDDED).shape == (64, 96, 3)
    with pytest.raises(RawUndecodable, match="no preview") as caught:
        pixels(dng(tmp_path / "b.dng"), 500, RawRenderer.EMBEDDED)
    assert "--raw-renderer" in caught.value.hint


def test_a_broken_preview_is_passed_over(tmp_path: Path) -> None:
    whole = preview(480, 320)
    rgb = pixels(dng(tmp_path / "a.dng", preview=whole[:800] + bytes(len(whole) - 800)), 300)
    assert not is_grey(rgb) and rgb.shape == (200, 300, 3)


def test_a_raw_of_one_flat_colour_has_lost_its_picture(tmp_path: Path) -> None:
    with pytest.raises(RawUndecodable, match="flat"):
        pixels(dng(tmp_path / "a.dng", flat=True))


def test_a_camera_without_colours_gives_greys() -> None:
    """LibRaw gives one channel for a Leica Monochrom; no such file is small enough to be kept for a test."""
    assert _raw._image(np.full((40, 60, 1), 7, np.uint8)).mode == "L"


def test_a_fair_preview_stands_in_for_a_picture_that_is_lost(tmp_path: Path) -> None:
    assert is_grey(pixels(dng(tmp_path / "a.dng", flat=True, preview=preview(480, 320)), 600))
    with pytest.raises(RawUndecodable):
        pixels(dng(tmp_path / "b.dng", flat=True, preview=preview(160, 120)), 600)


def test_a_raw_larger_than_the_limit_is_refused_by_its_header(tmp_path: Path) -> None:
    with pytest.raises(PhotoTooLarge):
        identify(dng(tmp_path / "a.dng"), ReadLimits(max_megapixels=0.1))


def test_a_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = dng(tmp_path / "plain.dng").rename(tmp_path / "n\udcffme.dng")
    assert pixels(path, 300).shape == (200, 300, 3)


@pytest.mark.photos
@pytest.mark.parametrize("name", ["kodak_dc50.kdc", "synth.dng"])
def test_real_raw_is_developed(shared_photos: Path, name: str) -> None:
    photo = read(shared_photos / "raw" / name, 700)
    assert max(photo.rgb.shape) == 700
    assert photo.rgb.std() > 30


@pytest.mark.photos
@pytest.mark.parametrize("name", ["Canon-R6-pruned.CR3", "FujiFilm.raf", "IMG_1361.dng", "Panasonic.rw2"])
@pytest.mark.parametrize("renderer", [RawRenderer.AUTO, RawRenderer.RAWPY])
def test_raw_that_was_cut_short_fails_with_a_way_out(shared_photos: Path, name: str, renderer: RawRenderer) -> None:
    with pytest.raises(RawUndecodable) as caught:
        pixels(shared_photos / "raw" / name, 896, renderer)
    assert "--for" in caught.value.hint
