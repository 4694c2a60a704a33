from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.vocabulary import Term
from bridge.vocabulary.learn import Learned, learn, vocabulary_of
from bridge.words import key
from tests.vocabulary.trees import TYPED

PHOTOS = [
    [("Animals", "Dog"), ("beach",)],
    [("animals", "dog"), ("Beach",)],
    [("Animals", "Cat"), ("Beach",), ("BEACH",)],
    [("Animals",)],
    [],
]


def test_keywords_are_counted_once_a_photo_in_the_spelling_of_most() -> None:
    assert learn(PHOTOS) == (
        Learned(("Beach",), 3),
        Learned(("Animals", "Dog"), 2),
        Learned(("Animals",), 1),
        Learned(("Animals", "Cat"), 1),
    )


def test_rare_keywords_are_left_out() -> None:
    assert learn(PHOTOS, at_least=2) == (Learned(("Beach",), 3), Learned(("Animals", "Dog"), 2))


def test_a_flat_word_counts_where_the_tree_has_it() -> None:
    photos = [[("Animals", "Dog")], [("dog",)], [("dog",)], [("Rose",)], [("Names", "Rose")], [("Plants", "Rose")]]
    assert learn(photos)[:2] == (Learned(("Animals", "dog"), 3), Learned(("Names", "Rose"), 1))
    assert Learned(("Rose",), 1) in learn(photos), "it could be either"
    branches = learn([[("Dog", "Pug")], [("Animals", "Dog")], [("Dog",)]])
    assert Learned(("Dog",), 1) in branches, "it is a branch of its own"


def test_they_make_a_tree() -> None:
    assert list(vocabulary_of(learn(PHOTOS, at_least=2))) == [
        Term(("Animals",)),
        Term(("Animals", "Dog")),
        Term(("Beach",)),
    ]


@given(st.lists(st.lists(st.lists(TYPED, min_size=1, max_size=3).map(tuple), max_size=5), max_size=6))
def test_every_keyword_of_a_library_is_in_its_vocabulary(photos: list[list[tuple[str, ...]]]) -> None:
    words = vocabulary_of(learn(photos))
    there = {key(path) for photo in photos for path in photo}
    assert {path for path in there if len(path) > 1} <= {key(term.path) for term in words}
    assert all(words.named(path[0]) for path in there)
