"""Street, indoors, people, portrait; trees, grass and sky around things."""

from __future__ import annotations

from dataclasses import replace

from bridge.taggers.starter._rules_scene import grass, indoors, pale_sky, people, portrait, street, tree
from bridge.values import Facts
from tests.taggers.starter.evidence import NO_EXIF, ROOM, SUNLIT, evidence, face, thing, word

CAR = thing("car", 0.6, size=0.3)
WALKER = thing("person", 0.6, size=0.2)
FLASH = Facts(flash_fired=True)


def test_traffic_before_buildings_or_people_is_a_street() -> None:
    assert word(street(evidence({"building": 0.2}, objects=(CAR,)))) == "street"
    two = (WALKER, thing("person", 0.6, size=0.2, left=0.7))
    assert word(street(evidence(objects=(CAR, *two)))) == "street"
    assert street(evidence(objects=(CAR,))) is None
    assert street(evidence({"building": 0.9})) is None


def test_a_car_that_is_the_picture_and_one_far_away_make_no_street() -> None:
    for size in (0.05, 0.8):
        assert street(evidence({"building": 0.3}, objects=(thing("car", 0.7, size=size),))) is None


def test_a_car_on_an_airfield_in_a_field_or_in_a_hall_is_on_no_street() -> None:
    seen = {"building": 0.3}
    assert street(evidence(seen, objects=(CAR, thing("airplane", 0.7)))) is None
    assert street(evidence(seen, objects=(CAR,), pixels={"green": 0.5})) is None
    assert street(evidence({**seen, "interior": 0.6}, objects=(CAR,))) is None
    assert street(evidence({**seen, "water": 0.6}, objects=(CAR,))) is None


def test_people_and_pets_under_flash_or_lamps_are_indoors() -> None:
    assert word(indoors(evidence(faces=(face(0.2),), facts=FLASH))) == "indoors"
    assert word(indoors(evidence({"dog": 0.9}, facts=FLASH))) == "indoors"
    assert word(indoors(evidence(faces=(face(0.2),), facts=ROOM))) == "indoors"
    assert indoors(evidence(faces=(face(0.2),), facts=SUNLIT)) is None
    assert indoors(evidence(faces=(face(0.2),), facts=NO_EXIF)) is None, "no light is known"
    assert indoors(evidence(facts=FLASH)) is None, "nobody is there"


def test_sky_leaves_or_a_street_behind_them_are_not_indoors() -> None:
    for seen in ({"sky_blue": 0.6}, {"green": 0.4}):
        assert indoors(evidence(faces=(face(0.2),), facts=FLASH, pixels=seen)) is None
    assert indoors(evidence({"tree": 0.5}, faces=(face(0.2),), facts=FLASH)) is None
    wood = {"green": 0.15}
    assert indoors(evidence(faces=(face(0.2),), facts=ROOM, pixels=wood)) is None, "a wood by day is as dim as a room"


def test_leaves_above_something_else_by_day_are_trees() -> None:
    leaves = {"foliage": 0.15, "top_green": 0.2}
    assert word(tree(evidence(facts=SUNLIT, pixels=leaves))) == "tree"
    assert tree(evidence(facts=SUNLIT, pixels={**leaves, "top_green": 0.05})) is None
    assert tree(evidence(facts=ROOM, pixels=leaves)) is None
    assert tree(evidence({"flower": 0.6}, facts=SUNLIT, pixels=leaves)) is None


def test_a_lawn_at_the_foot_of_a_building() -> None:
    lawn = {"ground_green": 0.4}
    assert word(grass(evidence({"building": 0.8}, pixels=lawn))) == "grass"
    assert grass(evidence({"interior": 0.8, "vehicle": 0.4}, pixels=lawn)) is None, "a green carpet"
    assert grass(evidence({"building": 0.8}, pixels={**lawn, "top_green": 0.4})) is None
    assert grass(evidence(facts=SUNLIT, pixels=lawn)) is None, "the green of what?"


def test_a_pale_top_by_day_is_sky_where_the_view_is_of_the_open() -> None:
    overcast = {"sky": 0.7}
    assert word(pale_sky(evidence({"street": 0.6}, facts=SUNLIT, pixels=overcast))) == "sky"
    assert pale_sky(evidence({"street": 0.6}, facts=ROOM, pixels=overcast)) is None
    assert pale_sky(evidence(facts=SUNLIT, pixels=overcast)) is None, "a white wall in the sun"


def test_one_person_with_more_behind_is_people_and_so_is_a_square_full_of_dots() -> None:
    dot = thing("person", 0.35, size=0.03, left=0.7)
    assert word(people(evidence(objects=(WALKER, dot)))) == "people"
    assert people(evidence(objects=(WALKER,))) is None
    square = tuple(replace(dot, left=0.1 * i) for i in range(5))
    assert word(people(evidence({"building": 0.9}, objects=square))) == "people"
    assert people(evidence({"building": 0.9}, objects=square[:3])) is None
    assert people(evidence(objects=square)) is None, "dots in nothing of the open may be anything"


def test_half_length_of_one_person_is_a_portrait() -> None:
    large = thing("person", 0.7, size=0.6)
    assert word(portrait(evidence(objects=(large,), faces=(face(0.1),)))) == "portrait"
    assert portrait(evidence(objects=(large,), faces=(face(0.05),))) is None
    assert portrait(evidence(objects=(WALKER,), faces=(face(0.1),))) is None
    assert portrait(evidence(objects=(large,), faces=(face(0.1), face(0.09, left=0.7)))) is None
