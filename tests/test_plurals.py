"""English plurals and spellings."""

from __future__ import annotations

import pytest

from bridge.plurals import compact, normal, singular


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("dogs", "dog"),
        ("churches", "church"),
        ("dishes", "dish"),
        ("foxes", "fox"),
        ("babies", "baby"),
        ("selfies", "selfie"),
        ("potatoes", "potato"),
        ("shoes", "shoe"),
        ("leaves", "leaf"),
        ("wolves", "wolf"),
        ("waves", "wave"),
        ("people", "person"),
        ("townspeople", "townsperson"),
        ("children", "child"),
        ("grandchildren", "grandchild"),
        ("groomsmen", "groomsman"),
        ("women", "woman"),
        ("mice", "mouse"),
        ("geese", "goose"),
        ("buses", "bus"),
        ("lenses", "lens"),
        ("horses", "horse"),
        ("houses", "house"),
        ("glasses", "glasses"),
        ("wedding rings", "wedding ring"),
        ("sports cars", "sports car"),
    ],
)
def test_a_plural_has_its_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    "word", ["", "bus", "grass", "lens", "tennis", "alps", "specimen", "series", "gas", "b2s", "christmas", "cactus"]
)
def test_what_is_no_plural_stays(word: str) -> None:
    assert singular(word) == word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("golden hour", "golden-hour"),
        ("golden hour", "golden_hour"),
        ("golden hour", "goldenhour"),
        ("black & white", "black and white"),
        ("grey heron", "gray heron"),
        ("theatre", "theater"),
        ("aeroplane", "airplane"),
        ("bird's eye", "birds eye"),
    ],
)
def test_two_spellings_are_one(one: str, other: str) -> None:
    assert compact(one) == compact(other)


def test_only_separators_are_nothing() -> None:
    assert normal(" -_ ") == compact("...") == ""
