"""Words that cannot be true: the fact that speaks against each, and words that may still be meant."""

from __future__ import annotations

import pytest

from bridge.taggers.starter._places import Place, Places
from bridge.taggers.starter._refuted import refuted
from bridge.values import Facts, Gps
from tests.taggers.starter.evidence import BERLIN, SINGAPORE, at, evidence


@pytest.mark.parametrize(
    ("altitude", "against", "not_against"),
    [
        (41.0, ("sunset", "golden hour", "night", "milky way"), ("sunny", "daylight", "sunlight")),
        (10.0, ("sunrise",), ("sunset", "golden hour", "evening", "daylight")),
        (-10.0, ("sunrise", "dawn"), ("night", "dusk", "blue hour")),
        (-30.0, ("sunset", "blue sky", "daytime", "golden hour"), ("night", "stars", "moonlight")),
    ],
)
def test_the_sun_speaks_where_it_leaves_no_doubt(
    altitude: float, against: tuple[str, ...], not_against: tuple[str, ...]
) -> None:
    found = refuted(evidence(sun=altitude, rising=False))
    assert set(against) <= set(found)
    assert found.keys().isdisjoint(not_against)


def test_morning_and_evening_are_told_apart_by_the_way_of_the_sun() -> None:
    assert {"sunset", "dusk"} <= set(refuted(evidence(sun=2.0, rising=True)))
    assert {"sunrise", "dawn"} <= set(refuted(evidence(sun=2.0, rising=False)))


def test_the_reason_is_the_end_of_a_sentence() -> None:
    assert refuted(evidence(sun=41.3))["sunset"] == "the sun stood 41° high"


def test_a_season_is_refuted_by_both_reckonings_only() -> None:
    july = refuted(evidence(facts=at(BERLIN, 2024, 7, 20, 12)))
    assert {"winter", "autumn", "springtime"} <= set(july)
    assert "summer" not in july
    # The almanac's winter lasts to 20 March, the month's spring begins on the first.
    assert "winter" not in refuted(evidence(facts=at(BERLIN, 2024, 3, 10, 12)))
    assert "winter" in refuted(evidence(facts=at(BERLIN, 2024, 4, 10, 12)))


@pytest.mark.parametrize("facts", [Facts(), at(SINGAPORE, 2024, 7, 20, 12)])
def test_where_no_season_is_known_none_is_refuted(facts: Facts) -> None:
    assert "winter" not in refuted(evidence(facts=facts))


def test_a_short_exposure_is_no_long_one() -> None:
    assert refuted(evidence(facts=Facts(exposure_s=1 / 500)))["long exposure"] == "it was exposed for 1/500 s"
    assert "long exposure" not in refuted(evidence(facts=Facts(exposure_s=0.5)))


def test_colours_speak_against_black_and_white_and_the_other_way_round() -> None:
    assert "monochrome" in refuted(evidence(pixels={"colourful": 0.5}))
    assert "red" in refuted(evidence(pixels={"colourful": 0.01}))
    toned = refuted(evidence(pixels={"colourful": 0.15}))
    assert toned.keys().isdisjoint({"monochrome", "red"})


def test_a_place_elsewhere_is_refuted_by_name() -> None:
    found = refuted(evidence(place=Place("Nice", None, "France")), ["Spain", "Paris"])
    assert found["spain"] == "it was taken in Nice, France"


def test_elsewhere_are_far_cities_and_other_countries_whose_names_are_no_words() -> None:
    places = Places()
    nice = Gps(43.70, 7.27)
    elsewhere = places.elsewhere(nice, places.at(nice))
    assert {"Italy", "Germany", "Paris", "Tokyo"} <= elsewhere
    assert elsewhere.isdisjoint({"France", "Nice", "Turkey", "China"})
    versailles = Gps(48.80, 2.13)
    assert "Paris" not in places.elsewhere(versailles, places.at(versailles))


def test_at_sea_nothing_is_elsewhere() -> None:
    places = Places()
    atlantic = Gps(35.0, -40.0)
    assert places.elsewhere(atlantic, places.at(atlantic)) == frozenset()
