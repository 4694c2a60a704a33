"""The dictionary: what English nouns can mean, and what each meaning is a kind of."""

from __future__ import annotations

import gzip

import pytest

from bridge.engines.senses import Meanings, Senses
from bridge.errors import ModelMissing

ANIMALS, ARTEFACTS = 5, 6


@pytest.fixture(scope="module")
def senses() -> Senses:
    return Senses()


def first(senses: Senses, word: str) -> int:
    return senses.of(word).senses[0].synset


def test_a_word_has_its_meanings_the_most_frequent_first(senses: Senses) -> None:
    crane = senses.of("crane")
    assert {sense.field for sense in crane.senses} == {ANIMALS, ARTEFACTS}
    counts = [sense.count for sense in senses.of("dog").senses]
    assert counts == sorted(counts, reverse=True) and counts[0] > 0


def test_a_word_that_is_an_adjective_too_says_so(senses: Senses) -> None:
    assert senses.of("orange").as_adjective > 0
    assert senses.of("sedan").as_adjective == 0


@pytest.mark.parametrize("word", ["", "qqq", "zzzz", "beautiful", "Dog", "dogs", "a\tb", "\n", "ÿ"])
def test_what_is_no_noun_as_it_is_written_means_nothing(senses: Senses, word: str) -> None:
    assert senses.of(word) == Meanings()


def test_words_of_one_meaning_share_a_number(senses: Senses) -> None:
    assert first(senses, "sundown") == first(senses, "sunset")


@pytest.mark.parametrize(
    ("word", "kind", "steps"),
    [("dog", "dog", 0), ("puppy", "dog", 1), ("sedan", "car", 1), ("terrier", "dog", 2), ("foal", "horse", 1)],
    ids=["itself", "one step", "a car", "two steps", "a young horse, as its definition says"],
)
def test_a_meaning_is_a_kind_of_others(senses: Senses, word: str, kind: str, steps: int) -> None:
    assert senses.kinds(first(senses, word))[first(senses, kind)] == steps


def test_names_of_persons_and_places_are_not_there(senses: Senses) -> None:
    assert not senses.of("eiffel tower").senses
    assert senses.of("family tree").senses
    assert not senses.of("family canidae").senses


def test_a_table_of_its_own_can_be_given() -> None:
    table = gzip.compress(b"5\n5 0\n13 =1\n\nanimal\t0:3\ndog\t1:2\t2:0\ta:1\n")
    senses = Senses(lambda: table)
    assert senses.kinds(2) == {2: 0, 1: 1, 0: 2}
    assert [(sense.synset, sense.field, sense.count) for sense in senses.of("dog").senses] == [(1, 5, 2), (2, 13, 0)]
    assert senses.of("dog").as_adjective == 1
    assert senses.of("cat") == Meanings()


def test_a_damaged_installation_says_so() -> None:
    def damaged() -> bytes:
        raise ModelMissing("gone")

    with pytest.raises(ModelMissing):
        Senses(damaged).load()
