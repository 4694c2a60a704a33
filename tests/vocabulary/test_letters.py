"""What the letters of a word and of a keyword have in common, and slips of the finger."""

from __future__ import annotations

import pytest

from bridge.vocabulary.jargon import content
from bridge.vocabulary.letters import Letters, letters
from bridge.vocabulary.synonyms import other_names
from bridge.vocabulary.typos import Typos


@pytest.mark.parametrize(
    ("word", "name", "shared"),
    [
        ("oak tree", "tree", Letters.HEAD),
        ("oak trees", "tree", Letters.HEAD),
        ("snow globe", "snow", Letters.MODIFIER),
        ("ski mask", "skiing", Letters.MODIFIER),
        ("bass player", "bass guitar", Letters.MODIFIER),
        ("bridge of the nose", "bridge", Letters.MODIFIER),
        ("back of the dog", "dog", Letters.MODIFIER),
        ("bride and groom", "groom", Letters.MODIFIER),
        ("man in a car", "car", Letters.MODIFIER),
        ("crane", "construction crane", Letters.INSIDE),
        ("depth of field", "shallow depth of field", Letters.INSIDE),
        ("skier", "skiing", Letters.DERIVED),
        ("runner", "running", Letters.DERIVED),
        ("foggy", "fog", Letters.DERIVED),
        ("panoramic", "panorama", Letters.DERIVED),
        ("snowman", "snow", Letters.JOINED),
        ("starfish", "fish", Letters.JOINED),
        ("wildflowers", "flower", Letters.JOINED),
        ("tower crane", "construction crane", Letters.NONE),
        ("sedan", "car", Letters.NONE),
        ("", "car", Letters.NONE),
        ("car", "", Letters.NONE),
    ],
)
def test_a_word_shares_letters_with_a_keyword(word: str, name: str, shared: Letters) -> None:
    assert letters(word, name) is shared


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("macro photography", "macro"),
        ("sunset scene", "sunset"),
        ("cup of coffee", "coffee"),
        ("bouquet of the flowers", "flowers"),
        ("bridge of the nose", "bridge of the nose"),
        ("photo", "photo"),
        ("view", "view"),
    ],
)
def test_what_only_says_that_it_is_a_picture_or_how_much_is_left_out(phrase: str, says: str) -> None:
    assert content(phrase) == says


def test_photographers_have_several_names_for_one_thing() -> None:
    assert "black and white" in other_names("b and w")
    assert "shallow depth of field" in other_names("bokeh")
    assert other_names("dog") == ()


NAMES = ["mountains", "waterfall", "butterfly", "photographer", "lighthouse", "car"]


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("moutnains", "mountains"),
        ("mountins", "mountains"),
        ("waterfalll", "waterfall"),
        ("buttarfly", "butterfly"),
        ("cat", None),
        ("mountainz", None),
        ("fountains", None),
        ("lighthouse", None),
        ("lighthouse2", None),
        ("mount", None),
    ],
    ids=["swapped", "left out", "doubled", "wrong", "short", "another end", "another start", "itself", "digit", "far"],
)
def test_a_slip_in_a_long_word_is_seen(slip: str, meant: str | None) -> None:
    assert Typos(NAMES).of(slip) == meant


def test_a_word_that_is_right_as_it_is_is_no_slip() -> None:
    assert Typos(["stationary"], lambda word: word == "stationery").of("stationery") is None
    assert Typos(["stationary"]).of("stationery") == "stationary"


def test_a_slip_that_could_be_two_words_is_neither() -> None:
    assert Typos(["bartender", "cartender", "bargender"]).of("barxender") is None
