from __future__ import annotations

from hypothesis import given

from bridge.vocabulary import Term, Vocabulary, lightroom
from bridge.vocabulary.captureone import format, parse
from tests.vocabulary.trees import ANY, vocabularies


def test_names_alone_are_written() -> None:
    words = Vocabulary(
        [Term(("Animals",), export=False), Term(("Animals", "Dog"), ("hound",)), Term(("Places", "Paris, France"))]
    )
    assert format(words) == "Animals\n\tDog\nPlaces\n\tParis France\n"


def test_what_marks_synonyms_in_lightroom_is_not_handed_on() -> None:
    assert format(lightroom.parse("[Animals]\n\tDog\n\t\t{hound}\n")) == "Animals\n\tDog\n"
    assert format(lightroom.parse("Animals\r\n\tDog\r\n")) == "Animals\r\n\tDog\r\n"


def test_a_list_of_lightroom_is_read() -> None:
    assert list(parse("[Animals]\n\tDog\n\t\t{hound}\n")) == [
        Term(("Animals",), export=False),
        Term(("Animals", "Dog"), ("hound",)),
    ]


@given(vocabularies())
def test_paths_come_back(vocabulary: Vocabulary) -> None:
    assert parse(format(vocabulary)) == Vocabulary(Term(term.path) for term in vocabulary)


@given(vocabularies(ANY))
def test_whatever_names_there_are_the_list_can_be_read(vocabulary: Vocabulary) -> None:
    assert "," not in format(vocabulary)
    parse(format(vocabulary))
