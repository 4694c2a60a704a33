"""The words that clip looks for."""

from __future__ import annotations

from bridge.taggers.clip._words import NAMES, Word, general_words, words_of
from bridge.taggers.starter._concepts import load_table
from bridge.values import TreeKeyword
from bridge.words import fold


def test_a_keyword_list_with_its_synonyms() -> None:
    tree = [
        TreeKeyword(("Animals",), export=False),
        TreeKeyword(("Animals", "Hund"), ("dog", "DOG", " ")),
        TreeKeyword(("Boat",), ("boat", "vessel")),
    ]
    assert words_of(tree) == (Word(("Animals", "Hund"), ("Hund", "dog")), Word(("Boat",), ("Boat", "vessel")))


def test_a_name_at_two_places_is_told_apart_by_what_is_above_it() -> None:
    tree = [TreeKeyword(("Fruit", "Orange")), TreeKeyword(("Colours", "orange")), TreeKeyword(("Fruit", "Apple"))]
    assert [word.names[0] for word in words_of(tree)] == ["Orange, Fruit", "orange, Colours", "Apple"]


def test_a_keyword_with_a_hundred_synonyms() -> None:
    (word,) = words_of([TreeKeyword(("a",), tuple(f"b{number}" for number in range(100)))])
    assert len(word.names) == NAMES and word.names[0] == "a"


def test_the_general_list() -> None:
    words = general_words()
    names = [word.path[0] for word in words]
    assert 500 < len(names) < 1000
    assert len({fold(name) for name in names}) == len(names)
    assert all(len(word.path) == 1 and word.names == word.path for word in words)
    assert all(name == name.strip() and 1 <= len(name.split()) <= 3 for name in names)
    most_of_the_starters = [word for word in load_table().words if fold(word) in set(map(fold, names))]
    assert len(most_of_the_starters) > 200
