"""Words and the keywords that a person would choose for them, beside the checkout (../shared/vocabulary)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.vocabulary import PAIRS, by, count, pairs_of, vocabulary_of, wilson
from bridge.engines.senses import Senses
from bridge.engines.sentences import SentenceEncoder
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


def test_most_words_become_what_they_must_and_few_what_they_must_not(pairs_file: Path) -> None:
    vocabulary = vocabulary_of(pairs_file)
    matcher = Matcher(vocabulary, Meaning(vocabulary, SentenceEncoder().encode, Dictionary(Senses())))
    rates = count(pairs_of(pairs_file), by(matcher))
    assert rates.matched / rates.wanted >= 0.9, rates
    assert rates.wrong / rates.must_not <= 0.1, rates


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson(9, 10) == pytest.approx((0.596, 0.982), abs=1e-3)
    assert wilson(0, 20) == pytest.approx((0.0, 0.161), abs=1e-3)
