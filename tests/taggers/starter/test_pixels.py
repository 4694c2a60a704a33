"""What is measured on pixels, shown on made ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from bridge.taggers.starter._pixels import measure
from bridge.values import RGB

BLUE, GREEN, WHITE, ORANGE, BLACK, RED = (
    (110, 160, 230), (60, 140, 50), (235, 238, 240), (240, 140, 40), (5, 5, 5), (220, 20, 60),
)  # fmt: skip


def picture(top: tuple[int, int, int], bottom: tuple[int, int, int], *, rough: bool = False) -> RGB:
    """Two halves; ``rough`` gives the lower one the texture of leaves."""
    pixels = np.empty((400, 600, 3), np.int16)
    pixels[:200], pixels[200:] = top, bottom
    if rough:
        pixels[200:] += np.random.default_rng(1).integers(-40, 40, (200, 600, 1), dtype=np.int16)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def test_a_blue_top_over_a_green_meadow() -> None:
    pixels = measure(picture(BLUE, GREEN, rough=True))
    assert pixels.sky_blue > 0.95 and pixels.sky > 0.95
    assert pixels.ground_green > 0.9 and pixels.top_green < 0.05
    assert pixels.water_blue < 0.05


def test_a_white_ground() -> None:
    pixels = measure(picture(BLUE, WHITE))
    assert pixels.ground_white > 0.95 and pixels.ground_pale > 0.95


def test_a_glow_over_black() -> None:
    pixels = measure(picture(ORANGE, BLACK))
    assert pixels.sky_warm > 0.7 and pixels.ground_dark > 0.95
    assert pixels.ground_brightness < 0.1


def test_blue_water_is_no_snow_and_pale_blue_snow_is_no_water() -> None:
    water, snow = measure(picture(BLUE, (40, 90, 160))), measure(picture(BLUE, (170, 185, 200)))
    assert water.water_blue > 0.9 and water.ground_pale < 0.1
    assert snow.water_blue < 0.1 and snow.ground_pale > 0.9


def test_petals_are_measured_in_the_middle() -> None:
    pixels = picture(GREEN, GREEN).copy()
    pixels[150:250, 250:350] = RED
    assert measure(pixels).petals > 0.3
    assert measure(picture(GREEN, GREEN)).petals == 0.0


def test_a_sharp_middle_before_a_soft_ground() -> None:
    pixels = np.full((400, 600, 3), 120, np.uint8)
    pixels[150:250, 220:380] = np.random.default_rng(1).integers(0, 255, (100, 160, 1), dtype=np.uint8)
    measured = measure(pixels)
    assert measured.sharp_centre > 0.6
    assert measured.sharp_blocks < 0.3


def test_clouds_have_relief_and_haze_has_none() -> None:
    shades = np.linspace(130, 230, 600).astype(np.uint8)
    clouded = picture(WHITE, GREEN).copy()
    clouded[:200] = shades[None, :, None]
    assert measure(clouded).sky_relief > 0.05
    assert measure(picture(WHITE, GREEN)).sky_relief < 0.01


def test_a_clear_sky_fades_and_a_clouded_one_is_mottled() -> None:
    clear = picture(BLUE, GREEN).copy()
    clear[:200] = np.linspace((60, 110, 200), (180, 205, 235), 200)[:, None].astype(np.uint8)
    clouded = clear.copy()
    for x in range(40, 600, 90):
        cv2.ellipse(clouded, (x, 60 + x % 60), (35, 14), 0, 0, 360, (190, 205, 225), -1)
    clouded[:200] = cv2.GaussianBlur(clouded[:200], (0, 0), 14)
    assert measure(clear).sky_mottle < 0.01 < 0.012 < measure(clouded).sky_mottle


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 500), (500, 1), (3, 2), (4000, 20)])
def test_any_size_is_measured(width: int, height: int) -> None:
    pixels = measure(np.full((height, width, 3), 128, np.uint8))
    assert all(np.isfinite(getattr(pixels, name)) for name in pixels.__dataclass_fields__)


def test_the_edges_of_windows_are_upright_and_level_those_of_a_slope_are_not() -> None:
    facade = np.full((300, 400, 3), 200, np.uint8)
    for row in range(20, 280, 40):
        for column in range(20, 380, 40):
            facade[row : row + 20, column : column + 20] = 60
    windows = measure(facade)
    assert windows.upright > 0.4 and windows.level > 0.4 and windows.edges > 0.03
    rows, columns = np.mgrid[:300, :400]
    stripes = np.where(((rows + columns) // 20) % 2, 200, 60).astype(np.uint8)
    slope = measure(np.repeat(stripes[..., None], 3, axis=2))
    assert slope.upright < 0.05 and slope.level < 0.05 and slope.edges > 0.03
    flat = measure(np.full((300, 400, 3), 90, np.uint8))
    assert (flat.edges, flat.upright, flat.level) == (0.0, 0.0, 0.0)
