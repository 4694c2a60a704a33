"""Whatever a model says: with a locked vocabulary, nothing outside it is ever written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge.engines.onnx import FloatArray
from bridge.engines.senses import Senses
from bridge.vocabulary import Vocabulary
from bridge.vocabulary.forms import Reason
from bridge.vocabulary.kinship import Dictionary
from bridge.vocabulary.matching import Matched, Matcher, Policy
from bridge.vocabulary.meaning import Meaning
from bridge.words import fold, key
from tests.vocabulary.nouns import noun_tree, nouns

TERMS = 5000
SENSES = Senses()
FIELD = [
    *("a", "B", "7", "2024", "2024-05-01", "12:30", "48.8566, 2.3522", "IMG_2031.JPG", "DSC_0042", "f/2.8", "#", "…"),
    *("A photo of a dog that runs along the beach.", '{"keywords": ["dog', "```json", "<b>dog</b>", "dog, cat, bird"),
    *(
        "Animals|Dog",
        "Animals/Dog",
        "no people",
        "keyword",
        "N/A",
        "null",
        "I cannot help with that",
        "dog\x00",
        "hot\ud800dogs",
    ),
    *("ＤＯＧ", "İstanbul", "ﬁsh", "Straße", "犬", "🐕", "e\u0301", "|", "a|b|c", "dog" * 500),
]
"""Bad words as they were seen in models' answers, and letters that lower case and normal forms change."""


def by_threes(texts: Sequence[str]) -> FloatArray:
    """Stands in for the encoder: texts that share three letters in a row are alike."""
    vectors = np.zeros((len(texts), 256), np.float32)
    for row, text in enumerate(texts):
        for at in range(len(text) + 1):
            vectors[row, sum(map(ord, f" {text} "[at : at + 3])) % 256] += 1
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return noun_tree(SENSES, TERMS)


@pytest.fixture(scope="module")
def matcher(vocabulary: Vocabulary) -> Matcher:
    return Matcher(vocabulary, Meaning(vocabulary, by_threes, Dictionary(SENSES)))


def answers() -> st.SearchStrategy[list[str]]:
    known = st.sampled_from(nouns(SENSES, 8000))
    changed = st.builds(
        lambda word, change: change(word),
        known,
        st.sampled_from(
            [str.upper, str.title, lambda w: f"{w}s", lambda w: f"{w}-", lambda w: w[1:], lambda w: f" {w}"]
        ),
    )
    phrase = st.builds(
        lambda one, joint, other: f"{one}{joint}{other}", known, st.sampled_from([" ", " of ", "-"]), known
    )
    return st.lists(st.one_of(known, changed, phrase, st.sampled_from(FIELD), st.text(max_size=12)), max_size=12)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(answer=answers())
def test_only_writes_nothing_outside_the_vocabulary(
    vocabulary: Vocabulary, matcher: Matcher, answer: list[str]
) -> None:
    assert len(vocabulary) == TERMS
    paths = {term.path for term in vocabulary}
    only, suggest, prefer = (matcher.match(answer, policy) for policy in (Policy.ONLY, Policy.SUGGEST, Policy.PREFER))
    for done in (only, suggest, prefer):
        _is_whole(done, answer)
    assert all(found.path in paths and found.reason is not Reason.FREE for found in only.keywords)
    assert only.suggestions == ()
    assert suggest.keywords == only.keywords
    assert all(found.path in paths or found.path == (found.word,) for found in prefer.keywords)
    assert [found for found in prefer.keywords if found.reason is not Reason.FREE] == list(only.keywords)


def _is_whole(done: Matched, answer: list[str]) -> None:
    """No keyword twice, none that another says, and no word that the model did not say."""
    written = [key(found.path) for found in done.keywords]
    assert len(set(written)) == len(written)
    owned = [key(found.path) for found in done.keywords if found.reason is not Reason.FREE]
    assert not any(one != other and other[: len(one)] == one for one in owned for other in owned)
    said = {word.strip() for word in answer}
    left = [*done.suggestions, *done.dropped]
    assert said >= {*left, *(found.word for found in done.keywords)}
    assert len({fold(word) for word in left}) == len(left)
