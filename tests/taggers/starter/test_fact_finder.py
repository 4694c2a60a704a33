"""What is certain of a photo before a model looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bridge.photos import read
from bridge.taggers.starter import FactFinder
from bridge.values import RGB, Facts, Format, Gps, Picture

NICE = Gps(43.70, 7.27)
LOW_SUN = Facts(datetime(2024, 7, 20, 20, 40), timedelta(hours=2), gps=NICE, exposure_s=1 / 2000, f_number=8.0, iso=100)
"""A bright scene: it was taken in the open."""


@pytest.fixture(scope="module")
def finder() -> FactFinder:
    return FactFinder()


def picture(facts: Facts, grey: bool = False) -> Picture:
    pixels: RGB = np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    if grey:
        pixels = np.repeat(pixels[..., :1], 3, axis=2)
    return Picture(pixels, 300, 200, Format.JPEG, facts, "hash")


def test_light_season_and_place_come_from_the_file(finder: FactFinder) -> None:
    seen = finder.look(picture(LOW_SUN))
    assert {word.name for word in seen.keywords} == {"golden hour", "summer", "Nice", "France"}
    assert seen.told == {"light": "golden hour", "season": "summer", "city": "Nice", "country": "France"}
    assert {"winter", "sunrise", "Spain".casefold()} <= set(seen.against)


def test_every_keyword_says_which_fact_it_is(finder: FactFinder) -> None:
    sources = {word.name: word.source for word in finder.look(picture(replace(LOW_SUN, exposure_s=2.0))).keywords}
    assert sources["long exposure"] == "exif:exposure"
    assert sources["Nice"] == "place"


def test_a_photo_without_colours_is_told_so_and_has_no_golden_hour(finder: FactFinder) -> None:
    seen = finder.look(picture(LOW_SUN, grey=True))
    assert {"black and white", "Nice"} <= {word.name for word in seen.keywords}
    assert "golden hour" not in {word.name for word in seen.keywords}
    assert seen.told["black_and_white"] is True


def test_a_file_that_says_nothing_is_a_photo_of_which_nothing_is_certain(finder: FactFinder) -> None:
    seen = finder.look(picture(Facts()))
    assert (seen.facts, seen.keywords, seen.gist) == ({}, (), ())


def test_equal_facts_have_equal_keys_whatever_the_program_that_saved_them(finder: FactFinder) -> None:
    assert finder.of_file(LOW_SUN) == finder.of_file(replace(LOW_SUN, software="Editor"))
    assert finder.of_file(LOW_SUN) != finder.of_file(replace(LOW_SUN, gps=Gps(48.85, 2.35)))


@pytest.mark.photos
def test_the_gist_is_what_the_photo_may_show(finder: FactFinder, shared_photos: Path) -> None:
    photo = read(shared_photos / "labelled" / "Samsung_GT-I9100__Galaxy_SII_.jpg", 720)
    gist = finder.look(photo, gist=True).gist
    assert "cat" in gist
    assert len(gist) <= 20
