"""Which keywords of a model and a person are the same."""

from __future__ import annotations

import pytest

from bridge.jobs.comparing import comparer
from bridge.vocabulary.formats import parse

TREE = "Transport|Car {Auto}\nAnimals|Jaguar\nCars|Jaguar\nAnimals|Dog {Hund@de}\n"


@pytest.mark.parametrize(
    ("theirs", "models", "same"),
    [
        (("Dogs",), ("dog",), True),
        (("golden-hour",), ("Golden Hour",), True),
        (("grey",), ("gray",), True),
        (("Animals", "Dog"), ("dog",), True),
        (("Auto",), ("car",), False),
        (("Animals", "Dog"), ("animals",), False),
        (("puppy",), ("dog",), False),
        (("!",), ("?",), False),
    ],
)
def test_without_a_vocabulary_names_are_compared(theirs: tuple[str, ...], models: tuple[str, ...], same: bool) -> None:
    word = comparer()
    assert word(theirs).same(word(models)) is same


@pytest.mark.parametrize(
    ("theirs", "models", "same"),
    [
        (("Auto",), ("Transport", "Car"), True),
        (("autos",), ("car",), True),
        (("hund",), ("Animals", "Dog"), True),
        (("Animals", "Jaguar"), ("Cars", "Jaguar"), False),
        (("jaguar",), ("Cars", "Jaguar"), True),
        (("red car",), ("Transport", "Car"), False),
        (("puppy",), ("Animals", "Dog"), False),
    ],
)
def test_with_a_vocabulary_its_keywords_are(theirs: tuple[str, ...], models: tuple[str, ...], same: bool) -> None:
    word = comparer(parse(TREE))
    assert word(theirs).same(word(models)) is same
