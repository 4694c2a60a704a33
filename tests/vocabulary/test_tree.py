import pytest

from bridge.values import TreeKeyword
from bridge.vocabulary import Term, Vocabulary, with_parents
from bridge.vocabulary.lightroom import parse

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


WORDS = Vocabulary(
    [
        Term(("Animals",), export=False),
        Term(("Animals", "Dog"), ("hound", "Pooch"), languages=(("de", "Hund"), ("de-ch", "Hündli"))),
        Term(("Animals", "Hot dog")),
        Term(("animals", "DOG"), ("pooch", "doggy"), languages=(("FR", "chien"),)),
        Term(("Food", "Hot Dog"), ("hound",)),
        Term(("", " ")),
    ]
)
DOG, SAUSAGE = ("Animals", "Dog"), ("Food", "Hot Dog")


def test_a_keyword_told_twice_is_one() -> None:
    assert WORDS.find(("ANIMALS", "dog")) == Term(
        DOG, ("hound", "Pooch", "doggy"), languages=(("de", "Hund"), ("de-ch", "Hündli"), ("fr", "chien"))
    )
    assert [term.path for term in WORDS] == [("Animals",), DOG, ("Animals", "Hot dog"), SAUSAGE]


def test_terms_are_found_by_all_that_they_are_called() -> None:
    def paths(terms: tuple[Term, ...]) -> list[tuple[str, ...]]:
        return [term.path for term in terms]

    assert paths(WORDS.named("hot DOG")) == [("Animals", "Hot dog"), SAUSAGE]
    assert paths(WORDS.by_synonym("Hound")) == [DOG, SAUSAGE]
    assert paths(WORDS.by_language("hund")) == paths(WORDS.by_language("HUND", "de")) == [DOG]
    assert paths(WORDS.by_language("hündli", "DE")) == [DOG]
    assert paths(WORDS.by_language("hündli", "de-at")) == paths(WORDS.by_language("hound")) == []
    assert paths(WORDS.ancestors(DOG)) == [("Animals",)]
    assert paths(WORDS.ancestors(SAUSAGE)) == []
    assert paths(WORDS.children(("animals",))) == [DOG, ("Animals", "Hot dog")]
    assert paths(WORDS.children()) == [("Animals",)]


def test_what_a_term_is_called_is_told_once() -> None:
    assert Term(("A", "Dog"), ("dog", "hound"), languages=(("de", "Hund"), ("nl", "hund"))).words == (
        "Dog",
        "hound",
        "Hund",
    )


def test_a_whole_tree_has_every_branch_in_one_spelling() -> None:
    loose = [
        Term(("b", "c", "d")),
        Term(("a",)),
        Term(("B", "e"), ("x",)),
        Term(("B",), export=False),
        Term(("a", "f")),
    ]
    assert list(with_parents(loose)) == [
        Term(("B",), export=False),
        Term(("B", "c")),
        Term(("B", "c", "d")),
        Term(("B", "e"), ("x",)),
        Term(("a",)),
        Term(("a", "f")),
    ]


def test_the_version_is_that_of_the_terms_alone() -> None:
    text = "Animals\n\tDog\n"
    words = parse(text)
    assert words.version == parse(text.replace("\n", "\r\n")).version
    assert words == parse(f"{text}\n")
    others = [f"[Animals]\n{text[8:]}", text.lower(), text + "\t\t{hound}\n", text + "\t\tPug\n", "Dog\n\tAnimals\n"]
    assert len({words.version, *(parse(other).version for other in others)}) == 6


def test_a_host_tells_what_it_exports() -> None:
    told = Vocabulary.from_host([TreeKeyword(("Places",), export=False), TreeKeyword(("Dog",), ("hound",))])
    assert list(told) == [Term(("Places",), export=False), Term(("Dog",), ("hound",))]


def test_a_large_tree_is_no_burden() -> None:
    deep = tuple(map(str, range(3000)))
    assert len(with_parents([Term(deep)])) == 3000
