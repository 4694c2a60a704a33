"""When the starter tagger speaks of light. Each example is a photo in a line."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.taggers.starter._pixels import measure
from bridge.taggers.starter._rules_light import black_and_white, golden_hour, lights, moon, night, silhouette, sunset
from bridge.values import Facts
from tests.taggers.starter.evidence import ROOM, STREET_AT_NIGHT, SUNLIT, evidence, face, thing, word

EVENING_SKY = {"sky_warm": 0.4, "sky_glow": 0.4, "ground_dark": 0.6, "ground_brightness": 0.1}
INTO_THE_SUN = Facts(exposure_s=1 / 2000, f_number=11.0, iso=100)
"""18 EV: the meter saw the sun."""
OPEN = {"sky": 0.8, "landscape": 0.8}


def test_a_glowing_sky_over_dark_ground_is_a_sunset() -> None:
    assert word(sunset(evidence(OPEN, pixels=EVENING_SKY))) == "sunset"
    assert word(sunset(evidence(OPEN, pixels=EVENING_SKY, facts=INTO_THE_SUN))) == "sunset"


def test_at_dusk_by_the_exposure_a_touch_of_colour_is_enough() -> None:
    touch = {"sky_warm": 0.08, "sky": 0.6, "ground_dark": 0.5, "ground_brightness": 0.15}
    dusk, day = (Facts(exposure_s=seconds, f_number=4.0, iso=100) for seconds in (1 / 60, 1 / 2000))
    assert word(sunset(evidence(OPEN, pixels=touch, facts=dusk))) == "sunset"
    assert sunset(evidence(OPEN, pixels=touch, facts=day)) is None


def test_a_glowing_sky_before_a_rising_sun_is_a_sunrise() -> None:
    assert word(sunset(evidence(OPEN, pixels=EVENING_SKY, sun=2.0, rising=True))) == "sunrise"


@pytest.mark.parametrize("altitude", [35.0, -10.0])
def test_no_sunset_while_the_sun_is_high_or_long_gone(altitude: float) -> None:
    assert sunset(evidence(OPEN, pixels=EVENING_SKY, sun=altitude)) is None


@pytest.mark.parametrize("near", ["flower", "food", "interior", "animal", "drink"])
def test_a_thing_nearby_before_a_dark_ground_is_no_sunset(near: str) -> None:
    assert sunset(evidence({**OPEN, near: 0.8}, pixels=EVENING_SKY)) is None


def test_a_portrait_in_warm_light_is_no_sunset() -> None:
    assert sunset(evidence(OPEN, pixels=EVENING_SKY, faces=(face(0.2),))) is None


def test_a_flash_makes_no_sunset() -> None:
    assert sunset(evidence(OPEN, pixels=EVENING_SKY, facts=Facts(flash_fired=True))) is None


def test_bright_ground_is_no_sunset() -> None:
    assert sunset(evidence(OPEN, pixels={**EVENING_SKY, "ground_brightness": 0.7, "ground_dark": 0.0})) is None


@pytest.mark.parametrize(("altitude", "said"), [(-4.5, None), (-3.9, "golden hour"), (5.9, "golden hour"), (6.5, None)])
def test_golden_hour_is_told_by_the_sun_alone(altitude: float, said: str | None) -> None:
    assert word(golden_hour(evidence(OPEN, sun=altitude))) == said


def test_no_golden_hour_where_time_or_place_is_unknown_or_in_a_room() -> None:
    assert golden_hour(evidence(OPEN)) is None
    assert golden_hour(evidence({"interior": 0.9}, sun=2.0)) is None


DARK_WITH_LIGHTS = {"dark": 0.85, "brightness": 0.1, "lights": 0.01}


def test_black_with_a_few_lights_is_night() -> None:
    assert word(night(evidence(pixels=DARK_WITH_LIGHTS))) == "night"
    assert word(lights(evidence(pixels=DARK_WITH_LIGHTS))) == "lights"


def test_a_lit_street_by_its_exposure_is_night() -> None:
    lit = {"dark": 0.3, "brightness": 0.35}
    assert word(night(evidence({"street": 0.8}, pixels=lit, facts=STREET_AT_NIGHT))) == "night"
    assert night(evidence({"interior": 0.9}, pixels=lit, facts=STREET_AT_NIGHT)) is None
    assert night(evidence({"street": 0.8}, pixels=lit, facts=ROOM)) is None


def test_the_sun_below_twelve_degrees_is_night_in_the_open() -> None:
    assert word(night(evidence({"street": 0.8}, sun=-20.0))) == "night"


def test_a_dark_thing_is_not_night() -> None:
    assert night(evidence(pixels={"dark": 0.85, "brightness": 0.1})) is None, "no light in it"
    assert night(evidence({"drink": 0.9}, pixels=DARK_WITH_LIGHTS)) is None, "a glass by candlelight"
    assert night(evidence(pixels=DARK_WITH_LIGHTS, facts=SUNLIT)) is None, "a black ground by day"
    assert night(evidence(pixels=DARK_WITH_LIGHTS, facts=Facts(flash_fired=True))) is None, "a flash lit it"
    assert night(evidence(pixels=DARK_WITH_LIGHTS, sun=20.0)) is None, "the sun was up"


def disc(radius: int, centre: tuple[int, int] = (300, 200), value: int = 220) -> np.ndarray:
    picture = np.full((400, 600, 3), 8, np.uint8)
    y, x = np.mgrid[0:400, 0:600]
    picture[(x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= radius**2] = value
    return picture


def test_one_pale_disc_alone_in_the_dark_is_the_moon() -> None:
    assert word(moon(evidence(pixels={"disc": measure(disc(60)).disc}))) == "moon"


def test_what_is_not_round_or_not_alone_is_no_moon() -> None:
    bar = np.full((400, 600, 3), 8, np.uint8)
    bar[190:210, 100:500] = 220
    two = np.maximum(disc(40, (150, 200)), disc(40, (450, 200)))
    by_day = np.full((400, 600, 3), 180, np.uint8)
    assert [measure(picture).disc for picture in (bar, two, by_day)] == [0.0, 0.0, 0.0]


BLACK_SHAPE = {"silhouette": 0.3, "sky": 0.8, "bright": 0.2}


def test_a_black_person_before_the_sky_is_a_silhouette() -> None:
    assert word(silhouette(evidence(OPEN, pixels=BLACK_SHAPE, objects=(thing("person", 0.6),)))) == "silhouette"


def test_no_silhouette_of_nobody_nor_of_a_face_that_is_seen() -> None:
    person = (thing("person", 0.6),)
    assert silhouette(evidence(OPEN, pixels=BLACK_SHAPE)) is None
    assert silhouette(evidence(OPEN, pixels=BLACK_SHAPE, objects=person, faces=(face(0.1),))) is None
    assert silhouette(evidence(OPEN, pixels={**BLACK_SHAPE, "sky": 0.1}, objects=person)) is None


def test_grey_pixels_are_black_and_white_and_coloured_or_black_ones_are_not() -> None:
    ramp = np.linspace(0, 255, 600, dtype=np.uint8)
    grey = np.repeat(np.tile(ramp, (400, 1))[..., None], 3, axis=2)
    spot = grey.copy()
    spot[100:200, 100:200] = (200, 30, 30)
    black = np.zeros((400, 600, 3), np.uint8)
    said = [word(black_and_white(evidence(pixels=vars_of(picture)))) for picture in (grey, spot, black)]
    assert said == ["black and white", None, None]


def vars_of(picture: np.ndarray) -> dict[str, float]:
    pixels = measure(picture)
    return {"colourful": pixels.colourful, "dark": pixels.dark}
