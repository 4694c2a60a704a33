"""Sharpness and motion, on photographs that were taken and on shapes that were drawn."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from bridge.culling._motion import motion_of
from bridge.culling._sharpness import Edges, Sharpness, edges_of, judge, sharpest_of
from bridge.culling._tiles import luma_of, middles_of, pick_tiles
from bridge.values import RGB
from tests.culling.photographs import (
    area_under_curve,
    blurred,
    brighter,
    moved,
    noisy,
    photograph,
    recompressed,
    resized,
    small,
)


def edges(rgb: RGB) -> Edges:
    return edges_of(luma_of(rgb, pick_tiles(rgb, small(rgb))))


def sharpness(rgb: RGB) -> Sharpness:
    return judge(edges(rgb))


@cache
def drawn() -> RGB:
    """Discs of many sizes and greys, drawn four times as large and shrunk, so that their edges are as a lens gives
    them."""
    random = np.random.default_rng(3)
    large = np.full((2400, 3200), 110, np.uint8)
    for _ in range(500):
        middle = (int(random.integers(0, 3200)), int(random.integers(0, 2400)))
        cv2.circle(large, middle, int(random.integers(20, 120)), int(random.integers(20, 235)), -1)
    grey = cv2.resize(large, (800, 600), interpolation=cv2.INTER_AREA)
    return np.repeat(grey[..., None], 3, axis=2)


def test_the_width_of_an_edge_is_what_it_was_blurred_by() -> None:
    for sigma in (1.5, 2.0, 3.0, 4.0):
        widths = edges(blurred(drawn(), sigma)).width_of_tiles()
        assert np.nanmedian(widths) == pytest.approx(sigma, rel=0.25)


def test_where_a_photo_is_in_focus() -> None:
    soft = blurred(drawn(), 4.0)
    for x, part in ((0.2, np.s_[:, :300]), (0.8, np.s_[:, 500:])):
        photo = soft.copy()
        photo[part] = drawn()[part]
        corners = pick_tiles(photo, small(photo))
        place = sharpest_of(edges_of(luma_of(photo, corners)), middles_of(photo, corners))
        assert place is not None and place[0] == pytest.approx(x, abs=0.15)


@pytest.mark.parametrize("sigma", [0.0, 2.0])
def test_light_noise_and_compression_do_not_change_it(sigma: float) -> None:
    photo = blurred(drawn(), sigma) if sigma else drawn()
    was = sharpness(photo).sharpness
    for other in (brighter(photo, 0.5), noisy(photo, 6), recompressed(photo, 60)):
        assert sharpness(other).sharpness == pytest.approx(was, abs=0.12)


def test_a_sharp_part_makes_a_photo_sharp() -> None:
    photo = blurred(drawn(), 5)
    photo[200:400, 250:550] = drawn()[200:400, 250:550]
    found = sharpness(photo)
    assert found.sharpness > 0.6
    assert found.sharp_share < 0.6


def test_fog_leaves_nothing_to_judge_by() -> None:
    slope = np.linspace(150, 190, 800)[None] + np.zeros((600, 1))
    fog = noisy(np.repeat(slope[..., None], 3, axis=2).astype(np.uint8), 2)
    assert sharpness(fog).detail < 0.1
    assert sharpness(drawn()).detail > 0.9


def test_a_picture_too_small_for_a_tile_is_not_told() -> None:
    assert sharpness(drawn()[:16, :16]).detail == 0.0


@pytest.mark.parametrize("degrees", [0, 45, 90, 120])
def test_a_camera_that_moved_blurs_along_one_direction(degrees: float) -> None:
    assert motion_of(edges(moved(drawn(), 16, degrees))) > 0.35


@pytest.mark.parametrize("sigma", [0.0, 1.0, 2.0, 4.0])
def test_out_of_focus_is_no_motion(sigma: float) -> None:
    assert motion_of(edges(blurred(drawn(), sigma) if sigma else drawn())) < 0.12


SHARP = ("Olympus_E-10", "Minolta_DiMAGE_X", "Samsung_S730", "FujiFilm_FinePix_A303", "Kodak_DX4330", "Sigma_DP1")
"""A sunset over a lake, another over land, and stone, feathers and leaves."""


@pytest.mark.photos
def test_soft_photographs_rank_below_sharp_ones(shared_photos: Path) -> None:
    """A safe bound on a few; ``python -m benchmarks.culling_quality`` has the figures."""
    photos = [photograph(shared_photos / "labelled" / f"{name}.jpg")[:800, :1200] for name in SHARP]
    sharp = [
        sharpness(made).sharpness for photo in photos for made in (photo, noisy(photo, 4), recompressed(photo, 60))
    ]
    sharp += [sharpness(resized(photo, 0.6)).sharpness for photo in photos]
    soft = [sharpness(blurred(photo, sigma)).sharpness for photo in photos for sigma in (1.5, 2, 3, 4)]
    soft += [sharpness(noisy(blurred(photo, 2), 4)).sharpness for photo in photos]
    assert area_under_curve(sharp, soft) >= 0.97


@pytest.mark.photos
def test_motion_is_told_from_softness_on_photographs(shared_photos: Path) -> None:
    photos = [photograph(shared_photos / "labelled" / f"{name}.jpg")[:800, :1200] for name in SHARP]
    shaken = [motion_of(edges(moved(photo, 14, 20))) for photo in photos]
    still = [motion_of(edges(made)) for photo in photos for made in (photo, blurred(photo, 2))]
    assert area_under_curve(shaken, still) >= 0.9
