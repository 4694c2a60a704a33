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


def test_they_make_a_tree() -> None:
    assert list(vocabulary_of(learn(PHOTOS, at_least=2))) == [
        Term(("Animals",)),
        Term(("Animals", "Dog")),
        Term(("Beach",)),
    ]


@given(st.lists(st.lists(st.lists(TYPED, min_size=1, max_size=3).map(tuple), max_size=5), max_size=6))
def test_every_keyword_of_a_library_is_in_its_vocabulary(photos: list[list[tuple[str, ...]]]) -> None:
    words = vocabulary_of(learn(photos))
    assert {key(path) for photo in photos for path in photo} <= {key(term.path) for term in words}
