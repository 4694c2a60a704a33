from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from bridge.culling._watermark import overlays_of
from bridge.values import RGB
from tests.culling.photographs import photograph, small
from tests.culling.scenes import scene

ORANGE, WHITE, BLACK = (255, 150, 30), (255, 255, 255), (0, 0, 0)


def written(
    rgb: RGB,
    text: str,
    place: tuple[float, float] = (0.97, 0.96),
    *,
    size: float = 0.04,
    colour: tuple[int, int, int] = WHITE,
    opacity: int = 230,
    degrees: float = 0,
) -> RGB:
    """``text`` over a picture: its lower right corner at ``place``, or its middle where it is turned. ``size`` is a
    share of the shorter edge."""
    picture = Image.fromarray(rgb).convert("RGBA")
    layer = Image.new("RGBA", (2 * picture.width, 2 * picture.height), (*colour, 0))
    font = ImageFont.load_default(size * min(picture.size))
    anchor = "mm" if degrees else "rs"
    ImageDraw.Draw(layer).text(picture.size, text, font=font, fill=(*colour, opacity), anchor=anchor)
    layer = layer.rotate(degrees, resample=Image.Resampling.BICUBIC)
    x, y = (round(share * length) for share, length in zip(place, picture.size, strict=True))
    box = (picture.width - x, picture.height - y, 2 * picture.width - x, 2 * picture.height - y)
    return np.asarray(Image.alpha_composite(picture, layer.crop(box)).convert("RGB"))


def calm() -> RGB:
    """Two greys that run into one another."""
    slope = np.linspace(60, 150, 1000)[None] + np.zeros((700, 1))
    return np.repeat(slope[..., None], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("text", ["2004/07/12", "12 7 '04", "04.07.12 14:05"])
def test_a_date_in_a_corner(text: str) -> None:
    found = overlays_of(written(calm(), text, colour=ORANGE))
    assert found.date_stamp >= 0.5
    assert found.watermark < 0.5


@pytest.mark.parametrize("text", ["© Anna Meyer Photography", "www.example.com", "Jane Doe 2024"])
@pytest.mark.parametrize("colour", [WHITE, BLACK])
def test_a_name_in_a_corner(text: str, colour: tuple[int, int, int]) -> None:
    found = overlays_of(written(calm(), text, colour=colour, opacity=170))
    assert found.watermark >= 0.5
    assert found.date_stamp == 0.0


@pytest.mark.parametrize(("text", "degrees"), [("SAMPLE PROOF", 30), ("COPYRIGHT", -38), ("SAMPLE PROOF", 45)])
def test_a_word_across_the_picture(text: str, degrees: float) -> None:
    found = overlays_of(written(calm(), text, (0.5, 0.5), size=0.12, opacity=90, degrees=degrees))
    assert found.watermark >= 0.5


def test_nothing_is_written_on_a_scene() -> None:
    for number in range(6):
        found = overlays_of(scene(number, 1000, 700))
        assert (found.watermark, found.date_stamp) == (0.0, 0.0)


def test_slats_are_no_letters() -> None:
    photo = calm()
    for x in range(300, 900, 14):
        photo[640:660, x : x + 7] = 230
    assert overlays_of(photo).watermark == 0.0


def test_a_small_picture_is_not_told() -> None:
    assert overlays_of(calm()[:100, :150]).watermark == 0.0


@pytest.mark.photos
def test_real_photographs_with_and_without(shared_photos: Path) -> None:
    paths = sorted((shared_photos / "labelled").glob("*.jpg"))[::3] + sorted((shared_photos / "faces").glob("*.jpg"))
    photos = [small(photograph(path)) for path in paths]
    for photo in photos:
        found = overlays_of(photo)
        assert max(found.watermark, found.date_stamp) < 0.5
    dated = [overlays_of(written(photo, "2004/07/12", colour=ORANGE)).date_stamp for photo in photos]
    assert np.mean([score >= 0.5 for score in dated]) > 0.85
    named = [overlays_of(written(photo, "www.example.com")).watermark for photo in photos]
    assert np.mean([score >= 0.5 for score in named]) > 0.4
