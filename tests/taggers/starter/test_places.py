"""Names of places from a position, without a network."""

from __future__ import annotations

import pytest

from bridge.taggers.starter._places import Place, Places
from bridge.values import Gps


@pytest.fixture(scope="module")
def places() -> Places:
    return Places()


@pytest.mark.parametrize(
    ("position", "place"),
    [
        (Gps(47.6205, -122.3493), Place("Seattle", "Washington", "United States")),
        (Gps(40.4168, -3.7038), Place("Madrid", None, "Spain")),
        (Gps(-33.8568, 151.2153), Place("Sydney", None, "Australia")),
        (Gps(43.4667, 11.8833), Place("Arezzo", None, "Italy")),
    ],
)
def test_a_town_its_state_and_its_country(places: Places, position: Gps, place: Place) -> None:
    assert places.at(position) == place


def test_in_the_country_only_the_country_is_said(places: Places) -> None:
    assert places.at(Gps(51.1789, -1.8262)).country == "United Kingdom", "Stonehenge"
    assert places.at(Gps(-25.3444, 131.0369)).city is None, "Uluru"


def test_at_sea_nothing_is_said(places: Places) -> None:
    assert places.at(Gps(0.0, -30.0)) == Place(None, None, None)


def test_across_the_date_line_distances_are_short(places: Places) -> None:
    west, east = places.at(Gps(-16.80, 179.99)), places.at(Gps(-16.80, -179.99))
    assert west == east


def test_the_poles_raise_nothing(places: Places) -> None:
    for latitude in (90.0, -90.0):
        assert places.at(Gps(latitude, 180.0)).city is None
