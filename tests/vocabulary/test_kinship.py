"""What a dictionary says of a word and a keyword."""

from __future__ import annotations

import gzip

import pytest

from bridge.engines.senses import Senses
from bridge.vocabulary.kinship import NO_KIN, Dictionary, Meant

TABLE = """\
3
3 0
3 1
3 2
5 3
5 4
5 5
6 3
7 0
6 3

animal	4:9
cat	5:18	7:0
kitten	6:2
orange	6:1	8:20	a:30
seal	9:3	5:0
thing	2:1
"""
"""Synsets 0 to 3 are general, 4 animal, 5 cat, 6 kitten, 7 an engine, 8 an attribute, 9 a stamp."""
ANIMAL, CAT, KITTEN, ENGINE, STAMP = 4, 5, 6, 7, 9


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return Dictionary(Senses(lambda: gzip.compress(TABLE.encode())))


def test_a_word_is_a_kind_of_a_keyword_so_many_steps_up(dictionary: Dictionary) -> None:
    kin = dictionary.kin(dictionary.meant("kitten"), dictionary.keyword("Animal", ()))
    assert (kin.known, kin.whole, kin.steps, kin.share) == (True, True, 2, 1.0)


def test_a_word_that_says_less_than_the_keyword_is_no_kind_of_it(dictionary: Dictionary) -> None:
    kin = dictionary.kin(dictionary.meant("animal"), dictionary.keyword("Kitten", ()))
    assert (kin.known, kin.steps, kin.apart) == (True, None, 2)


def test_a_word_may_be_meant_in_several_ways(dictionary: Dictionary) -> None:
    meant = dictionary.meant("cat")
    assert dict(meant.senses) == {CAT: pytest.approx(19 / 20), ENGINE: pytest.approx(1 / 20)}
    assert dictionary.kin(meant, dictionary.keyword("Animal", ())).share == pytest.approx(0.95)


def test_what_no_photo_shows_and_an_adjective_make_a_meaning_less_likely(dictionary: Dictionary) -> None:
    assert dict(dictionary.meant("orange").senses)[KITTEN] == pytest.approx(2 / (2 + 21 * 0.2 + 30))


def test_a_plural_is_no_adjective(dictionary: Dictionary) -> None:
    assert dict(dictionary.meant("oranges").senses)[KITTEN] == pytest.approx(2 / (2 + 21 * 0.2))


def test_an_adjective_is_known_by_its_noun(dictionary: Dictionary) -> None:
    assert dictionary.meant("catty") == dictionary.meant("cat")


def test_a_phrase_may_be_known_by_its_last_part(dictionary: Dictionary) -> None:
    meant = dictionary.meant("small kitten")
    assert not meant.whole and [synset for synset, _ in meant.senses] == [KITTEN]
    assert not dictionary.kin(meant, dictionary.keyword("Cat", ())).whole
    assert dictionary.meant("bowl of kitten") == dictionary.meant("dog and kitten") == Meant()


def test_a_keyword_means_what_its_branch_is_about(dictionary: Dictionary) -> None:
    assert [synset for synset, _ in dictionary.keyword("Seal", ("Animal",)).senses] == [CAT]
    assert [synset for synset, _ in dictionary.keyword("Seal", ()).senses] == [STAMP]


def test_a_keyword_means_what_its_children_are_kinds_of(dictionary: Dictionary) -> None:
    assert [synset for synset, _ in dictionary.keyword("Cat", (), ("Kitten",)).senses] == [CAT]
    assert [synset for synset, _ in dictionary.keyword("Seal", (), ("Kitten",)).senses] == [CAT]


def test_a_keyword_that_is_nearly_everything_means_nothing(dictionary: Dictionary) -> None:
    assert dictionary.keyword("Thing", ()) == Meant()


def test_what_is_not_known_is_no_kin(dictionary: Dictionary) -> None:
    assert dictionary.kin(dictionary.meant("zebra"), dictionary.keyword("Cat", ())) == NO_KIN
    assert dictionary.kin(dictionary.meant("cat"), dictionary.keyword("Zebra", ())) == NO_KIN
    assert dictionary.has("kittens") and not dictionary.has("zebra")
