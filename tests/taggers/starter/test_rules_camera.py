"""When the starter tagger speaks of the camera: lens, exposure, shape, season."""

from __future__ import annotations

import pytest

from bridge.taggers.starter._rules_camera import (
    long_exposure,
    macro,
    panorama,
    season_word,
    shallow_depth_of_field,
    telephoto,
    wide_angle,
)
from bridge.values import Facts, Gps
from tests.taggers.starter.evidence import BERLIN, SINGAPORE, SUNLIT, SYDNEY, at, evidence, word


@pytest.mark.parametrize(
    ("focal", "said"),
    [(14.0, "wide angle"), (24.0, "wide angle"), (28.0, None), (50.0, None), (134.0, None), (135.0, "telephoto")],
)
def test_the_lens_is_told_by_its_focal_length_in_35_mm_terms(focal: float, said: str | None) -> None:
    photo = evidence(facts=Facts(focal_length_35mm=focal))
    assert (word(wide_angle(photo)) or word(telephoto(photo))) == said


def test_nothing_is_said_of_a_lens_whose_sensor_is_unknown() -> None:
    photo = evidence(facts=Facts(focal_length_mm=7.0))
    assert wide_angle(photo) is None
    assert telephoto(photo) is None


@pytest.mark.parametrize(("seconds", "said"), [(0.5, None), (1.0, "long exposure"), (30.0, "long exposure")])
def test_a_second_and_more_is_a_long_exposure(seconds: float, said: str | None) -> None:
    assert word(long_exposure(evidence(facts=Facts(exposure_s=seconds)))) == said


def test_twice_as_wide_as_high_is_a_panorama_and_a_banner_is_not() -> None:
    assert word(panorama(evidence(aspect=2.5, longest=6000))) == "panorama"
    assert panorama(evidence(aspect=1.78, longest=6000)) is None
    assert panorama(evidence(aspect=4.0, longest=800)) is None


BLURRED_GROUND = {"sharp_blocks": 0.2, "sharp_centre": 0.8}


def test_a_hands_span_from_the_lens_is_macro() -> None:
    near = Facts(subject_distance_m=0.1, exposure_s=1 / 60, f_number=4.0, iso=100)
    far = Facts(subject_distance_m=2.0, exposure_s=1 / 60, f_number=4.0, iso=100)
    assert word(macro(evidence(facts=near))) == "macro"
    assert macro(evidence(facts=far)) is None


def test_an_insect_is_macro_and_so_is_a_flower_through_a_macro_lens() -> None:
    assert word(macro(evidence({"insect": 0.8}))) == "macro"
    assert word(macro(evidence({"flower": 0.8}, facts=Facts(lens="EF100mm f/2.8L Macro IS USM")))) == "macro"
    assert macro(evidence({"flower": 0.8}, facts=Facts(lens="EF50mm f/1.8"))) is None


def test_a_plant_before_a_blurred_ground_is_macro() -> None:
    assert word(macro(evidence({"plant": 0.8}, pixels=BLURRED_GROUND))) == "macro"
    assert macro(evidence({"plant": 0.8})) is None, "sharp throughout"
    assert macro(evidence({"dog": 0.8}, pixels=BLURRED_GROUND)) is None


def test_a_wide_aperture_that_shows_is_shallow_depth_of_field() -> None:
    portrait_lens = Facts(f_number=1.8, focal_length_mm=85.0, focal_length_35mm=85.0)
    assert (
        word(shallow_depth_of_field(evidence(facts=portrait_lens, pixels=BLURRED_GROUND))) == "shallow depth of field"
    )
    assert shallow_depth_of_field(evidence(facts=portrait_lens)) is None, "sharp throughout"


def test_a_phone_at_f_1_8_has_no_shallow_depth_of_field() -> None:
    phone = Facts(f_number=1.8, focal_length_mm=4.2, focal_length_35mm=26.0)
    assert shallow_depth_of_field(evidence(facts=phone, pixels=BLURRED_GROUND)) is None


@pytest.mark.parametrize(
    ("place", "month", "said"),
    [
        (BERLIN, 1, "winter"),
        (BERLIN, 10, "autumn"),
        (SYDNEY, 1, "summer"),
        (SYDNEY, 10, "spring"),
        (SINGAPORE, 7, None),
    ],
)
def test_the_season_is_that_of_the_hemisphere(place: Gps, month: int, said: str | None) -> None:
    assert word(season_word(evidence({"landscape": 0.9}, facts=at(place, 2024, month, 15, 12)))) == said


def test_no_season_in_a_room_nor_without_a_place() -> None:
    assert season_word(evidence({"interior": 0.9}, facts=at(BERLIN, 2024, 1, 15))) is None
    assert season_word(evidence({"landscape": 0.9}, facts=SUNLIT)) is None
