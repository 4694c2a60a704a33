"""A text taken apart."""

from __future__ import annotations

import pytest

from bridge.taggers.starter._asked import bare, forms, things


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("a horse", ("horse",)),
        ("The Horses", ("horses",)),
        ("ducks on a lake", ("ducks", "lake")),
        ("a picture of an old oak tree in the fog", ("old oak tree", "fog")),
        ("group of men", ("group", "men")),
        ("beach shots", ("beach",)),
        ("dogs, cats & horses", ("dogs", "cats", "horses")),
        ("photos", ("photos",)),
        ("Who's there?!", ("who's there",)),
        ("", ("",)),
    ],
)
def test_the_things_that_a_text_asks_for(text: str, asked: tuple[str, ...]) -> None:
    assert things(text) == asked


def test_words_without_articles() -> None:
    assert bare("A man with THE dog!") == "man with dog"
    assert bare("the") == "the"


def test_a_plural_is_also_its_singular() -> None:
    assert forms("Traffic-Lights") == ("traffic lights", "traffic light")
    assert forms("horse") == ("horse",)
