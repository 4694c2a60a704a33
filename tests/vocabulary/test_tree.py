import pytest

from bridge.values import TreeKeyword
from bridge.vocabulary import Vocabulary

TREE = Vocabulary.from_host(
    [
        TreeKeyword(("Animals",)),
        TreeKeyword(("Animals", "Dog"), ("hound", "Hund")),
        TreeKeyword(("Places", "Rome")),
        TreeKeyword(("Plants", "Rose")),
        TreeKeyword(("Names", "Rose")),
        TreeKeyword(()),
    ]
)


@pytest.mark.parametrize(
    ("proposed", "placed"),
    [
        (("animals", "DOG"), ("Animals", "Dog")),
        (("dog",), ("Animals", "Dog")),
        (("hund",), ("Animals", "Dog")),
        (("rose",), ("rose",)),
        (("boat",), ("boat",)),
        (("animals", "cat"), ("Animals", "cat")),
        (("Sport", "dog"), ("Sport", "dog")),
        (("ＲＯＭＥ",), ("ＲＯＭＥ",)),
    ],
    ids=["spelling", "by name", "by synonym", "several", "none", "under a parent", "another parent", "another letter"],
)
def test_a_word_goes_where_the_tree_has_it(proposed: tuple[str, ...], placed: tuple[str, ...]) -> None:
    assert TREE.place(proposed) == placed
