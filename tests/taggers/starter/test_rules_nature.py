"""When the starter tagger speaks of sky, snow, water and leaves."""

from __future__ import annotations

import pytest

from bridge.taggers.starter._rules_nature import (
    clouds,
    flower,
    foliage,
    grass,
    landscape,
    leaf,
    sky,
    snow,
    tree,
    underwater,
    water,
)
from bridge.values import Facts
from tests.taggers.starter.evidence import ROOM, SUNLIT, evidence, face, thing, word

BLUE_TOP = {"sky": 0.9, "sky_blue": 0.9}
GREY_TOP = {"sky": 0.9, "sky_blue": 0.0, "sky_relief": 0.08}


def test_a_blue_top_by_daylight_is_sky() -> None:
    assert word(sky(evidence(pixels=BLUE_TOP, facts=SUNLIT))) == "sky"
    assert sky(evidence(pixels=BLUE_TOP, facts=ROOM)) is None, "a blue wall by lamplight"
    some_blue = {"sky": 0.3, "sky_blue": 0.25}
    assert word(sky(evidence(pixels=some_blue, facts=SUNLIT))) == "sky"
    assert sky(evidence({"street": 0.6}, pixels=some_blue)) is None, "whether the sun shines is not known"


def test_a_grey_top_is_sky_where_the_classifier_agrees() -> None:
    assert word(sky(evidence({"sky": 0.4}, pixels=GREY_TOP, facts=SUNLIT))) == "sky"
    assert sky(evidence(pixels=GREY_TOP, facts=SUNLIT)) is None


def test_a_blue_top_without_exif_is_sky_unless_somebody_stands_before_it() -> None:
    fading = {**BLUE_TOP, "sky_relief": 0.05}
    assert word(sky(evidence(pixels=fading))) == "sky"
    assert sky(evidence(pixels=fading, faces=(face(0.2),))) is None, "a studio"
    assert sky(evidence(pixels=BLUE_TOP)) is None, "one flat blue: a drawing"


def test_clouds_are_patches_in_the_blue_or_relief_in_the_grey() -> None:
    assert word(clouds(evidence(pixels={**BLUE_TOP, "sky_clouds": 0.4}, facts=SUNLIT))) == "clouds"
    assert word(clouds(evidence({"sky": 0.5}, pixels=GREY_TOP, facts=SUNLIT))) == "clouds"
    assert word(clouds(evidence(pixels={**BLUE_TOP, "sky_mottle": 0.03}, facts=SUNLIT))) == "clouds"
    assert clouds(evidence(pixels={**BLUE_TOP, "sky_mottle": 0.005}, facts=SUNLIT)) is None
    assert clouds(evidence({"sky": 0.5}, pixels={**GREY_TOP, "sky_relief": 0.01}, facts=SUNLIT)) is None, "haze"


def test_a_wide_sky_over_nothing_near_is_a_landscape() -> None:
    assert word(landscape(evidence(pixels=BLUE_TOP, facts=SUNLIT))) == "landscape"
    assert landscape(evidence({"vehicle": 0.7}, pixels=BLUE_TOP, facts=SUNLIT)) is None
    assert landscape(evidence(pixels=BLUE_TOP, facts=SUNLIT, faces=(face(0.2),))) is None


WHITE_GROUND = {"ground_white": 0.4}


def test_white_ground_and_a_hint_of_winter_are_snow() -> None:
    assert word(snow(evidence({"snow": 0.3, "landscape": 0.6}, pixels=WHITE_GROUND))) == "snow"
    assert word(snow(evidence({"mountain": 0.5}, pixels=WHITE_GROUND))) == "snow"


def test_without_a_hint_only_a_white_ground_in_full_daylight_is_snow() -> None:
    assert word(snow(evidence(pixels={"ground_white": 0.7}, facts=SUNLIT))) == "snow"
    assert snow(evidence(pixels=WHITE_GROUND, facts=SUNLIT)) is None
    assert snow(evidence({"architecture": 0.7}, pixels={"ground_white": 0.7}, facts=SUNLIT)) is None, "a white wall"


def test_a_white_room_and_a_green_meadow_have_no_snow() -> None:
    assert snow(evidence({"interior": 0.8, "snow": 0.3}, pixels=WHITE_GROUND)) is None
    assert snow(evidence({"mountain": 0.8}, pixels={**WHITE_GROUND, "green": 0.4})) is None


def test_a_blue_lower_half_under_a_blue_sky_is_water() -> None:
    assert word(water(evidence(pixels={**BLUE_TOP, "water_blue": 0.6}, facts=SUNLIT))) == "water"
    assert water(evidence(pixels={"water_blue": 0.6}, facts=ROOM)) is None, "jeans"
    assert water(evidence(pixels={**BLUE_TOP, "water_blue": 0.95}, facts=SUNLIT)) is None, "nothing but sky"


def test_everything_blue_green_is_underwater_where_the_classifier_agrees() -> None:
    assert word(underwater(evidence({"underwater": 0.3}, pixels={"cyan_cast": 0.8}))) == "underwater"
    assert underwater(evidence(pixels={"cyan_cast": 0.8})) is None


LEAVES = {"green": 0.9, "foliage": 0.9, "top_green": 0.9, "ground_green": 0.9}


def test_green_everywhere_is_a_plant_and_its_leaves() -> None:
    assert word(foliage(evidence(pixels=LEAVES))) == "plant"
    assert word(leaf(evidence(pixels=LEAVES))) == "leaf"


@pytest.mark.parametrize("made", ["electronics", "sport", "vehicle", "text"])
def test_green_things_are_no_plants(made: str) -> None:
    assert foliage(evidence({made: 0.8}, pixels=LEAVES)) is None


def test_a_green_ground_below_something_else_is_grass() -> None:
    lawn = {"ground_green": 0.8, "top_green": 0.1}
    assert word(grass(evidence(pixels=lawn, facts=SUNLIT))) == "grass"
    assert grass(evidence(pixels=lawn, facts=ROOM)) is None, "a billiard table"
    assert grass(evidence({"vegetable": 0.7}, pixels=lawn, facts=SUNLIT)) is None


def test_leaves_above_are_a_tree() -> None:
    crown = {"foliage": 0.4, "top_green": 0.5}
    assert word(tree(evidence(pixels=crown, facts=SUNLIT))) == "tree"
    assert tree(evidence({"flower": 0.7}, pixels=crown, facts=SUNLIT)) is None


def test_strong_colours_that_remind_of_flowers_are_a_flower() -> None:
    petals = {"petals": 0.3}
    assert word(flower(evidence({"like a flower": 0.5}, pixels=petals))) == "flower"
    assert flower(evidence(pixels=petals)) is None, "a red car"
    assert flower(evidence({"like a flower": 0.5}, pixels=petals, objects=(thing("person", 0.7),))) is None, "a dress"


def test_rules_ask_nothing_of_a_photo_without_exif() -> None:
    for rule in (sky, landscape, clouds, snow, water, underwater, foliage, leaf, grass, tree, flower):
        assert rule(evidence(facts=Facts())) is None
