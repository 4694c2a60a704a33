from __future__ import annotations

import pytest
from hypothesis import given

from bridge.errors import VocabularyInvalid
from bridge.vocabulary import Term, Vocabulary
from bridge.vocabulary.digikam import format, parse
from tests.vocabulary.trees import ANY, TYPED, vocabularies


def test_tags_are_read_with_the_branches_that_hold_them() -> None:
    assert [term.path for term in parse("Animals/Dog\r\n/Places/Rome\r\n\r\nAnimals/Cat")] == [
        ("Animals",),
        ("Animals", "Dog"),
        ("Animals", "Cat"),
        ("Places",),
        ("Places", "Rome"),
    ]


def test_a_slash_in_a_name_is_the_division_slash() -> None:
    assert format(Vocabulary([Term(("b/w",))])) == "b∕w\n"
    assert [term.name for term in parse("b∕w")] == ["b/w"]


@given(vocabularies(TYPED.filter(lambda name: "∕" not in name)))
def test_paths_come_back(vocabulary: Vocabulary) -> None:
    assert parse(format(vocabulary)) == Vocabulary(Term(term.path) for term in vocabulary)


@given(vocabularies(ANY))
def test_whatever_names_there_are_the_list_can_be_read(vocabulary: Vocabulary) -> None:
    parse(format(vocabulary))


def test_what_is_wrong_is_told_with_its_line() -> None:
    with pytest.raises(VocabularyInvalid, match="Line 2 has a level without a name"):
        parse("Animals\nAnimals//Dog\n")
