"""Words and the keywords that a person would choose for them, beside the checkout (../shared/vocabulary)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.vocabulary import PAIRS, ROWS, Rates, by, count, labelled
from bridge.engines.senses import Senses
from bridge.engines.sentences import SentenceEncoder
from bridge.vocabulary import Term, Vocabulary, with_parents
from bridge.vocabulary.kinship import Dictionary
from bridge.vocabulary.matching import Matcher
from bridge.vocabulary.meaning import Meaning


@pytest.fixture
def pairs_file() -> Path:
    if not PAIRS.is_file():
        message = f"the pairs of words are not at {PAIRS}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return PAIRS


@pytest.fixture(scope="module")
def meanings() -> tuple[SentenceEncoder, Dictionary]:
    return SentenceEncoder(), Dictionary(Senses())


def rates_of(file: Path, meanings: tuple[SentenceEncoder, Dictionary], first: bool | None = None) -> Rates:
    """Over all trees of a file; ``first``: of its first or second half alone."""
    encoder, dictionary = meanings
    rates = Rates(0, 0, 0, 0)
    for tree in labelled(file):
        matcher = Matcher(tree.vocabulary, Meaning(tree.vocabulary, encoder.encode, dictionary))
        rates += count((tree if first is None else tree.half(first)).pairs, by(matcher))
    return rates


def test_most_words_become_what_they_must_and_few_what_they_must_not(
    pairs_file: Path, meanings: tuple[SentenceEncoder, Dictionary]
) -> None:
    rates = rates_of(pairs_file, meanings)
    assert rates.matched / rates.wanted >= 0.9, rates
    assert rates.wrong / rates.must_not <= 0.1, rates


@pytest.mark.parametrize("first", [True, False])
def test_of_what_models_say_few_words_become_a_keyword_that_they_are_not(
    meanings: tuple[SentenceEncoder, Dictionary], first: bool
) -> None:
    rates = rates_of(ROWS, meanings, first)
    assert rates.wrong / rates.must_not <= 0.05, rates
    assert rates.matched / rates.wanted >= 0.85, rates


@pytest.mark.parametrize(
    ("word", "keywords"),
    [
        ("vehicle", {"Transport"}),
        ("truck", {"Transport"}),
        ("scooter", {"Transport"}),
        ("pet", {"Animals"}),
        ("big cat", {"Animals"}),
        ("wolf", {"Animals"}),
        ("donkey", {"Animals"}),
        ("leaf", {"Plants"}),
        ("beer", {"Food"}),
        ("tower", {"Architecture"}),
        ("building", {"Architecture"}),
        *((word, set[str]()) for word in ("sky", "daylight", "cannon", "stage", "surfboard", "water", "road")),
    ],
)
def test_a_keyword_is_never_narrower_than_the_word_nor_beside_it_nor_what_goes_with_it(
    meanings: tuple[SentenceEncoder, Dictionary], word: str, keywords: set[str]
) -> None:
    encoder, dictionary = meanings
    paths = "Animals|Dog Animals|Horse Architecture|Skyscraper Events|Concert Food|Wine Landscape|River Light|Sunset"
    more = "Animals|Cat Plants|Tree Sports|Surfing Transport|Car Transport|Motorcycle"
    vocabulary = Vocabulary(with_parents(Term(tuple(path.split("|"))) for path in f"{paths} {more}".split()))
    found = by(Matcher(vocabulary, Meaning(vocabulary, encoder.encode, dictionary)))(word)
    assert found is None or found in keywords
