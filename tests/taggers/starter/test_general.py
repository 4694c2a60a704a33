"""Nature, outdoors and city: what follows from several words."""

from __future__ import annotations

from typing import Any

from bridge.taggers.starter._evidence import Said
from bridge.taggers.starter._general import general
from bridge.values import Facts
from tests.taggers.starter.evidence import ROOM, SUNLIT, evidence, face


def adds(*words: str, score: float = 0.7, **seen: Any) -> set[str]:
    said = {word: Said(word, score, "imagenet") for word in words}
    return {word.word for word in general(said, evidence(**seen))}


def test_what_grows_lives_or_lies_in_the_open_is_nature() -> None:
    for word in ("flower", "butterfly", "mountain", "lake", "sunset"):
        assert adds(word) == {"nature"}
    assert adds("dog") == set()
    assert adds("flower", score=0.3) == set(), "too unsure to build upon"


def test_beside_what_people_made_it_is_not() -> None:
    for made in ("building", "vehicle", "houseplant", "person", "pet"):
        assert "nature" not in adds("plant", made)
    assert adds("flower", facts=Facts(flash_fired=True)) == set(), "a bunch on a table"


def test_nature_is_less_sure_than_what_it_follows_from() -> None:
    words = {"lake": Said("lake", 0.8, "imagenet"), "plant": Said("plant", 0.5, "imagenet")}
    (nature,) = general(words, evidence())
    assert 0.5 < nature.score < 0.8


def test_people_in_sunlight_or_before_sky_are_outdoors() -> None:
    someone = (face(0.1),)
    assert adds("person", faces=someone, facts=SUNLIT) == {"outdoors"}
    assert adds("person", "sky", faces=someone) == {"outdoors"}
    assert adds("person", faces=someone, facts=ROOM) == set()
    assert adds("person", "sky", "indoors", faces=someone, facts=SUNLIT) == set()
    assert "outdoors" not in adds("mountain", "sky", facts=SUNLIT), "nobody is there, and of a mountain it says nothing"


def test_buildings_along_a_street_or_lit_at_night_are_a_city() -> None:
    assert "city" in adds("building", "street")
    assert "city" in adds("building", "night", "lights")
    assert "city" not in adds("building")
    assert "city" not in adds("street", "car")
    assert "city" not in adds("building", "street", score=0.3)
