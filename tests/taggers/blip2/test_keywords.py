"""Keywords from captions such as BLIP-2 writes."""

from __future__ import annotations

import pytest

from bridge.engines.senses import Senses
from bridge.taggers.blip2._keywords import keywords_of

SENSES = Senses()


@pytest.mark.parametrize(
    ("caption", "keywords"),
    [
        ("two dogs running on a sandy beach at sunset", "dog running sandy beach sunset"),
        ("a black and white photo of a man sitting on a bench", "black and white, man, bench"),
        ("a black and white cat", "black white cat"),
        ("a woman in a red dress standing in front of a church", "woman red dress church"),
        ("a bride and groom walking down the aisle", "bride groom aisle"),
        ("a close up of a yellow flower with a bee on it", "yellow flower bee"),
        ("a hot air balloon over a mountain range", "hot air balloon, mountain range"),
        ("a group of people skiing down a snow covered slope", "people skiing snow slope"),
        ("a fire truck is parked next to a traffic light", "fire truck, traffic light"),
        ("children playing soccer on a field", "child soccer field"),
        ("a cat laying on top of a laptop computer", "cat, laptop computer"),
        ("a plate of food with meat, vegetables and rice", "plate food meat vegetable rice"),
        ("the building is very tall", "building"),
        ("this is a picture of something", ""),
        ("", ""),
        ("asdf qwertz 12345 !!!", ""),
    ],
)
def test_nouns_and_what_describes_them(caption: str, keywords: str) -> None:
    wanted = keywords.split(", ") if "," in keywords else keywords.split()
    assert keywords_of(caption, SENSES) == wanted


def test_each_word_once() -> None:
    assert keywords_of("a dog and a dog and two dogs", SENSES) == ["dog"]


def test_a_very_long_caption() -> None:
    assert keywords_of("dog " * 20_000, SENSES) == ["dog"]
