"""One face, upright and of one size, and how well a person can be told by it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from bridge.faces import CROP, FoundFace, Quality, crop, quality
from bridge.faces.crops import MARGIN, TEMPLATE
from bridge.faces.grouping import GATE
from bridge.values import RGB

COLOURS = ((250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (0, 250, 250))
"""Of eyes, nose and corners of the mouth."""


def photo_of(scale: float, degrees: float = 0.0, at: tuple[float, float] = (600.0, 500.0)) -> tuple[RGB, FoundFace]:
    """A grey photo of 1200 x 900 with a dot at each of the five points, ``scale`` pixels from side to side."""
    height, width = 900, 1200
    rgb = np.full((height, width, 3), 90, np.uint8)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (TEMPLATE - 0.5) @ turn.T * scale + at
    for (x, y), colour in zip(points, COLOURS, strict=True):
        middle = (round((float(x) - 0.5) * 16), round((float(y) - 0.5) * 16))  # OpenCV counts from a pixel's middle
        cv2.circle(rgb, middle, round(scale / 30 * 16), colour, cv2.FILLED, cv2.LINE_AA, shift=4)
    shares = [(float(x) / width, float(y) / height) for x, y in points]
    left, top = (at[0] - scale / 2) / width, (at[1] - scale / 2) / height
    face = FoundFace(left, top, scale / width, scale / height, 0.9, tuple(shares), 1.0)  # type: ignore[arg-type]
    return rgb, face


@pytest.mark.parametrize("scale", [60.0, 190.0, 700.0])
@pytest.mark.parametrize("degrees", [0.0, 25.0, -90.0, 180.0])
def test_eyes_nose_and_mouth_are_where_they_always_are(scale: float, degrees: float) -> None:
    cropped = crop(*photo_of(scale, degrees))
    assert cropped.shape == (CROP, CROP, 3) and cropped.dtype == np.uint8
    places = (TEMPLATE * (1 - 2 * MARGIN) + MARGIN) * CROP
    for (x, y), colour in zip(places, COLOURS, strict=True):
        off = np.abs(cropped.astype(int) - colour).sum(axis=2)
        ys, xs = np.nonzero(off < 120)
        assert (xs.mean(), ys.mean()) == pytest.approx((x, y), abs=2.0)


def test_what_lies_beyond_the_picture_is_filled_with_its_edge() -> None:
    rgb, face = photo_of(300.0, at=(20.0, 20.0))
    assert crop(rgb, face)[0, 0].tolist() == rgb[0, 0].tolist()


def test_points_that_lie_on_one_another_make_a_crop_all_the_same() -> None:
    rgb, face = photo_of(100.0)
    assert crop(rgb, replace(face, points=((0.5, 0.5),) * 5)).shape == (CROP, CROP, 3)


def test_blurred_small_or_turned_away_is_worth_less() -> None:
    rgb, face = photo_of(300.0)
    soft = cv2.GaussianBlur(rgb, (0, 0), 12).astype(np.uint8)
    sharp_one, soft_one = (quality(one, face, crop(one, face)) for one in (rgb, soft))
    assert sharp_one.sharpness > soft_one.sharpness + 0.2
    assert sharp_one.worth > soft_one.worth
    assert sharp_one.size == pytest.approx(300.0)
    assert replace(sharp_one, size=40.0).worth < sharp_one.worth > replace(sharp_one, frontal=0.3).worth
    assert replace(sharp_one, size=20.0).worth == 0.0 < GATE < sharp_one.worth <= 1.0
    assert Quality(100.0, 0.6, 0.0).worth == 0.0, "a profile that shows half a face founds no group"
