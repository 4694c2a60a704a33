"""The colours that are worth a word."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest

from bridge.taggers.starter._colours import colours, say_colours
from bridge.taggers.starter._evidence import Said
from bridge.values import RGB
from tests.taggers.starter.evidence import thing

GREY, LEAF = (128, 128, 128), (60, 120, 50)


def plain(colour: tuple[int, int, int] = GREY) -> RGB:
    picture = np.empty((90, 120, 3), np.uint8)
    picture[:] = colour
    return picture


def hue(degrees: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(degrees / 360, 0.8, 0.9)
    return round(red * 255), round(green * 255), round(blue * 255)


@pytest.mark.parametrize(
    ("degrees", "name"),
    [(0, "red"), (355, "red"), (25, "orange"), (50, "yellow"), (280, "purple"), (325, "pink")],
)
def test_petals_in_the_middle_have_the_name_of_their_hue(degrees: float, name: str) -> None:
    picture = plain(LEAF)
    picture[20:70, 30:90] = hue(degrees)
    assert colours(picture, ())["flower"] == name


def test_leaves_sky_and_a_bunch_of_many_colours_have_none() -> None:
    assert colours(plain(LEAF), ()) == {}
    assert colours(plain(hue(215)), ()) == {}
    bunch = plain(LEAF)
    for column, degrees in enumerate((0, 50, 280, 330)):
        bunch[20:70, 30 + column * 15 : 45 + column * 15] = hue(degrees)
    assert colours(bunch, ()) == {}


def test_the_paint_of_a_car_is_told_from_the_light_around_it() -> None:
    car = thing("car", 0.7, size=0.3)
    picture = plain()
    picture[18:45, 24:60] = hue(358)
    assert colours(picture, (car,))["car"] == "red"
    at_night = plain(hue(20))
    at_night[18:45, 24:60] = hue(28)
    assert "car" not in colours(at_night, (car,))
    assert "car" not in colours(plain(), (car,)), "a grey car is not worth a word"


def test_a_small_or_unpainted_thing_has_no_colour() -> None:
    picture = plain()
    picture[18:45, 24:60] = hue(358)
    assert "car" not in colours(picture, (thing("car", 0.7, size=0.1),))
    assert "dog" not in colours(picture, (thing("dog", 0.7, size=0.3),))


def test_a_colour_is_said_only_beside_the_thing_that_has_it() -> None:
    seen = {"flower": "yellow", "car": "red"}
    words = {"flower": Said("flower", 0.9, "imagenet")}
    assert [(said.word, said.source) for said in say_colours(seen, words)] == [("yellow", "rule:colour")]
    assert say_colours(seen, {}) == []


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 400), (400, 1)])
def test_a_picture_of_any_shape_is_counted(height: int, width: int) -> None:
    assert colours(np.zeros((height, width, 3), np.uint8), (thing("car", 0.9),)) == {}
